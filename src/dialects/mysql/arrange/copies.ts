import type { Table } from '../../../planner/catalog.ts'
import type { IndexSpec } from '../../../planner/steps.ts'
import { hiddenName } from '../../shared/context.ts'
import { quote } from '../sql.ts'

/** An index to be built, and the name of the one that it is a copy of. */
export interface IndexCopy {
  readonly original: string
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
    .map((index) => ({
      original: index.name,
      index: {
        name: hiddenName('i', id, index.name),
        unique: index.unique,
        body: `(${index.keys.map(({ expression, options }) => `${expression === quote(from) ? quote(to) : expression}${options}`).join(', ')})`,
        columns: index.columns.map((column) => (column === from ? to : column)),
        comment: index.comment,
      },
    }))
}
