import { z } from 'zod'
import { usageError } from '../../errors.ts'
import { type Change, parseTableName } from '../change.ts'
import { enforce, type IntentKind, intentKind, name, refuseTwice, rule } from './intent.ts'

/** Parameters of {@link addForeignKey}. */
export interface AddForeignKeyParameters {
  table: string
  name: string
  columns: string[]
  /** One column for each of its own. */
  references: { table: string; columns: string[] }
  onDelete?: z.infer<typeof rule> | undefined
  onUpdate?: z.infer<typeof rule> | undefined
  /** PostgreSQL: it may be looked at as late as at the end of a transaction, and is (`deferred`) or is not (`immediate`) unless said. */
  deferrable?: 'immediate' | 'deferred' | undefined
  /** Before `contract` it is a rule that the old version has to keep: a check of that version has to have passed. */
  enforce?: 'expand' | 'backfill' | 'contract' | undefined
}

/** The kind registered for migration files. */
export const addForeignKeyKind: IntentKind<'addForeignKey', AddForeignKeyParameters> = intentKind(
  'addForeignKey',
  z.strictObject({
    table: name,
    name,
    columns: z.array(name).min(1),
    references: z.strictObject({ table: name, columns: z.array(name).min(1) }),
    onDelete: rule.optional(),
    onUpdate: rule.optional(),
    deferrable: z.enum(['immediate', 'deferred']).optional(),
    enforce: enforce.optional(),
  }),
  (given): readonly Change[] => {
    const { columns, references } = given
    if (columns.length !== references.columns.length)
      throw usageError(
        'migration.foreign-key',
        `addForeignKey ${given.name} has ${columns.length} columns and points at ${references.columns.length}`,
        { hint: 'Name one column of the other table for each of its own, in the same order.' },
      )
    for (const list of [columns, references.columns]) refuseTwice('addForeignKey', given.name, list)
    return [
      {
        kind: 'addForeignKey',
        table: parseTableName(given.table),
        name: given.name,
        columns,
        references: { table: parseTableName(references.table), columns: references.columns },
        onDelete: given.onDelete ?? null,
        onUpdate: given.onUpdate ?? null,
        deferrable: given.deferrable ?? null,
        enforce: given.enforce ?? 'contract',
      },
    ]
  },
)

/**
 * Adds a foreign key. The old version may violate it until contract, which stays closed while rows do.
 *
 * @example
 * ```ts
 * addForeignKey({
 *   table: 'orders',
 *   name: 'orders_customer_fkey',
 *   columns: ['customer_id'],
 *   references: { table: 'customers', columns: ['id'] },
 * })
 * ```
 */
export function addForeignKey(parameters: AddForeignKeyParameters): {
  readonly addForeignKey: AddForeignKeyParameters
} {
  return { addForeignKey: parameters }
}
