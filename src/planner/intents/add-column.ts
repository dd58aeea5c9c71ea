import { z } from 'zod'
import { refused } from '../../errors.ts'
import { type Change, parseTableName, type Visible } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { type IntentKind, intentKind, name, visible } from './intent.ts'

/** Parameters of {@link addColumn}. */
export interface AddColumnParameters {
  table: string
  column: string
  type: PerDialect
  nullable?: boolean | undefined
  default?: PerDialect | undefined
  /** What old rows, and rows that the old version writes, get. */
  up?: PerDialect | undefined
  onError?: PerDialect | undefined
  comment?: string | undefined
  /** Not there yet, like the two below: refused with exit 3. */
  unique?: boolean | undefined
  check?: PerDialect | undefined
  references?: { table: string; columns: string[] } | undefined
  /**
   * On MySQL and MariaDB: from when on `SELECT *` and an INSERT without a list of columns see the new column. Unless said, it is
   * decided from the statements of both versions, where they are given, and else `backfilled`.
   */
  visible?: Visible | undefined
}

/** The kind registered for migration files. */
export const addColumnKind: IntentKind<'addColumn', AddColumnParameters> = intentKind(
  'addColumn',
  z.strictObject({
    table: name,
    column: name,
    type: perDialect,
    nullable: z.boolean().optional(),
    default: perDialect.optional(),
    up: perDialect.optional(),
    onError: perDialect.optional(),
    comment: z.string().optional(),
    unique: z.boolean().optional(),
    check: perDialect.optional(),
    references: z.strictObject({ table: name, columns: z.array(name).min(1) }).optional(),
    visible: visible.optional(),
  }),
  (given, dialect): readonly Change[] => {
    refuseRules(given)
    return [
      {
        kind: 'addColumn',
        table: parseTableName(given.table),
        column: {
          name: given.column,
          type: requireForDialect(given.type, dialect, 'addColumn.type'),
          nullable: given.nullable ?? true,
          default: forDialect(given.default, dialect) ?? null,
          comment: given.comment ?? null,
        },
        up: forDialect(given.up, dialect) ?? null,
        onError: forDialect(given.onError, dialect) ?? null,
        visible: given.visible ?? 'auto',
      },
    ]
  },
)

/** Rules that the old version does not know, each a phase of its own: until they are there, nothing of them is half done. */
function refuseRules({ table, column, unique, check, references }: AddColumnParameters): void {
  const rules = { unique: unique || undefined, check, references }
  const [first] = Object.entries(rules).flatMap(([rule, given]) => (given === undefined ? [] : [rule]))
  if (first === undefined) return
  throw refused('plan.not-yet', `addColumn ${table}.${column}: ${first} is not there yet`, {
    hint: 'Nothing was changed. A unique index is addIndex in the same migration; a CHECK or a foreign key is rawSql in a later one.',
  })
}

/**
 * Adds a column that only the new version knows.
 *
 * @example
 * ```ts
 * addColumn({ table: 'users', column: 'slug', type: 'text', nullable: false, up: 'lower(name)' })
 * ```
 */
export function addColumn(parameters: AddColumnParameters): { readonly addColumn: AddColumnParameters } {
  return { addColumn: parameters }
}
