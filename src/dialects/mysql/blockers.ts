import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import { firstOf, type MysqlStatement, ownThreads } from './sql.ts'

/** How a server that does not tell who holds metadata locks is made to. */
export const howToLetItTell =
  "performance_schema = ON in the server's configuration, then UPDATE performance_schema.setup_instruments SET ENABLED = 'YES' WHERE NAME = 'wait/lock/metadata/sql/mdl'"

/**
 * Who blocks this thread: `application`, `user`, `since`, `autovacuum`, `pid`. Metadata locks are in performance_schema where that
 * is on, row locks in another place on each of the two servers. Where neither can be read: whoever has an open transaction in
 * this database, marked as a guess, and how to let the server tell (with no `pid`).
 */
export function blockers(pid: number): MysqlStatement {
  return firstOf(
    asRows(sql`${told(metadata(pid), rowsOfMysql(pid))} union all ${guesses(pid, silent)}`),
    asRows(sql`${told(metadata(pid), rowsOfMariadb(pid))} union all ${guesses(pid, silent)}`),
    asRows(guesses(pid, sql`true`)),
    asRows(unknown(pid)),
  )
}

const held = (lock: string, alias: string): RawBuilder<unknown> =>
  sql.raw(`${alias}.object_type = 'TABLE' and ${alias}.lock_status = 'GRANTED' and ${alias}.lock_type = '${lock}'`)

function readingThreads(tables: readonly TableRef[]): RawBuilder<unknown> {
  const names = tables.map(({ schema, name }) => sql`h.object_schema = ${schema} and h.object_name = ${name}`)
  return sql`select h.owner_thread_id as thread from performance_schema.metadata_locks h join performance_schema.events_transactions_current x on x.thread_id = h.owner_thread_id and x.state = 'ACTIVE' and x.autocommit = 'NO' where ${held('SHARED_READ', 'h')} and (${sql.join(names, sql` or `)}) and not exists (select 1 from performance_schema.metadata_locks s where s.owner_thread_id = h.owner_thread_id and s.object_schema = h.object_schema and s.object_name = h.object_name and ${held('SHARED_WRITE', 's')})`
}

/**
 * How many have only read one of these tables, in a transaction that goes on: when it then writes the table while a change of it
 * waits, the server takes that for a deadlock and fails the write (1213). One that has written it already is let through, and a
 * statement without a transaction is begun anew by the server itself. Null where the server does not tell.
 */
export function readersOf(tables: readonly TableRef[]): MysqlStatement {
  const count = sql`select if(${silent}, null, count(*)) + 0e0 as readers from (${readingThreads(tables)}) t`
  return firstOf(count, sql`select null as readers`)
}

/** The same, by name. */
export function readersByName(tables: readonly TableRef[]): MysqlStatement {
  return firstOf(asRows(told(readingThreads(tables), sql`select null as id from dual where 1 = 0`)))
}

// A comparison of its own: what went through a UNION is not known as one any more.
function asRows(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select application, user, since, 1 = 0 as autovacuum, pid from (${query}) found`
}

/** Granted on the object that this thread waits for. A reader is in the way of our DDL, a shared lock of DML is not in that of DML. */
function metadata(pid: number): RawBuilder<unknown> {
  return sql`select h.owner_thread_id as thread from performance_schema.metadata_locks w join performance_schema.metadata_locks h on h.object_type = w.object_type and h.object_schema <=> w.object_schema and h.object_name <=> w.object_name and h.owner_thread_id <> w.owner_thread_id and h.lock_status = 'GRANTED' and (w.lock_type like '%EXCLUSIVE' or w.lock_type like '%NO%' or h.lock_type like '%EXCLUSIVE' or h.lock_type like '%NO%') where w.lock_status = 'PENDING' and w.owner_thread_id = (select thread_id from performance_schema.threads where processlist_id = ${pid})`
}

function rowsOfMysql(pid: number): RawBuilder<unknown> {
  return sql`select b.processlist_id as id from performance_schema.data_lock_waits l join performance_schema.threads b on b.thread_id = l.blocking_thread_id join performance_schema.threads r on r.thread_id = l.requesting_thread_id where r.processlist_id = ${pid}`
}

function rowsOfMariadb(pid: number): RawBuilder<unknown> {
  return sql`select b.trx_mysql_thread_id as id from information_schema.innodb_lock_waits l join information_schema.innodb_trx b on b.trx_id = l.blocking_trx_id join information_schema.innodb_trx r on r.trx_id = l.requesting_trx_id where r.trx_mysql_thread_id = ${pid}`
}

// The table of transactions is in the time zone of the system, whatever that of the session is.
const since = sql`coalesce(date_format(convert_tz(t.trx_started, 'SYSTEM', '+00:00'), '%Y-%m-%dT%H:%i:%sZ'), '')`

function told(threads: RawBuilder<unknown>, ids: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select distinct coalesce(a.attr_value, 'unknown') as application, p.user as user, ${since} as since, p.id as pid from (select x.processlist_id as id from (${threads}) m join performance_schema.threads x on x.thread_id = m.thread union select id from (${ids}) d) b join information_schema.processlist p on p.id = b.id left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id left join performance_schema.session_connect_attrs a on a.processlist_id = p.id and a.attr_name = 'program_name'`
}

/** performance_schema is off, or does not look at metadata locks; MariaDB's default. */
const silent = sql`not exists (select 1 from performance_schema.setup_instruments where name = 'wait/lock/metadata/sql/mdl' and enabled = 'YES')`

const waits = (pid: number): RawBuilder<unknown> =>
  sql`exists (select 1 from information_schema.processlist where id = ${pid} and state like 'Waiting for table%')`

function guesses(pid: number, when: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select concat('perhaps a client at ', substring_index(p.host, ':', 1)) as application, p.user as user, ${since} as since, p.id as pid from information_schema.innodb_trx t join information_schema.processlist p on p.id = t.trx_mysql_thread_id where ${when} and p.db = database() and not json_contains(${ownThreads}, cast(p.id as char)) and ${waits(pid)} union all ${unknown(pid, when)}`
}

function unknown(pid: number, when: RawBuilder<unknown> = sql`true`): RawBuilder<unknown> {
  return sql`select ${`not told by the server (${howToLetItTell})`} as application, '' as user, '' as since, null as pid from dual where ${when} and ${waits(pid)}`
}
