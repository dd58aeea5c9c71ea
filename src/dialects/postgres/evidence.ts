import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { EvidenceDialect } from '../dialect.ts'
import { compileSql } from './sql.ts'
import { readStatistics } from './statement-use.ts'

const iso = (moment: RawBuilder<unknown>): RawBuilder<string> =>
  sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Sessions of others in this database, of `pg_stat_activity` as `a`. */
export const others: RawBuilder<unknown> = sql`a.datname = current_database() and a.pid <> pg_backend_pid() and a.usename is not null and coalesce(a.backend_type, 'client backend') = 'client backend' and a.application_name not like 'bellows/%'`

/** What may still use the old shape. */
export const evidence: EvidenceDialect = {
  sessions: compileSql(
    sql`select a.pid as pid, ${iso(sql`a.backend_start`)} as started, a.application_name as application, null as version, a.usename::text as user from pg_stat_activity a where ${others} order by a.application_name, a.usename, a.backend_start, a.pid`,
  ),
  // A prepared transaction has no process: its locks are found by the one that it has on its own number.
  prepared: (tables) =>
    compileSql(
      sql`select x.gid as name, x.owner::text as user, ${iso(sql`x.prepared`)} as since, string_agg(distinct t.name, ', ') as holds from pg_prepared_xacts x join pg_locks o on o.locktype = 'transactionid' and o.transactionid = x.transaction and o.pid is null join pg_locks l on l.virtualtransaction = o.virtualtransaction and l.pid is null join (${named(tables)}) t on t.oid = l.relation where x.database = current_database() group by 1, 2, 3 order by 3, 1`,
    ),
  transactionsBefore: (time) =>
    compileSql(
      sql`select a.pid as pid, a.application_name as application, a.usename::text as user, ${iso(sql`a.xact_start`)} as since from pg_stat_activity a where ${others} and (a.backend_start is null or a.xact_start < ${time}::timestamptz) order by a.xact_start, a.pid`,
    ),
  consumers: (tables) =>
    compileSql(
      sql`select 'consumer' as kind, format('logical slot %s (%s), %s', s.slot_name, s.plugin, case when s.active then 'which ' || coalesce(nullif(a.application_name, ''), 'pid ' || s.active_pid) || ' reads' else 'which nobody reads now' end) as name from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid where s.slot_type = 'logical' and s.database = current_database()
        union all select distinct 'consumer', format('publication %s, which carries %I.%I', p.pubname, p.schemaname, p.tablename) from pg_publication_tables p join (${named(tables)}) t on t.schema = p.schemaname and t.name = p.tablename
        union all select 'consumer', format('streaming replica %s%s', coalesce(nullif(r.application_name, ''), '(its name is hidden)'), case when r.backend_xmin is not null then ', with hot_standby_feedback' else '' end) from pg_stat_replication r where not exists (select from pg_replication_slots s where s.slot_type = 'logical' and s.active_pid = r.pid)
        union all select distinct 'role', case x.grantee when 0 then 'PUBLIC' else pg_get_userbyid(x.grantee)::text end from (${named(tables)}) t join pg_class c on c.oid = t.oid cross join lateral (select a.grantee, a.privilege_type from aclexplode(c.relacl) a union all select a.grantee, a.privilege_type from pg_attribute g cross join lateral aclexplode(g.attacl) a where g.attrelid = c.oid) x where x.privilege_type = 'SELECT' and x.grantee <> c.relowner
        order by 1, 2`,
    ),
  statements: readStatistics,
  // A session that has not come to the end of a statement since, and is in none, did not write; hidden ones may have. The second is a rounded one.
  writers: (_lens, second) =>
    compileSql(
      sql`select false as wrote, a.application_name as application, null as version, a.usename::text as user from pg_stat_activity a where ${others} and (a.backend_start is null or a.backend_start < to_timestamp(${second + 1}::float8) and (a.state = 'active' or a.state_change >= to_timestamp(${second - 1}::float8))) order by 2, 4`,
    ),
  hints: {
    sessions: 'GRANT pg_read_all_stats to the migrating role.',
    transactions: 'GRANT pg_read_all_stats to the migrating role.',
    consumers: 'GRANT pg_read_all_stats to the migrating role.',
  },
}

/** These tables, as `oid`, `schema`, `name`. */
function named(tables: readonly TableRef[]): RawBuilder<unknown> {
  const each = tables.map(({ schema, name }) => sql`(n.nspname = ${schema} and c.relname = ${name})`)
  return sql`select c.oid, n.nspname::text as schema, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${sql.join(each, sql` or `)}`
}
