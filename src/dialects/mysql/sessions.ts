import { type RawBuilder, sql } from 'kysely'
import type { SessionDialect, Statement } from '../dialect.ts'
import { blockers } from './blockers.ts'
import { doctor } from './doctor.ts'
import { compileSql, firstOf, literal, ownThreads, tableRef } from './sql.ts'
import { stateTable } from './state.ts'

// The servers count whole seconds, and at least one. What is shorter is ended from the other session (lock-limit.ts).
const seconds = (milliseconds: number): RawBuilder<unknown> => sql.lit(Math.max(1, Math.ceil(milliseconds / 1000)))

const waits = (milliseconds: number): RawBuilder<unknown> =>
  sql`session lock_wait_timeout = ${seconds(milliseconds)}, session innodb_lock_wait_timeout = ${seconds(milliseconds)}`

const waitFor = (milliseconds: number): readonly Statement[] => [compileSql(sql`set ${waits(milliseconds)}`)]

/** Settings of our sessions, and questions about the sessions of others. */
export const sessions: SessionDialect = {
  lockSettings: waitFor,
  // LOCK TABLES takes all of them as one, under the one limit.
  severalLocks: () => [],
  // On PostgreSQL an index build waits and nobody waits behind it. Here later readers queue behind any DDL that waits, so it may not.
  patientSettings: waitFor(1000),
  // Set each time, one way or the other: a variable of the session outlives the transaction, unlike SET LOCAL.
  batchSettings: (_quiet, bypass, lockTimeout) => [
    compileSql(sql`set ${waits(lockTimeout)}, @bellows_sync = ${bypass ? sql`'off'` : sql`null`}`),
  ],
  blockers,
  // One that waits for a lock has done nothing yet, and everybody waits behind it: that is not work.
  backendAlive: (pid, startedAt) =>
    compileSql(
      sql`select is_used_lock(${startedAt}) <=> ${pid} as alive, exists (select 1 from information_schema.processlist where id = ${pid} and command in ('Query', 'Execute') and info like 'alter table%' and coalesce(state, '') not like 'Waiting for table%') as working`,
    ),
  // KILL takes an expression: it ends the thread only while that is the one with the name. Nobody has the number 0.
  terminate: (pid, startedAt) =>
    firstOf(
      sql`kill if(is_used_lock(${sql.raw(literal(startedAt))}) = ${sql.lit(pid)}, ${sql.lit(pid)}, 0)`,
      sql`do 0`,
    ),
  others: firstOf(others(true), others(false)),
  // When a session began is hidden, so all count; no plan asks, because these servers prepare again by themselves.
  olderThan: () => firstOf(others(true), others(false)),
  lastWrites: (lens, schema) => {
    const writes = sql.id(stateTable(schema, 'writes'))
    const last = (side: 'old' | 'new'): RawBuilder<unknown> =>
      sql`(select coalesce(max(second), 0) from ${writes} where lens = ${lens.id} and side = ${side})`
    return compileSql(
      sql`select ${last('old')} as ${sql.id('old')}, ${last('new')} as ${sql.id('new')}, unix_timestamp(now(6)) + 0e0 as ${sql.id('now')}`,
    )
  },
  doctor,
  whereAmI: compileSql(
    sql`select concat(left(date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z') as ${sql.id('now')}, database() as ${sql.id('database')}, if(version() like '%mariadb%', 'mariadb', 'mysql') as dialect, concat(if(version() like '%mariadb%', 'MariaDB ', 'MySQL '), substring_index(version(), '-', 1)) as ${sql.id('server')}`,
  ),
  hasRows: (table) => compileSql(sql`select exists (select 1 from ${tableRef(table)}) as ${sql.id('some')}`),
  estimate: (table) =>
    compileSql(
      sql`select coalesce(max(table_rows), 0) + 0e0 as ${sql.id('rows')} from information_schema.tables where table_schema = ${table.schema} and table_name = ${table.name}`,
    ),
}

/**
 * Sessions in this database. Without the PROCESS privilege a server hides those of other accounts without a word, and hidden is not
 * absent: a look at innodb_cmp, which is refused then and holds no texts, makes the question fail. When a session began is not told
 * by any server.
 * Without performance_schema, as MariaDB comes, no application is named either: NULL, which is not the same as none.
 */
function others(named: boolean): RawBuilder<unknown> {
  const application = named ? sql`if(@@performance_schema, coalesce(a.attr_value, ''), null)` : sql`null`
  const attributes = sql`left join performance_schema.session_connect_attrs a on a.processlist_id = p.id and a.attr_name = 'program_name'`
  return sql`select ${application} as application, p.user as user, null as since, count(*) as ${sql.id('count')} from information_schema.processlist p ${named ? attributes : sql``} where p.db = database() and p.user <> 'system user' and not json_contains(${ownThreads}, cast(p.id as char)) and coalesce(${application}, '') not like 'bellows/%' and (select count(*) from information_schema.innodb_cmp) >= 0 group by application, user order by application, user`
}
