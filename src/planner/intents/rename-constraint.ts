import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link renameConstraint}. */
export interface RenameConstraint {
  table: string
  /** The name that it has. */
  name: string
  to: string
}

/** The kind registered for migration files. */
export const renameConstraintKind: IntentKind<'renameConstraint', RenameConstraint> = intentKind(
  'renameConstraint',
  z.strictObject({ table: name, name, to: name }),
  (given) => [{ kind: 'renameConstraint', table: parseTableName(given.table), name: given.name, to: given.to }],
)

/**
 * Gives a constraint another name at contract: catalog only, no copy.
 *
 * @example
 * ```ts
 * renameConstraint({ table: 'orders', name: 'c1', to: 'orders_total_check' })
 * ```
 */
export function renameConstraint(parameters: RenameConstraint): { readonly renameConstraint: RenameConstraint } {
  return { renameConstraint: parameters }
}
