import { refused } from '../../../errors.ts'
import { type Comment, showTable } from '../../../planner/change.ts'
import type { Action } from '../../../planner/steps.ts'
import { commentStep } from '../../shared/comment.ts'
import { type Context, resolveTable } from '../../shared/context.ts'

/** A comment, of a generated column too. */
export function arrangeComment(context: Context, change: Comment): void {
  const table = resolveTable(context, change.table)
  const { column } = change
  const ref = { schema: table.schema, name: table.name }
  const found = table.columns.find(({ name }) => name === column)
  if (column !== null && found === undefined) {
    throw refused('plan.column', `there is no column ${column} in ${showTable(table)}`, {
      hint: `It has: ${table.columns.map(({ name }) => name).join(', ')}.`,
    })
  }
  const say = (comment: string | null): Action =>
    column === null ? { do: 'tableComment', table: ref, comment } : { do: 'comment', table: ref, column, comment }
  commentStep(context, table, column, say(change.comment), say(found === undefined ? table.comment : found.comment))
}
