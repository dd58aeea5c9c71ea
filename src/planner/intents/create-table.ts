import { z } from 'zod'
import { usageError } from '../../errors.ts'
import { type Change, parseTableName } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { type IntentKind, intentKind, name, rule } from './intent.ts'

/** Parameters of {@link createTable}. */
export interface CreateTableParameters {
  table: string
  columns: Record<
    string,
    {
      type: PerDialect
      nullable?: boolean | undefined
      default?: PerDialect | undefined
      identity?: boolean | undefined
      comment?: string | undefined
    }
  >
  primaryKey?: string[] | undefined
  uniques?: { name?: string | undefined; columns: string[] }[] | undefined
  checks?: { name?: string | undefined; check: PerDialect }[] | undefined
  foreignKeys?:
    | {
        name?: string | undefined
        columns: string[]
        references: { table: string; columns: string[] }
        onDelete?: Rule | undefined
        onUpdate?: Rule | undefined
      }[]
    | undefined
  indexes?: { name: string; columns: string[]; unique?: boolean | undefined }[] | undefined
  /** Owner and grants are taken from this table. */
  like?: string | undefined
  grants?: { to: string; privileges: string[] }[] | undefined
}

type Rule = z.infer<typeof rule>

/** The kind registered for migration files. */
export const createTableKind: IntentKind<'createTable', CreateTableParameters> = intentKind(
  'createTable',
  z.strictObject({
    table: name,
    columns: z.record(
      name,
      z.strictObject({
        type: perDialect,
        nullable: z.boolean().optional(),
        default: perDialect.optional(),
        identity: z.boolean().optional(),
        comment: z.string().optional(),
      }),
    ),
    primaryKey: z.array(name).min(1).optional(),
    uniques: z.array(z.strictObject({ name: name.optional(), columns: z.array(name).min(1) })).optional(),
    checks: z.array(z.strictObject({ name: name.optional(), check: perDialect })).optional(),
    foreignKeys: z
      .array(
        z.strictObject({
          name: name.optional(),
          columns: z.array(name).min(1),
          references: z.strictObject({ table: name, columns: z.array(name).min(1) }),
          onDelete: rule.optional(),
          onUpdate: rule.optional(),
        }),
      )
      .optional(),
    indexes: z
      .array(z.strictObject({ name, columns: z.array(name).min(1), unique: z.boolean().optional() }))
      .optional(),
    like: name.optional(),
    grants: z
      .array(z.strictObject({ to: name, privileges: z.array(z.string().regex(/^[A-Za-z ]+$/)).min(1) }))
      .optional(),
  }),
  (given, dialect): readonly Change[] => [
    {
      kind: 'createTable',
      table: parseTableName(given.table),
      columns: Object.entries(given.columns).map(([column, spec]) => ({
        name: column,
        type: requireForDialect(spec.type, dialect, `createTable.columns.${column}.type`),
        nullable: nullableOf(given.primaryKey ?? [], column, spec.nullable),
        default: forDialect(spec.default, dialect) ?? null,
        identity: spec.identity ?? false,
        comment: spec.comment ?? null,
      })),
      primaryKey: given.primaryKey ?? [],
      uniques: (given.uniques ?? []).map((unique) => ({ name: unique.name ?? null, columns: unique.columns })),
      checks: (given.checks ?? []).map((check) => ({
        name: check.name ?? null,
        expression: requireForDialect(check.check, dialect, 'createTable.checks.check'),
      })),
      foreignKeys: (given.foreignKeys ?? []).map((key) => ({
        name: key.name ?? null,
        columns: key.columns,
        references: { table: parseTableName(key.references.table), columns: key.references.columns },
        onDelete: key.onDelete ?? null,
        onUpdate: key.onUpdate ?? null,
      })),
      indexes: (given.indexes ?? []).map((index) => ({ ...index, unique: index.unique ?? false })),
      like: given.like === undefined ? null : parseTableName(given.like),
      grants: given.grants ?? [],
    },
  ],
)

/** What is part of the primary key is NOT NULL, also unsaid: PostgreSQL makes it so, and MySQL refuses a key that is said to be NULL. */
function nullableOf(primaryKey: readonly string[], column: string, said: boolean | undefined): boolean {
  if (!primaryKey.includes(column)) return said ?? true
  if (said !== true) return false
  throw usageError('migration.nullable-key', `createTable.columns.${column} is nullable and part of the primary key`, {
    hint: 'Leave nullable out there, or use uniques.',
  })
}

/**
 * Creates a table at expand.
 *
 * @example
 * ```ts
 * createTable({
 *   table: 'tags',
 *   columns: { id: { type: 'bigint', nullable: false, identity: true }, label: { type: 'text', nullable: false } },
 *   primaryKey: ['id'],
 *   like: 'products',
 * })
 * ```
 */
export function createTable(parameters: CreateTableParameters): { readonly createTable: CreateTableParameters } {
  return { createTable: parameters }
}
