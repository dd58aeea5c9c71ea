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
  /**
   * Queries whose first value is true once the one statement of that script is done; no row is no. Asked before a statement that
   * no transaction ties to its record: then a runner that died right after it knows.
   */
  probe?: Partial<Record<Scripts, PerDialect | undefined>> | undefined
  reason: string
}

type Scripts = 'expand' | 'backfill' | 'contract' | 'rollback'

const scripts = {
  expand: perDialect.optional(),
  backfill: perDialect.optional(),
  contract: perDialect.optional(),
  rollback: perDialect.optional(),
}

/** The kind registered for migration files. */
export const rawSqlKind: IntentKind<'rawSql', RawSqlParameters> = intentKind(
  'rawSql',
  z
    .strictObject({
      ...scripts,
      probe: z.strictObject(scripts).optional(),
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
      probe: {
        expand: forDialect(given.probe?.expand, dialect) ?? null,
        backfill: forDialect(given.probe?.backfill, dialect) ?? null,
        contract: forDialect(given.probe?.contract, dialect) ?? null,
        rollback: forDialect(given.probe?.rollback, dialect) ?? null,
      },
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
