import { refused } from '../../../errors.ts'
import { type Default, showTable } from '../../../planner/change.ts'
import type { Action } from '../../../planner/steps.ts'
import { type Context, hazard, resolveColumn, resolveTable, stepId } from '../../shared/context.ts'
import { asDefault, liveSpec } from './columns.ts'
import { refuseTable } from './refuse.ts'

/** A default comes, changes or goes: catalog only, at contract unless said otherwise. */
export function arrangeDefault(context: Context, change: Default): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.column)
  const where = `${showTable(table)}.${column.name}`
  refuseTable(context, table)
  if (column.identity !== null) throw refused('plan.identity', `${where} is AUTO_INCREMENT, which has no default`)
  if (change.enforce === 'contract') {
    hazard(
      context,
      'default-at-contract',
      'info',
      `until contract an INSERT that leaves ${where} out gets ${column.default ?? 'NULL'}, whichever version it comes from`,
      'Let the new version give the value itself until then.',
    )
  }
  const ref = { schema: table.schema, name: table.name }
  const set: Action =
    change.value === null
      ? { do: 'redefineColumn', table: ref, column: liveSpec(table, column, { default: null }) }
      : { do: 'setDefault', table: ref, column: column.name, value: asDefault(change.value, 'setDefault.default') }
  context.phases[change.enforce].push({
    id: stepId(change.enforce, `${table.name}.${column.name}`, 'default'),
    kind: 'default',
    description: `${change.value === null ? 'drop' : 'set'} the default of ${column.name}`,
    tables: [ref],
    transaction: true,
    actions: [set],
    // Said as a whole: MySQL takes CURRENT_TIMESTAMP in the definition of a column only.
    undo: [{ transaction: true, actions: [{ do: 'redefineColumn', table: ref, column: liveSpec(table, column) }] }],
    reversible: true,
  })
}
