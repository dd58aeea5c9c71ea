import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link setComment}. */
export interface SetComment {
  table: string
  /** Without it the comment is that of the table. */
  column?: string | undefined
  /** null takes the comment away. */
  comment: string | null
}

/** The kind registered for migration files. */
export const setCommentKind: IntentKind<'setComment', SetComment> = intentKind(
  'setComment',
  z.strictObject({
    table: name,
    column: name.optional(),
    comment: z
      .string()
      .refine((text) => !text.includes('\0'), 'a comment holds no NUL character')
      .nullable(),
  }),
  ({ table, column, comment }) => [
    { kind: 'comment', table: parseTableName(table), column: column ?? null, comment: comment === '' ? null : comment },
  ],
)

/**
 * Says what a table or a column is: catalog only, no copy.
 *
 * @example
 * ```ts
 * setComment({ table: 'orders', column: 'status', comment: 'new, paid or sent' })
 * ```
 */
export function setComment(parameters: SetComment): { readonly setComment: SetComment } {
  return { setComment: parameters }
}
