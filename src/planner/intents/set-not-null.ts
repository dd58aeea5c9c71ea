import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { enforce, type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link setNotNull}. */
export interface SetNotNull {
  table: string
  column: string
  /** Replaces NULLs, those that are there and those that are still written. */
  up?: PerDialect | undefined
  /** Where `up` raises. */
  onError?: PerDialect | undefined
  enforce?: 'expand' | 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const setNotNullKind: IntentKind<'setNotNull', SetNotNull> = intentKind(
  'setNotNull',
  z.strictObject({
    table: name,
    column: name,
    up: perDialect.optional(),
    onError: perDialect.optional(),
    enforce: enforce.optional(),
  }),
  (given, dialect) => [
    {
      kind: 'nullability',
      table: parseTableName(given.table),
      column: given.column,
      nullable: false,
      up: forDialect(given.up, dialect) ?? null,
      onError: forDialect(given.onError, dialect) ?? null,
      enforce: given.enforce ?? 'contract',
    },
  ],
)

/**
 * Makes a column NOT NULL at contract, by a validated constraint, never by a long lock.
 *
 * @example
 * ```ts
 * setNotNull({ table: 'users', column: 'email', up: "'unknown@example.com'" })
 * ```
 */
export function setNotNull(parameters: SetNotNull): { readonly setNotNull: SetNotNull } {
  return { setNotNull: parameters }
}
