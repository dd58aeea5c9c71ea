import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { enforce, type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link setDefault}. */
export interface SetDefault {
  table: string
  column: string
  default: PerDialect
  enforce?: 'expand' | 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const setDefaultKind: IntentKind<'setDefault', SetDefault> = intentKind(
  'setDefault',
  z.strictObject({ table: name, column: name, default: perDialect, enforce: enforce.optional() }),
  (given, dialect) => [
    {
      kind: 'default',
      table: parseTableName(given.table),
      column: given.column,
      value: requireForDialect(given.default, dialect, 'setDefault.default'),
      enforce: given.enforce ?? 'contract',
    },
  ],
)

/**
 * Gives a column a default: catalog only, no copy.
 *
 * @example
 * ```ts
 * setDefault({ table: 'orders', column: 'status', default: "'new'" })
 * ```
 */
export function setDefault(parameters: SetDefault): { readonly setDefault: SetDefault } {
  return { setDefault: parameters }
}
