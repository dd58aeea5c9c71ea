import { z } from 'zod'
import { parseTableName, type Visible } from '../change.ts'
import { type PerDialect, perDialect } from '../expression.ts'
import { requireForDialect } from './for-dialect.ts'
import { type IntentKind, intentKind, name, visible } from './intent.ts'
import { onErrorOf, unknownColumns } from './on-error.ts'

/** Parameters of {@link mergeColumns}. */
export interface MergeColumns {
  table: string
  columns: string[]
  /** The new column. */
  into: string
  type: PerDialect
  up: PerDialect
  /** For each old column: what the old version reads in rows that the new one writes. */
  down: Record<string, PerDialect>
  /** What a column, new or old, gets where its expression raises; NULL without it. */
  onError?: Record<string, PerDialect> | undefined
  /**
   * On MySQL and MariaDB: from when on `SELECT *` and an INSERT without a list of columns see the new column. Unless said, it is
   * decided from the statements of both versions, where they are given, and else `backfilled`.
   */
  visible?: Visible | undefined
}

/** The kind registered for migration files. */
export const mergeColumnsKind: IntentKind<'mergeColumns', MergeColumns> = intentKind(
  'mergeColumns',
  z
    .strictObject({
      table: name,
      columns: z
        .array(name)
        .min(2, 'name two columns or more; one is changeType with as')
        .refine((columns) => new Set(columns).size === columns.length, 'a column is named twice'),
      into: name,
      type: perDialect,
      up: perDialect,
      down: z.record(name, perDialect),
      onError: z.record(name, perDialect).optional(),
      visible: visible.optional(),
    })
    .superRefine(({ columns, into, down, onError }, context) => {
      unknownColumns(context, ['down'], down, columns)
      unknownColumns(context, ['onError'], onError, [...columns, into])
      for (const column of columns)
        if (!Object.hasOwn(down, column))
          context.addIssue({ code: 'custom', path: ['down'], message: `says nothing for ${column}` })
    }),
  ({ table, columns, into, type, up, down, onError, visible: seen }, dialect) => [
    {
      kind: 'regroupColumns',
      table: parseTableName(table),
      from: columns.map((column) => ({
        name: column,
        down: requireForDialect(down[column] ?? {}, dialect, `mergeColumns.down.${column}`),
        onError: onErrorOf(onError, column, dialect),
      })),
      to: [
        {
          name: into,
          type: requireForDialect(type, dialect, 'mergeColumns.type'),
          up: requireForDialect(up, dialect, 'mergeColumns.up'),
          onError: onErrorOf(onError, into, dialect),
        },
      ],
      visible: seen ?? 'auto',
    },
  ],
)

/**
 * Several columns become one. Each version writes its own shape and both stay in sync; a row whose old columns are what `down` gives
 * is left as it is.
 *
 * @example
 * ```ts
 * mergeColumns({
 *   table: 'addresses',
 *   columns: ['street', 'house_number'],
 *   into: 'line',
 *   type: 'text',
 *   up: "concat_ws(' ', street, house_number)",
 *   down: {
 *     street: "regexp_replace(line, ' [^ ]*$', '')",
 *     house_number: "coalesce(substring(line from ' ([^ ]*)$'), '')",
 *   },
 * })
 * ```
 */
export function mergeColumns(parameters: MergeColumns): { readonly mergeColumns: MergeColumns } {
  return { mergeColumns: parameters }
}
