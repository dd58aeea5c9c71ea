import type { z } from 'zod'
import type { DialectName } from '../catalog.ts'
import { forDialect, type PerDialect } from '../expression.ts'

/** What a column gets where its expression raises; null where nothing is said for it. */
export function onErrorOf(
  given: Readonly<Record<string, PerDialect>> | undefined,
  column: string,
  dialect: DialectName,
): string | null {
  return given !== undefined && Object.hasOwn(given, column) ? (forDialect(given[column], dialect) ?? null) : null
}

/** A key that names no column of the intent says nothing to anybody. */
export function unknownColumns(
  context: z.RefinementCtx,
  path: readonly string[],
  given: Readonly<Record<string, unknown>> | undefined,
  columns: readonly string[],
): void {
  for (const key of Object.keys(given ?? {}))
    if (!columns.includes(key))
      context.addIssue({
        code: 'custom',
        path: [...path, key],
        message: `is no column of this intent, which has ${columns.join(', ')}`,
      })
}
