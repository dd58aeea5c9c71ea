import { z } from 'zod'
import { type Change, parseTableName } from '../change.ts'
import { enforce, type IntentKind, intentKind, name, refuseTwice } from './intent.ts'

/** Parameters of {@link addUnique}. */
export interface AddUniqueParameters {
  table: string
  name: string
  columns: string[]
  /** PostgreSQL 15 and later: two NULLs are the same to it. */
  nullsNotDistinct?: boolean | undefined
  /** PostgreSQL: it may be looked at as late as at the end of a transaction, and is (`deferred`) or is not (`immediate`) unless said. */
  deferrable?: 'immediate' | 'deferred' | undefined
  /** With `backfill` it is a rule that the old version has to keep: a check of that version has to have passed. */
  enforce?: 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const addUniqueKind: IntentKind<'addUnique', AddUniqueParameters> = intentKind(
  'addUnique',
  z.strictObject({
    table: name,
    name,
    columns: z.array(name).min(1),
    nullsNotDistinct: z.boolean().optional(),
    deferrable: z.enum(['immediate', 'deferred']).optional(),
    enforce: enforce.exclude(['expand']).optional(),
  }),
  (given): readonly Change[] => {
    refuseTwice('addUnique', given.name, given.columns)
    return [
      {
        kind: 'addUnique',
        table: parseTableName(given.table),
        name: given.name,
        columns: given.columns,
        nullsNotDistinct: given.nullsNotDistinct ?? false,
        deferrable: given.deferrable ?? null,
        enforce: given.enforce ?? 'contract',
      },
    ]
  },
)

/**
 * Makes columns unique. The old version may violate it until contract, which stays closed while rows do.
 *
 * @example
 * ```ts
 * addUnique({ table: 'users', name: 'users_email_key', columns: ['email'] })
 * ```
 */
export function addUnique(parameters: AddUniqueParameters): { readonly addUnique: AddUniqueParameters } {
  return { addUnique: parameters }
}
