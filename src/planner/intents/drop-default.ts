import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { enforce, type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link dropDefault}. */
export interface DropDefault {
  table: string
  column: string
  enforce?: 'expand' | 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const dropDefaultKind: IntentKind<'dropDefault', DropDefault> = intentKind(
  'dropDefault',
  z.strictObject({ table: name, column: name, enforce: enforce.optional() }),
  (given) => [
    {
      kind: 'default',
      table: parseTableName(given.table),
      column: given.column,
      value: null,
      enforce: given.enforce ?? 'contract',
    },
  ],
)

/**
 * Takes the default of a column away: catalog only, no copy.
 *
 * @example
 * ```ts
 * dropDefault({ table: 'orders', column: 'status' })
 * ```
 */
export function dropDefault(parameters: DropDefault): { readonly dropDefault: DropDefault } {
  return { dropDefault: parameters }
}
