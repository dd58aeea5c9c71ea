import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type Comment, showTable } from '../../../planner/change.ts'
import type { Action } from '../../../planner/steps.ts'
import { commentStep } from '../../shared/comment.ts'
import { type Context, resolveColumn, resolveTable } from '../../shared/context.ts'
import { liveSpec } from './columns.ts'
import { refuseTable } from './refuse.ts'

/** A comment. That of a column is part of its definition, which MODIFY COLUMN has to say whole. */
export function arrangeComment(context: Context, change: Comment): void {
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  refuseText(table, change)
  const ref = { schema: table.schema, name: table.name }
  if (change.column === null) {
    const say = (comment: string | null): Action => ({ do: 'tableComment', table: ref, comment })
    commentStep(context, table, null, say(change.comment), say(table.comment))
    return
  }
  const column = resolveColumn(table, change.column)
  refuseBeside(context, table, change)
  const say = (comment: string | null): Action => ({
    do: 'redefineColumn',
    table: ref,
    column: liveSpec(table, column, { comment, identity: column.identity !== null }),
  })
  commentStep(context, table, column.name, say(change.comment), say(column.comment))
}

/** The servers keep comments in three bytes a character, and cut what is longer, or fail. */
function refuseText(table: Table, { column, comment }: Comment): void {
  const where = column === null ? showTable(table) : `${showTable(table)}.${column}`
  const most = column === null ? 2048 : 1024
  const characters = [...(comment ?? '')]
  if (characters.length > most)
    throw refused(
      'plan.comment',
      `a comment of ${where} has at most ${most} characters, this one has ${characters.length}`,
    )
  const beyond = characters.find((character) => (character.codePointAt(0) ?? 0) > 0xffff)
  if (beyond === undefined) return
  throw refused('plan.comment', `${beyond} cannot be in a comment of ${where}: the servers keep comments as utf8mb3`)
}

/** Each would say the definition of the column as it was before the other. */
function refuseBeside({ changes }: Context, table: Table, change: Comment): void {
  const other = changes.find(
    (each) =>
      (each.kind === 'nullability' || each.kind === 'default') &&
      each.column === change.column &&
      each.table.name === change.table.name,
  )
  if (other === undefined) return
  throw refused(
    'plan.combination',
    `setComment and ${other.kind} of ${showTable(table)}.${change.column ?? ''} both say its definition whole`,
    { hint: 'Put the comment into a migration of its own, to be expanded once the first is completed.' },
  )
}
