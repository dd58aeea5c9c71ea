import { type RawBuilder, sql } from 'kysely'
import type { EvidenceDialect } from '../dialect.ts'
import { compileSql } from './sql.ts'

const iso = (moment: RawBuilder<unknown>): RawBuilder<string> =>
  sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Sessions of others in this database. */
const others = sql`a.datname = current_database() and a.pid <> pg_backend_pid() and a.usename is not null and coalesce(a.backend_type, 'client backend') = 'client backend' and a.application_name not like 'bellows/%'`

/** What may still use the old shape. */
export const evidence: EvidenceDialect = {
  sessions: compileSql(
    sql`select a.pid as pid, ${iso(sql`a.backend_start`)} as started, a.application_name as application, null as version, a.usename::text as user from pg_stat_activity a where ${others} order by a.application_name, a.usename, a.backend_start, a.pid`,
  ),
  hints: { sessions: 'GRANT pg_read_all_stats to the migrating role.' },
}
