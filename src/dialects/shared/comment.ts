import type { Table, TableRef } from '../../planner/catalog.ts'
import type { Action } from '../../planner/steps.ts'
import { type Context, stepId } from './context.ts'

/** A comment is no matter of the apps: it is changed at expand, and the way back says the former one again. */
export function commentStep(
  context: Context,
  table: Table,
  column: string | null,
  change: Action,
  former: Action,
): void {
  const ref: TableRef = { schema: table.schema, name: table.name }
  context.phases.expand.push({
    id:
      column === null
        ? stepId('expand', table.name, 'comment-of-table')
        : stepId('expand', table.name, column, 'comment'),
    kind: 'comment',
    description: `change the comment of ${column ?? `table ${table.name}`}: catalog only, no copy`,
    tables: [ref],
    transaction: true,
    actions: [change],
    undo: [{ transaction: true, actions: [former] }],
    reversible: true,
  })
}
