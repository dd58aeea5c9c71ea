import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type AddIndex, showTable } from '../../../planner/change.ts'
import { type Context, hazard, resolveTable } from '../../shared/context.ts'
import { quote } from '../sql.ts'
import { indexSteps } from './lens-steps.ts'
import { refuseTable, requireFits } from './refuse.ts'

/** An index, built in place at the end of the backfill; a unique one, which the old version does not know, at contract. */
export function arrangeAddIndex(context: Context, change: AddIndex): void {
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  requireFits(change.name)
  if (table.indexes.some(({ name }) => name.toLowerCase() === change.name.toLowerCase()))
    throw refused('plan.index-exists', `${showTable(table)} has an index ${change.name} already`)
  refuseKinds(change)
  const keys = change.keys.flatMap((key) => ('column' in key ? [requireColumn(context, table, key.column)] : []))
  if (change.unique) {
    hazard(
      context,
      'unique-index',
      'warn',
      `${change.name} is a rule that the old version of the app does not know`,
      'It is enforced at contract, which stays closed while there are duplicates; migrate ready names them.',
    )
  }
  const phase = change.enforce === 'contract' ? 'contract' : 'backfill'
  const index = {
    name: change.name,
    unique: change.unique,
    body: `(${keys.map((key) => quote(key)).join(', ')})`,
    columns: keys,
    comment: null,
    ...(change.unique ? { rule: { keys, where: null } } : {}),
  }
  context.phases[phase].push(...indexSteps(table, [index], phase))
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
