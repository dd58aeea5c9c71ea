import { z } from 'zod'
import { parseTableName, type Visible } from '../change.ts'
import { forDialect, type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { type IntentKind, intentKind, name, visible } from './intent.ts'

/** Parameters of {@link changeType}. */
export interface ChangeType {
  table: string
  column: string
  to: PerDialect
  /** The new column has its own name, so that the versions need not agree on a type. */
  as?: string | undefined
  up?: PerDialect | undefined
  down?: PerDialect | undefined
  /** What the other side gets where `up` or `down` raises; NULL without it. */
  onError?: PerDialect | undefined
  /**
   * On MySQL and MariaDB: from when on `SELECT *` and an INSERT without a list of columns see the new column. Unless said, it is
   * decided from the statements of both versions, where they are given, and else `backfilled`.
   */
  visible?: Visible | undefined
}

/** The kind registered for migration files. */
export const changeTypeKind: IntentKind<'changeType', ChangeType> = intentKind(
  'changeType',
  z.strictObject({
    table: name,
    column: name,
    to: perDialect,
    as: name.optional(),
    up: perDialect.optional(),
    down: perDialect.optional(),
    onError: perDialect.optional(),
    visible: visible.optional(),
  }),
  ({ table, column, to, as, up, down, onError, visible: seen }, dialect) => [
    {
      kind: 'replaceColumn',
      table: parseTableName(table),
      from: column,
      to: as ?? column,
      sameName: as === undefined || as === column,
      identity: false,
      type: requireForDialect(to, dialect, 'changeType.to'),
      up: forDialect(up, dialect) ?? null,
      down: forDialect(down, dialect) ?? null,
      onError: forDialect(onError, dialect) ?? null,
      nullable: null,
      default: null,
      visible: seen ?? 'auto',
    },
  ],
)

/**
 * Gives a column another type. With `as`, the new column has its own name and both stay in sync until contract; without
 * it, both versions see the old type until contract and the new one from there on.
 *
 * @example
 * ```ts
 * changeType({ table: 'orders', column: 'total', to: 'numeric(12,2)' })
 * ```
 */
export function changeType(parameters: ChangeType): { readonly changeType: ChangeType } {
  return { changeType: parameters }
}
