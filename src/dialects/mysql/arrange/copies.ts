import type { Index, Table } from '../../../planner/catalog.ts'
import type { IndexSpec, UniqueRule } from '../../../planner/steps.ts'
import { hiddenName } from '../../shared/context.ts'
import { quote } from '../sql.ts'

/** An index to be built, and the one that it is a copy of. */
export interface IndexCopy {
  readonly original: Index
  readonly index: IndexSpec
}

/**
 * The indexes on a column, for its copy: what the new version asks by the new name before contract. Full-text and spatial ones
 * would lock writers out while they are built; the original's, which comes back at contract, has to do.
 */
export function indexCopies(table: Table, from: string, to: string, id: string): readonly IndexCopy[] {
  return table.indexes
    .filter((index) => index.method === 'btree' && !index.primary && index.columns.includes(from))
    .filter((index) => index.keys.every(({ expression }) => expression !== ''))
    .map((index) => ({ original: index, index: copyOfIndex(index, from, to, hiddenName('i', id, index.name)) }))
}

/** The same index on another column, under another name. */
export function copyOfIndex(index: Index, from: string, to: string, name: string): IndexSpec {
  const keys = index.keys.map(
    ({ expression, options }) => `${expression === quote(from) ? quote(to) : expression}${options}`,
  )
  return {
    name,
    unique: index.unique,
    body: `(${keys.join(', ')})`,
    columns: index.columns.map((column) => (column === from ? to : column)),
    comment: index.comment,
  }
}

/** What the same index says of another column, to be asked before it is built there. */
export function ruleOfIndex(index: Index, from: string, to: string): UniqueRule {
  return {
    keys: index.columns.map((column) => (column === from ? to : column)),
    where: null,
    called: index.name,
    cuts: index.keys.map(({ options }) => {
      const [, cut] = /^\((\d+)\)/.exec(options) ?? []
      return cut === undefined ? null : Number(cut)
    }),
  }
}
