import { z } from 'zod'
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
    visible: visible.optional(),
  }),
  (given, dialect): readonly Change[] => [
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
  ],
)

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
