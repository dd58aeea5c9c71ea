import { z } from 'zod'
import { type Change, parseTableName } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { enforce, type IntentKind, intentKind, name } from './intent.ts'

/** Parameters of {@link addIndex}. */
export interface AddIndexParameters {
  table: string
  name: string
  /** Column names, or expressions as `{ expression }`, in index order. */
  columns: (string | { expression: PerDialect })[]
  unique?: boolean | undefined
  method?: 'btree' | 'hash' | 'gin' | 'gist' | 'brin' | 'spgist' | undefined
  where?: PerDialect | undefined
  include?: string[] | undefined
  /** When a unique index, a rule that the old version does not know, is built. */
  enforce?: 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const addIndexKind: IntentKind<'addIndex', AddIndexParameters> = intentKind(
  'addIndex',
  z.strictObject({
    table: name,
    name,
    columns: z.array(z.union([name, z.strictObject({ expression: perDialect })])).min(1),
    unique: z.boolean().optional(),
    method: z.enum(['btree', 'hash', 'gin', 'gist', 'brin', 'spgist']).optional(),
    where: perDialect.optional(),
    include: z.array(name).min(1).optional(),
    enforce: enforce.exclude(['expand']).optional(),
  }),
  (given, dialect): readonly Change[] => [
    {
      kind: 'addIndex',
      table: parseTableName(given.table),
      name: given.name,
      keys: given.columns.map((key) =>
        typeof key === 'string'
          ? { column: key }
          : { expression: requireForDialect(key.expression, dialect, 'addIndex.columns.expression') },
      ),
      unique: given.unique ?? false,
      method: given.method ?? null,
      where: forDialect(given.where, dialect) ?? null,
      include: given.include ?? [],
      enforce: given.enforce ?? (given.unique ? 'contract' : 'backfill'),
    },
  ],
)

/**
 * Builds an index without blocking writes.
 *
 * @example
 * ```ts
 * addIndex({ table: 'orders', name: 'orders_created_at_idx', columns: ['created_at'] })
 * ```
 */
export function addIndex(parameters: AddIndexParameters): { readonly addIndex: AddIndexParameters } {
  return { addIndex: parameters }
}
