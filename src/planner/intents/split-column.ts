import { z } from 'zod'
import { parseTableName, type Visible } from '../change.ts'
import { type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { type IntentKind, intentKind, name, visible } from './intent.ts'
import { onErrorOf, unknownColumns } from './on-error.ts'

/** A column that an old one is split into, and what it gets of it. */
export interface SplitPart {
  type: PerDialect
  up: PerDialect
}

/** Parameters of {@link splitColumn}. */
export interface SplitColumn {
  table: string
  column: string
  /** The new columns, by their names. */
  into: Record<string, SplitPart>
  /** What the old version reads in rows that the new one writes. */
  down: PerDialect
  /** What a column, new or old, gets where its expression raises; NULL without it. */
  onError?: Record<string, PerDialect> | undefined
  /**
   * On MySQL and MariaDB: from when on `SELECT *` and an INSERT without a list of columns see the new columns. Unless said, it is
   * decided from the statements of both versions, where they are given, and else `backfilled`.
   */
  visible?: Visible | undefined
}

/** The kind registered for migration files. */
export const splitColumnKind: IntentKind<'splitColumn', SplitColumn> = intentKind(
  'splitColumn',
  z
    .strictObject({
      table: name,
      column: name,
      into: z
        .record(name, z.strictObject({ type: perDialect, up: perDialect }))
        .refine((into) => Object.keys(into).length > 1, 'name two columns or more; one is changeType with as'),
      down: perDialect,
      onError: z.record(name, perDialect).optional(),
      visible: visible.optional(),
    })
    .superRefine(({ column, into, onError }, context) => {
      unknownColumns(context, ['onError'], onError, [column, ...Object.keys(into)])
    }),
  ({ table, column, into, down, onError, visible: seen }, dialect) => [
    {
      kind: 'regroupColumns',
      table: parseTableName(table),
      from: [
        {
          name: column,
          down: requireForDialect(down, dialect, 'splitColumn.down'),
          onError: onErrorOf(onError, column, dialect),
        },
      ],
      to: Object.entries(into).map(([part, { type, up }]) => ({
        name: part,
        type: requireForDialect(type, dialect, `splitColumn.into.${part}.type`),
        up: requireForDialect(up, dialect, `splitColumn.into.${part}.up`),
        onError: onErrorOf(onError, part, dialect),
      })),
      visible: seen ?? 'auto',
    },
  ],
)

/**
 * One column becomes several. Each version writes its own shape and both stay in sync; a row whose old column is what `down` gives
 * is left as it is, so a client of the old version that sends all it has read back does not cut what the new one knows.
 *
 * @example
 * ```ts
 * splitColumn({
 *   table: 'people',
 *   column: 'name',
 *   into: {
 *     first_name: { type: 'text', up: "split_part(name, ' ', 1)" },
 *     last_name: { type: 'text', up: "substr(name, strpos(name || ' ', ' ') + 1)" },
 *   },
 *   down: "concat_ws(' ', first_name, last_name)",
 * })
 * ```
 */
export function splitColumn(parameters: SplitColumn): { readonly splitColumn: SplitColumn } {
  return { splitColumn: parameters }
}
