import { refused } from '../../errors.ts'
import type { Constraint, Index, Table } from '../../planner/catalog.ts'
import { type Change, showTable } from '../../planner/change.ts'
import { objectNamed } from '../../planner/objects.ts'
import type { Action, Phase, Step } from '../../planner/steps.ts'
import { type Context, hazard, resolveTable, stepId } from './context.ts'
import { keyOf } from './key.ts'

/** It has to be as it is when contract comes. One that goes before keeps other migrations from its columns, and is not looked for. */
export function watch(
  context: Context,
  table: Table,
  kind: 'index' | 'constraint',
  name: string,
  until: boolean = true,
): void {
  for (const object of objectNamed(table, kind, name))
    context.named.push(until ? object : { ...object, definition: null })
}

/** The index that a migration names, which has to be as it is when its phase comes. */
export function resolveIndex(context: Context, table: Table, name: string, lower = false): Index {
  const same = (text: string): string => (lower ? text.toLowerCase() : text)
  const found = table.indexes.find((index) => same(index.name) === same(name))
  if (found === undefined) {
    const all = table.indexes.map((index) => index.name)
    throw refused('plan.index', `there is no index ${name} on ${showTable(table)}`, {
      hint: all.length === 0 ? 'It has none.' : `It has: ${all.join(', ')}.`,
    })
  }
  watch(context, table, 'index', found.name)
  return found
}

/** The constraint that a migration names. */
export function resolveConstraint(table: Table, name: string): Constraint {
  const found = table.constraints.find((each) => each.name === name)
  if (found === undefined) {
    const all = table.constraints.map((each) => each.name)
    throw refused('plan.constraint', `there is no constraint ${name} on ${showTable(table)}`, {
      hint: all.length === 0 ? 'It has none.' : `It has: ${all.join(', ')}.`,
    })
  }
  return found
}

/** A foreign key that changes rows by itself does what the old version counts on. */
export const actsByItself = ({ references }: Constraint): boolean =>
  /ON (DELETE|UPDATE) (CASCADE|SET)/.test(references?.rules ?? '')

/** Rows are told apart by it, in batches and in messages; on MySQL and MariaDB the table is stored by it. */
export function refuseKeyIndex({ changes }: Context, table: Table, index: Index): void {
  if (index.primary) {
    throw refused('plan.primary-key', `${index.name} is the primary key of ${showTable(table)}`, {
      hint: 'It stays: rows are told apart by it.',
    })
  }
  const going = changes.flatMap((change) =>
    (change.kind === 'dropIndex' || change.kind === 'dropConstraint') && change.table.name === table.name
      ? [change.name.toLowerCase()]
      : [],
  )
  const others = keyOf({
    ...table,
    indexes: table.indexes.filter(({ name }) => name !== index.name && !going.includes(name.toLowerCase())),
  })
  if (!index.unique || keyOf(table) === null || others !== null) return
  throw refused(
    'plan.no-key',
    `${index.name} is all that tells the rows of ${showTable(table)} apart: it has no primary key`,
    { hint: 'Add a primary key, or another unique index over NOT NULL columns, first.' },
  )
}

/**
 * What a migration names by itself is as the catalog says it: another change of the same migration that makes it anew, or names it
 * too, would be planned from what is not there any more.
 */
export function refuseBeside(
  context: Context,
  table: Table,
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
): void {
  const here = context.changes.filter(
    (change): change is Extract<Change, { readonly table: unknown }> =>
      'table' in change && change.table.name === table.name && [null, table.schema].includes(change.table.schema),
  )
  const other = here.find(
    (change) =>
      (change.kind === 'replaceColumn' && [change.from, change.to].some((column) => columns.includes(column))) ||
      (change.kind === 'dropColumn' && columns.includes(change.column)),
  )
  const naming = here.filter((change) => namesItself.has(change.kind) && 'name' in change && change.name === name)
  if (other === undefined && naming.length < 2) return
  const what = other === undefined ? 'is named twice' : `stands on a column of ${other.kind}`
  throw refused('plan.combination', `${name} of ${showTable(table)} ${what} in one migration`, {
    hint: 'Put one of the two into a migration of its own, to be expanded once the first is completed.',
  })
}

/**
 * A foreign key of the same migration may come to need an index that goes: where it points, and on MySQL and MariaDB (`own`) also on its
 * own columns.
 *
 * @throws BellowsError exit 3
 */
export function refuseNewKeys(context: Context, table: Table, index: Index, own: boolean): void {
  const begins = (columns: readonly string[]): boolean => {
    const first = index.keys.slice(0, columns.length).map(({ column }) => column)
    return columns.every((column) => first.includes(column))
  }
  const key = context.changes.find(
    (change) =>
      change.kind === 'addForeignKey' &&
      ((begins(change.references.columns) && resolveTable(context, change.references.table) === table) ||
        (own && begins(change.columns) && resolveTable(context, change.table) === table)),
  )
  if (key === undefined || !('name' in key)) return
  throw refused(
    'plan.combination',
    `${index.name} of ${showTable(table)} goes, and foreign key ${key.name}, which comes with the same migration, may need it`,
    { hint: 'Put one of the two into a migration of its own, to be expanded once the first is completed.' },
  )
}

const namesItself: ReadonlySet<Change['kind']> = new Set([
  'dropIndex',
  'renameIndex',
  'dropConstraint',
  'renameConstraint',
])

/** A rule goes at contract: until then a statement of the old version may need it, as ON CONFLICT does. */
export function hazardOfRule(context: Context, table: Table, name: string): void {
  hazard(
    context,
    'rule-until-contract',
    'warn',
    `until contract ${name} of ${showTable(table)} refuses what the new version may write only without it`,
    'Let the new version bear that, or write such rows only after contract. A rollback of contract is refused while there are such rows (4).',
  )
}

/** A rule goes at expand: from then on the new version may write what it refused. */
export function hazardOfGoneRule(context: Context, table: Table, name: string): void {
  hazard(
    context,
    'rule-gone-at-expand',
    'warn',
    `from expand on the old version may read rows of ${showTable(table)} that ${name} refused until then, and write such rows`,
    'Make the old version bear them, or let the new one write them only after contract. A rollback is refused while there are such rows (4).',
  )
}

/** Another name, at contract: until then the old version may use this one, in a hint or in ON CONFLICT ON CONSTRAINT. */
export function nameStep(table: Table, what: 'index' | 'constraint', from: string, to: string): Step {
  const ref = { schema: table.schema, name: table.name }
  const rename = (names: { readonly from: string; readonly to: string }): Action => ({
    do: what === 'index' ? 'renameIndex' : 'renameConstraint',
    table: ref,
    ...names,
  })
  return {
    id: stepId('contract', table.name, what, to),
    kind: 'name',
    description: `call ${what} ${from} ${to}: catalog only, no copy`,
    tables: [ref],
    transaction: true,
    actions: [rename({ from, to })],
    undo: [{ transaction: true, actions: [rename({ from: to, to: from })] }],
    reversible: true,
  }
}

/** The id of the step that takes an index or a constraint away. */
export const dropId = (phase: Phase, table: Table, what: 'index' | 'constraint', name: string): string =>
  stepId(phase, table.name, what, name, 'drop')
