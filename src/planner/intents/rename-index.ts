import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link renameIndex}. */
export interface RenameIndex {
  table: string
  /** The name that it has. */
  name: string
  to: string
}

/** The kind registered for migration files. */
export const renameIndexKind: IntentKind<'renameIndex', RenameIndex> = intentKind(
  'renameIndex',
  z.strictObject({ table: name, name, to: name }),
  (given) => [{ kind: 'renameIndex', table: parseTableName(given.table), name: given.name, to: given.to }],
)

/**
 * Gives an index another name at contract: catalog only, no copy.
 *
 * @example
 * ```ts
 * renameIndex({ table: 'orders', name: 'idx1', to: 'orders_status_idx' })
 * ```
 */
export function renameIndex(parameters: RenameIndex): { readonly renameIndex: RenameIndex } {
  return { renameIndex: parameters }
}
