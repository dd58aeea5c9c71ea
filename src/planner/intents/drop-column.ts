import { z } from 'zod'
import { parseTableName } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link dropColumn}. */
export interface DropColumnParameters {
  table: string
  column: string
  /** What the old version reads in rows that the new version writes. */
  down?: PerDialect | undefined
  /** Where `down` raises. */
  onError?: PerDialect | undefined
}

/** The kind registered for migration files. */
export const dropColumnKind: IntentKind<'dropColumn', DropColumnParameters> = intentKind(
  'dropColumn',
  z.strictObject({ table: name, column: name, down: perDialect.optional(), onError: perDialect.optional() }),
  ({ table, column, down, onError }, dialect) => [
    {
      kind: 'dropColumn',
      table: parseTableName(table),
      column,
      down: forDialect(down, dialect) ?? null,
      onError: forDialect(onError, dialect) ?? null,
    },
  ],
)

/**
 * Takes a column away: hidden at contract, dropped after the retention.
 *
 * @example
 * ```ts
 * dropColumn({ table: 'users', column: 'legacy_code', down: "'none'" })
 * ```
 */
export function dropColumn(parameters: DropColumnParameters): { readonly dropColumn: DropColumnParameters } {
  return { dropColumn: parameters }
}
