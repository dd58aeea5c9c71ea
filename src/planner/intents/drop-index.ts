import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link dropIndex}. */
export interface DropIndex {
  table: string
  name: string
}

/** The kind registered for migration files. */
export const dropIndexKind: IntentKind<'dropIndex', DropIndex> = intentKind(
  'dropIndex',
  z.strictObject({ table: name, name }),
  (given) => [{ kind: 'dropIndex', table: parseTableName(given.table), name: given.name }],
)

/**
 * Takes an index away at contract, when the old version does not need it any more.
 *
 * @example
 * ```ts
 * dropIndex({ table: 'orders', name: 'orders_status_idx' })
 * ```
 */
export function dropIndex(parameters: DropIndex): { readonly dropIndex: DropIndex } {
  return { dropIndex: parameters }
}
