import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { enforce, type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link dropNotNull}. */
export interface DropNotNull {
  table: string
  column: string
  enforce?: 'expand' | 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const dropNotNullKind: IntentKind<'dropNotNull', DropNotNull> = intentKind(
  'dropNotNull',
  z.strictObject({ table: name, column: name, enforce: enforce.optional() }),
  (given) => [
    {
      kind: 'nullability',
      table: parseTableName(given.table),
      column: given.column,
      nullable: true,
      up: null,
      onError: null,
      enforce: given.enforce ?? 'expand',
    },
  ],
)

/**
 * Lets a column be NULL from expand on.
 *
 * @example
 * ```ts
 * dropNotNull({ table: 'users', column: 'phone' })
 * ```
 */
export function dropNotNull(parameters: DropNotNull): { readonly dropNotNull: DropNotNull } {
  return { dropNotNull: parameters }
}
