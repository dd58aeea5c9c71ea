import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link dropConstraint}. */
export interface DropConstraint {
  table: string
  name: string
}

/** The kind registered for migration files. */
export const dropConstraintKind: IntentKind<'dropConstraint', DropConstraint> = intentKind(
  'dropConstraint',
  z.strictObject({ table: name, name }),
  (given) => [{ kind: 'dropConstraint', table: parseTableName(given.table), name: given.name }],
)

/**
 * Takes a rule away that the new version does not keep: a CHECK and a foreign key at expand, a unique constraint at contract.
 *
 * @example
 * ```ts
 * dropConstraint({ table: 'orders', name: 'orders_total_check' })
 * ```
 */
export function dropConstraint(parameters: DropConstraint): { readonly dropConstraint: DropConstraint } {
  return { dropConstraint: parameters }
}
