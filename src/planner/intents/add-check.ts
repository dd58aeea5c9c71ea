import { z } from 'zod'
import { type Change, parseTableName } from '../change.ts'
import { type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { enforce, type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link addCheck}. */
export interface AddCheckParameters {
  table: string
  name: string
  /** What is not false of any row, over the columns of the new shape. */
  check: PerDialect
  /** Before `contract` it is a rule that the old version has to keep: a check of that version has to have passed. */
  enforce?: 'expand' | 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const addCheckKind: IntentKind<'addCheck', AddCheckParameters> = intentKind(
  'addCheck',
  z.strictObject({ table: name, name, check: perDialect, enforce: enforce.optional() }),
  (given, dialect): readonly Change[] => [
    {
      kind: 'addCheck',
      table: parseTableName(given.table),
      name: given.name,
      expression: requireForDialect(given.check, dialect, 'addCheck.check'),
      enforce: given.enforce ?? 'contract',
    },
  ],
)

/**
 * Adds a CHECK. The old version may violate it until contract, which stays closed while rows do.
 *
 * @example
 * ```ts
 * addCheck({ table: 'orders', name: 'orders_total_check', check: 'total >= 0' })
 * ```
 */
export function addCheck(parameters: AddCheckParameters): { readonly addCheck: AddCheckParameters } {
  return { addCheck: parameters }
}
