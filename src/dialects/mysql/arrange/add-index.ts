import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type AddIndex, showTable } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { IndexSpec } from '../../../planner/steps.ts'
import { type Context, hazard, hiddenName, resolveTable } from '../../shared/context.ts'
import { lensOf, staying } from '../../shared/lens-of.ts'
import { quote } from '../sql.ts'
import { dropIndexSteps, indexSteps } from './lens-steps.ts'
import { refuseTable, requireFits } from './refuse.ts'

/** An index, built in place at the end of the backfill; a unique one, which the old version does not know, at contract. */
export function arrangeAddIndex(context: Context, change: AddIndex): void {
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  requireFits(change.name)
  if (table.indexes.some(({ name }) => name.toLowerCase() === change.name.toLowerCase()))
    throw refused('plan.index-exists', `${showTable(table)} has an index ${change.name} already`)
  refuseKinds(change)
  if (change.unique) {
    hazard(
      context,
      'unique-index',
      'warn',
      `${change.name} is a rule that the old version of the app does not know`,
      'It is enforced at contract, which stays closed while there are duplicates; migrate ready names them.',
    )
  }
  placeIndex(context, table, change)
}

/** In the phase that it is for, on the columns that are there in the end. */
export function placeIndex(context: Context, table: Table, change: AddIndex): void {
  if (change.enforce === 'contract') arrangeAtContract(context, table, change)
  else arrangeAtBackfill(context, table, change)
}

function arrangeAtBackfill(context: Context, table: Table, change: AddIndex): void {
  const keys = keysOf(context, table, change, staying)
  const rule = change.unique ? { rule: { keys, where: null } } : {}
  context.phases.backfill.push(...indexSteps(table, [{ ...specOf(change, keys), ...rule }]))
  const renamed = change.keys
    .map((key) => ('column' in key ? lensOf(context, table, key.column) : undefined))
    .find((lens) => lens?.identity === true)
  if (renamed === undefined) return
  // It stands on the column that has the name in the end; until then the new version reads another one by this name.
  const name = hiddenName('i', renamed.id, change.name)
  const copy = keysOf(context, table, change, ({ new: [after] }) => after?.expanded)
  context.phases.backfill.push(...indexSteps(table, [{ ...specOf(change, copy), name, unique: false }]))
  // Before the hidden column: to drop an indexed column is to rebuild the table.
  context.phases.purge.unshift(...dropIndexSteps(renamed.table, [name]))
}

function arrangeAtContract(context: Context, table: Table, change: AddIndex): void {
  const spec = specOf(
    change,
    keysOf(context, table, change, ({ new: [after] }) => after?.contracted),
  )
  const keys = keysOf(context, table, change, ({ new: [after] }) => after?.expanded)
  const rule = change.unique ? { rule: { keys, where: null } } : {}
  context.phases.contract.push(...indexSteps(table, [{ ...spec, ...rule }], 'contract'))
}

/** The columns that `place` finds for those that come with the same migration. */
function keysOf(
  context: Context,
  table: Table,
  change: AddIndex,
  place: (lens: RowLens) => string | undefined,
): readonly string[] {
  return change.keys.flatMap((key) => {
    if (!('column' in key)) return []
    const lens = lensOf(context, table, key.column)
    return [(lens && place(lens)) ?? requireColumn(context, table, key.column)]
  })
}

function specOf(change: AddIndex, keys: readonly string[]): IndexSpec {
  const body = `(${keys.map((key) => quote(key)).join(', ')})`
  return { name: change.name, unique: change.unique, body, columns: keys, comment: null }
}

/** What these servers have not, or build only while writers wait. */
function refuseKinds(change: AddIndex): void {
  const no = (what: string, why: string): Error =>
    refused('plan.index-kind', `${what} of index ${change.name}: ${why}`, { hint: 'Nothing was changed.' })
  if (change.where !== null) throw no('where', 'MySQL and MariaDB have no partial indexes')
  if (change.include.length > 0) throw no('include', 'MySQL and MariaDB have no INCLUDE')
  if (change.method !== null && change.method !== 'btree')
    throw no(`method ${change.method}`, 'only btree is built while others write')
  if (change.keys.some((key) => 'expression' in key))
    throw no('an expression', 'MySQL stops writers while it builds one, MariaDB has none')
}

function requireColumn(context: Context, table: Table, name: string): string {
  // The column may come with the same migration, so it is looked for there too.
  const comes = context.phases.expand.some((step) =>
    step.actions.some((action) => action.do === 'addColumn' && action.column.name === name),
  )
  const found = comes ? name : table.columns.find((column) => column.name === name)?.name
  if (found !== undefined) return found
  throw refused('plan.column', `there is no column ${name} in ${showTable(table)}`, {
    hint: `It has: ${table.columns.map((column) => column.name).join(', ')}.`,
  })
}
