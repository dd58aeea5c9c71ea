import { z } from 'zod'
import { usageError } from '../../errors.ts'
import type { DialectName } from '../catalog.ts'
import type { Change } from '../change.ts'

/** What every intent file exports: its key in a migration file, its schema, and what it asks of the database. */
export interface IntentKind<Key extends string, Parameters> {
  readonly key: Key
  readonly schema: z.ZodType<Parameters>
  readonly changes: (parameters: Parameters, dialect: DialectName) => readonly Change[]
}

/** Ties key, schema and changes together, so that their types agree. */
export function intentKind<Key extends string, Parameters>(
  key: Key,
  schema: z.ZodType<Parameters>,
  changes: (parameters: Parameters, dialect: DialectName) => readonly Change[],
): IntentKind<Key, Parameters> {
  return { key, schema, changes }
}

/** A table or column name, exactly as written. */
export const name: z.ZodString = z.string().min(1).max(255)

/** From when on a column that comes is seen by statements that do not list theirs. */
export const visible: z.ZodEnum<{ expand: 'expand'; backfilled: 'backfilled'; contract: 'contract'; auto: 'auto' }> =
  z.enum(['expand', 'backfilled', 'contract', 'auto'])

/** What happens to rows that point at one which goes, or changes its key. */
export const rule: z.ZodEnum<{
  'no action': 'no action'
  restrict: 'restrict'
  cascade: 'cascade'
  'set null': 'set null'
  'set default': 'set default'
}> = z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default'])

/** When a rule starts to be enforced; `contract` unless an intent says otherwise. */
export const enforce: z.ZodEnum<{ expand: 'expand'; backfill: 'backfill'; contract: 'contract' }> = z.enum([
  'expand',
  'backfill',
  'contract',
])

/**
 * No server has a key that names a column twice.
 *
 * @throws BellowsError exit 2
 */
export function refuseTwice(intent: string, called: string, columns: readonly string[]): void {
  const found = columns.find((column, at) => columns.indexOf(column) < at)
  if (found === undefined) return
  throw usageError('migration.column-twice', `${intent} ${called} names column ${found} twice`, {
    hint: 'Name each column once.',
  })
}
