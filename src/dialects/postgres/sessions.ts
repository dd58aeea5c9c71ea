import { type RawBuilder, sql } from 'kysely'
import type { SessionDialect, Statement } from '../dialect.ts'
import { doctor } from './doctor.ts'
import { compileSql, literal, quote, tableRef } from './sql.ts'
import { counterName } from './sync.ts'

const set = (name: string, value: string): ReturnType<typeof compileSql> =>
  compileSql(sql`set local ${sql.raw(name)} = ${sql.lit(value)}`)

// Without pg_read_all_stats the type and the start of others' sessions are NULL: hidden is not absent.
const others = (which: RawBuilder<unknown>): Statement =>
  compileSql(
    sql`select application_name as application, coalesce(usename::text, '') as user, case when bool_and(backend_start is not null) then to_char(min(backend_start) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as since, count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename is not null and coalesce(backend_type, 'client backend') = 'client backend' and application_name not like 'bellows/%' and ${which} group by 1, 2 order by 1, 2`,
  )

/** Settings of our transactions, and questions about the sessions of others. */
export const sessions: SessionDialect = {
  lockSettings: (milliseconds) => [set('lock_timeout', `${milliseconds}ms`)],
  // lock_timeout counts each lock anew, so several tables are locked in one statement, which statement_timeout bounds.
  severalLocks: (milliseconds) => [set('statement_timeout', `${milliseconds}ms`)],
  patientSettings: [compileSql(sql`set lock_timeout = 0`), compileSql(sql`set statement_timeout = 0`)],
  batchSettings: (quiet, bypass, lockTimeout) => [
    set('lock_timeout', `${lockTimeout}ms`),
    ...(quiet ? [set('session_replication_role', 'replica')] : []),
    ...(bypass ? [set('bellows.sync', 'off')] : []),
  ],
  blockers: (pid) =>
    compileSql(
      sql`select coalesce(nullif(a.application_name, ''), a.backend_type, 'unknown') as application, coalesce(a.usename::text, '') as user, coalesce(to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') as since, coalesce(a.backend_type = 'autovacuum worker', false) as autovacuum, a.pid as pid from unnest(pg_blocking_pids(${pid}::int)) b join pg_stat_activity a on a.pid = b`,
    ),
  backendAlive: (pid, startedAt) =>
    compileSql(
      sql`select exists (select from pg_stat_activity where pid = ${pid}::int and (backend_start is null or backend_start::text = ${startedAt}::text)) as alive`,
    ),
  terminate: (pid, startedAt) =>
    compileSql(
      sql`select pg_terminate_backend(pid) as done from pg_stat_activity where pid = ${pid}::int and backend_start::text = ${startedAt}::text`,
    ),
  others: others(sql`true`),
  olderThan: (time) => others(sql`(backend_start is null or backend_start < ${time}::timestamptz)`),
  lastWrites: (lens, schema) => {
    // From PostgreSQL 17 on the last value is NULL to a role that may not read the sequence, as it is where there was none.
    const last = (which: 'old' | 'new'): RawBuilder<unknown> => {
      const sequence = sql`to_regclass(${sql.raw(literal(quote(schema, counterName(lens, which))))})`
      return sql`case when has_sequence_privilege(${sequence}, 'USAGE, SELECT') is not false then coalesce(pg_sequence_last_value(${sequence}), 0)::float8 end`
    }
    return compileSql(
      sql`select ${last('old')} as old, ${last('new')} as new, extract(epoch from clock_timestamp())::float8 as now`,
    )
  },
  doctor,
  whereAmI: compileSql(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now, current_database() as database, 'postgres' as dialect, 'PostgreSQL ' || current_setting('server_version') as server`,
  ),
  hasRows: (table) => compileSql(sql`select exists (select from ${tableRef(table)}) as some`),
  // As the planner does: the density that was seen last, times the size of now; 100 bytes a row where none was seen.
  estimate: (table) =>
    compileSql(
      sql`select round(pg_relation_size(c.oid) * case when c.reltuples > 0 and c.relpages > 0 then c.reltuples / c.relpages / current_setting('block_size')::int else 0.01 end)::float8 as rows from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${table.schema} and c.relname = ${table.name}`,
    ),
}
