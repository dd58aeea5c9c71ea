import { z } from 'zod'
import type { DialectName } from './catalog.ts'

/** SQL for one engine family, or the same for all. */
export type PerDialect = string | { readonly postgres?: string | undefined; readonly mysql?: string | undefined }

const text = z.string().min(1)

/** The schema of a {@link PerDialect} text. */
export const perDialect: z.ZodType<PerDialect> = z.union([
  text,
  z
    .strictObject({ postgres: text.optional(), mysql: text.optional() })
    .refine(
      (value) => value.postgres !== undefined || value.mysql !== undefined,
      'name at least one of postgres, mysql',
    ),
])

/** The text meant for this dialect; undefined when the migration gives none for it. */
export function forDialect(value: PerDialect | undefined, dialect: DialectName): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  return dialect === 'postgres' ? value.postgres : value.mysql
}
