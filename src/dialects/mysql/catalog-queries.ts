import { type RawBuilder, sql } from 'kysely'
import { logColumns } from './statement-log.ts'

/*
 * What information_schema says of the tables of this database. Names are given in lower case by every query, because the
 * servers do not agree on how they spell the columns of their own views.
 */

const tables = sql`t.table_schema = database()`

export const serverQuery: RawBuilder<unknown> = sql`select version() as version, database() as ${sql.id('database')}, ${logColumns}`

export const tablesQuery: RawBuilder<unknown> = sql`select t.table_name as name, t.table_type as type, t.engine as engine, t.row_format as row_format, coalesce(t.table_rows, 0) + 0e0 as ${sql.id('rows')}, coalesce(t.data_length, 0) + coalesce(t.index_length, 0) + 0e0 as bytes, t.table_comment as comment, t.table_collation as collation, t.create_options as options from information_schema.tables t where ${tables} order by t.table_name`

export const columnsQuery: RawBuilder<unknown> = sql`select t.table_name as ${sql.id('table')}, t.column_name as name, t.ordinal_position as position, t.column_type as type, t.is_nullable as nullable, t.column_default as ${sql.id('default')}, t.extra as extra, t.character_set_name as charset, t.collation_name as collation, t.column_comment as comment, coalesce(t.generation_expression, '') as generation from information_schema.columns t where ${tables} order by t.table_name, t.ordinal_position`

/** Only MySQL has indexes of expressions. */
export const indexesQuery = (mariadb: boolean): RawBuilder<unknown> =>
  sql`select t.table_name as ${sql.id('table')}, t.index_name as name, t.non_unique as non_unique, t.column_name as ${sql.id('column')}, t.sub_part as prefix, t.collation as direction, t.index_type as type, t.index_comment as comment, ${mariadb ? sql`null` : sql`t.expression`} as expression, ${mariadb ? sql`t.ignored = 'YES'` : sql`t.is_visible = 'NO'`} as hidden from information_schema.statistics t where ${tables} order by t.table_name, t.index_name, t.seq_in_index`

const keys = (where: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select t.table_schema as ${sql.id('schema')}, t.table_name as ${sql.id('table')}, t.constraint_name as name, t.column_name as ${sql.id('column')}, t.referenced_table_schema as to_schema, t.referenced_table_name as to_table, t.referenced_column_name as to_column, r.update_rule as on_update, r.delete_rule as on_delete from information_schema.key_column_usage t join information_schema.referential_constraints r on r.constraint_schema = t.constraint_schema and r.constraint_name = t.constraint_name and r.table_name = t.table_name where ${where} order by t.table_schema, t.table_name, t.constraint_name, t.ordinal_position`

export const keysQuery: RawBuilder<unknown> = keys(sql`${tables} and t.referenced_table_name is not null`)

/** Foreign keys of other databases that point at tables of this one, as far as the account may see them. */
export const keysFromElsewhereQuery: RawBuilder<unknown> = keys(
  sql`t.referenced_table_schema = database() and t.table_schema <> database()`,
)

export const checksQuery = (mariadb: boolean): RawBuilder<unknown> =>
  mariadb
    ? sql`select t.table_name as ${sql.id('table')}, t.constraint_name as name, t.check_clause as definition, t.level as level from information_schema.check_constraints t where t.constraint_schema = database()`
    : sql`select c.table_name as ${sql.id('table')}, t.constraint_name as name, t.check_clause as definition from information_schema.check_constraints t join information_schema.table_constraints c on c.constraint_schema = t.constraint_schema and c.constraint_name = t.constraint_name and c.constraint_type = 'CHECK' where t.constraint_schema = database()`

export const triggersQuery: RawBuilder<unknown> = sql`select t.event_object_table as ${sql.id('table')}, t.trigger_name as name, t.action_timing as timing, t.event_manipulation as event, t.action_statement as body from information_schema.triggers t where t.event_object_schema = database() order by t.event_object_table, t.action_timing, t.event_manipulation, t.action_order`

/** Everything whose text may name a column: the servers keep no record of what a body or a view uses. */
export const textsQuery: RawBuilder<unknown> = sql`select 'view' as kind, t.table_name as name, t.view_definition as body from information_schema.views t where ${tables} union all select lower(r.routine_type), r.routine_name, r.routine_definition from information_schema.routines r where r.routine_schema = database() union all select 'event', e.event_name, e.event_definition from information_schema.events e where e.event_schema = database()`

export const rowVersionsQuery: RawBuilder<unknown> = sql`select substring_index(t.name, '/', -1) as name, t.total_row_versions as versions from information_schema.innodb_tables t where t.name like concat(replace(database(), '_', '\\_'), '/%')`
