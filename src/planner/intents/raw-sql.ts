import { z } from 'zod'
import type { Change } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { type IntentKind, intentKind } from './intent.ts'

/** Parameters of {@link rawSql}. */
export interface RawSqlParameters {
  expand?: PerDialect | undefined
  backfill?: PerDialect | undefined
  contract?: PerDialect | undefined
  /** Takes everything back; without it the migration cannot be rolled back once a statement ran. */
  rollback?: PerDialect | undefined
  reason: string
}

/** The kind registered for migration files. */
export const rawSqlKind: IntentKind<'rawSql', RawSqlParameters> = intentKind(
  'rawSql',
  z
    .strictObject({
      expand: perDialect.optional(),
      backfill: perDialect.optional(),
      contract: perDialect.optional(),
      rollback: perDialect.optional(),
      reason: z.string().trim().min(1),
    })
    .refine((given) => given.expand ?? given.backfill ?? given.contract, 'give SQL for at least one phase'),
  (given, dialect): readonly Change[] => [
    {
      kind: 'rawSql',
      expand: forDialect(given.expand, dialect) ?? null,
      backfill: forDialect(given.backfill, dialect) ?? null,
      contract: forDialect(given.contract, dialect) ?? null,
      rollback: forDialect(given.rollback, dialect) ?? null,
      reason: given.reason,
    },
  ],
)

/**
 * Statements of your own, each recorded as a step. What they do to a running app is not checked.
 *
 * @example
 * ```ts
 * rawSql({ expand: 'CREATE EXTENSION IF NOT EXISTS pg_trgm', reason: 'needed by the search index' })
 * ```
 */
export function rawSql(parameters: RawSqlParameters): { readonly rawSql: RawSqlParameters } {
  return { rawSql: parameters }
}
