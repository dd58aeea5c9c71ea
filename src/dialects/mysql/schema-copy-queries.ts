import { type RawBuilder, sql } from 'kysely'

/*
 * What is in this database. Names of result columns are given, because the servers do not agree on how they spell their own.
 */

export const placeQuery: RawBuilder<unknown> = sql`select database() as ${sql.id('database')}, @@global.sql_mode as sql_mode, @@lower_case_table_names as lower_case, @@collation_database as collation`

/** Those that this account may see; what is not among them looks like an alias. */
export const databasesQuery: RawBuilder<unknown> = sql`select s.schema_name as name from information_schema.schemata s`

export const relationsQuery: RawBuilder<unknown> = sql`select t.table_name as name, t.table_type as type, t.engine as engine from information_schema.tables t where t.table_schema = database() order by t.table_name`

export const columnNamesQuery: RawBuilder<unknown> = sql`select t.table_name as ${sql.id('table')}, t.column_name as name from information_schema.columns t where t.table_schema = database()`

export const routinesQuery: RawBuilder<unknown> = sql`select r.routine_name as name, r.routine_type as type, r.sql_mode as sql_mode from information_schema.routines r where r.routine_schema = database() order by r.routine_name`

export const triggerTextsQuery: RawBuilder<unknown> = sql`select t.trigger_name as name, t.event_object_table as ${sql.id('table')}, t.action_timing as timing, t.event_manipulation as event, t.sql_mode as sql_mode, t.collation_connection as collation from information_schema.triggers t where t.event_object_schema = database() order by t.event_object_table, t.action_timing, t.event_manipulation, t.action_order`

export const eventNamesQuery: RawBuilder<unknown> = sql`select e.event_name as name from information_schema.events e where e.event_schema = database()`

/** The definition of one object, as the server itself writes it. */
export const showCreate = (kind: string, name: string): RawBuilder<unknown> =>
  sql`show create ${sql.raw(kind)} ${sql.id(name)}`
