import { type RawBuilder, sql } from 'kysely'
import type { ColumnSpec } from '../../planner/steps.ts'
import { literal } from './sql.ts'

/** The column as it stands in ADD and MODIFY COLUMN: MODIFY takes away whatever is not said again. */
export function columnDefinition(column: ColumnSpec): RawBuilder<unknown> {
  const { charset = null, after = null, invisible = false, onUpdateNow = false, check } = column.mysql ?? {}
  const parts = [sql`${sql.id(column.name)} ${sql.raw(column.type)}`]
  if (charset !== null) parts.push(sql`character set ${sql.raw(charset)}`)
  if (column.collation !== null) parts.push(sql`collate ${sql.raw(column.collation)}`)
  parts.push(column.notNull || column.identity ? sql`not null` : sql`null`)
  if (column.identity) parts.push(sql`auto_increment`)
  if (column.default !== null) parts.push(sql`default ${sql.raw(column.default)}`)
  // The server takes no other precision than that of the column.
  if (onUpdateNow) parts.push(sql`on update current_timestamp${sql.raw(/\(\d\)/.exec(column.type)?.[0] ?? '')}`)
  if (invisible) parts.push(sql`invisible`)
  if (column.comment !== null && column.comment !== '') parts.push(sql`comment ${sql.raw(literal(column.comment))}`)
  if (check !== undefined) parts.push(sql`check (${sql.raw(check)})`)
  if (after !== null) parts.push(sql`after ${sql.id(after)}`)
  return sql.join(parts, sql` `)
}
