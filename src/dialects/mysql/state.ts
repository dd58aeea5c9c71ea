import { type RawBuilder, sql } from 'kysely'
import type { StateDialect, Statement } from '../dialect.ts'
import { builder, compileSql } from './sql.ts'

/** The layout of the state tables; an older tool refuses a newer one. */
export const stateVersion = 2

/** The name of a state table: in the target database, as MySQL has no schemas below it. `schema` is the prefix. */
export function stateTable(schema: string, name: string): string {
  return `${schema}_${name}`
}

// Byte by byte: names that differ in case only are two. 255 characters of four bytes, three times, fit the longest key.
const name = sql`varchar(255) character set utf8mb4 collate utf8mb4_bin`
const word = sql`varchar(64) character set utf8mb4 collate utf8mb4_bin`
const text = sql`longtext character set utf8mb4 collate utf8mb4_bin`
// UTC. Not TIMESTAMP, which ends in 2038 and is shown in the time zone of whoever looks.
const moment = sql`datetime(6)`
const now = sql`default (utc_timestamp(6))`
const actor = sql`actor ${name} not null, host ${name} not null, tool_version ${word} not null, app_version ${name}, git_revision ${name}`

type Tables = Readonly<Record<string, RawBuilder<unknown>>>

/** Which columns each table of the first layout has, with a primary key, which clusters ask of every table. */
const first: Tables = {
  migrations: sql`name ${name} not null primary key, checksum ${word} not null, plan json, state ${word} not null, generation int not null default 0, retention_ms bigint, created_at ${moment} not null ${now}, expanded_at ${moment}, backfilled_at ${moment}, contracted_at ${moment}, quarantined_until ${moment}, finished_at ${moment}, updated_at ${moment} not null ${now}, error ${text}`,
  phases: sql`migration ${name} not null, generation int not null, phase ${word} not null, state ${word} not null, started_at ${moment} not null ${now}, finished_at ${moment}, ${actor}, primary key (migration, generation, phase)`,
  steps: sql`migration ${name} not null, generation int not null, phase ${word} not null, id ${name} not null, seq bigint not null auto_increment, statements json not null, statement_hash ${word} not null, state ${word} not null, attempts int not null default 1, started_at ${moment} not null ${now}, finished_at ${moment}, ${actor}, error ${text}, primary key (migration, generation, phase, id), unique key (seq)`,
  backfills: sql`migration ${name} not null, generation int not null, step ${name} not null, \`cursor\` json, last json, rows_done bigint not null default 0, rows_total bigint not null default 0, rate double not null default 0, state ${word} not null, mismatches bigint, paused boolean not null default false, started_at ${moment} not null ${now}, updated_at ${moment} not null ${now}, finished_at ${moment}, primary key (migration, generation, step)`,
  lenses: sql`id ${word} not null primary key, migration ${name} not null, lens json not null, mode ${word} not null`,
  samples: sql`id bigint not null auto_increment primary key, at ${moment} not null ${now}, migration ${name}, kind ${word} not null, value json not null`,
  // A key may be longer than an index takes: its SHA-256 stands for it. No AUTO_INCREMENT: the triggers of all writers would share its lock.
  conversion_failures: sql`lens ${word} not null, migration ${name} not null, \`key\` ${text} not null, key_hash char(64) character set ascii collate ascii_bin not null, target ${word} not null, code ${word} not null, at ${moment} not null ${now}, resolved_at ${moment}, primary key (lens, key_hash, target)`,
  events: sql`id bigint not null auto_increment primary key, at ${moment} not null ${now}, migration ${name}, kind ${word} not null, detail json not null, actor ${name} not null`,
  lease: sql`name ${name} not null primary key, token bigint not null, holder ${text} not null, host ${name} not null, pid bigint, backend_started ${word}, acquired_at ${moment} not null ${now}, expires_at ${moment} not null`,
  // Written by the triggers: a row for each session, changed once a second at most, so that writers share none.
  writes: sql`lens ${word} not null, side char(3) character set ascii collate ascii_bin not null, second bigint not null, connection_id bigint unsigned not null, primary key (lens, side, connection_id)`,
}

/** And those of the second. */
const second: Tables = {
  app_versions: sql`app ${name} not null, version ${name} not null, environment ${name} not null default 'default', state ${word} not null, statements json not null, hash ${word} not null, registered_at ${moment} not null ${now}, deployed_at ${moment}, retired_at ${moment}, ${actor}, primary key (environment, app, version)`,
  heartbeats: sql`app ${name} not null, version ${name} not null, instance ${name} not null, since ${moment} not null ${now}, at ${moment} not null ${now}, primary key (app, version, instance)`,
  checks: sql`migration ${name} not null, environment ${name} not null default 'default', passed boolean not null, checksum ${word} not null, plan_hash ${word}, versions json not null, evidence json not null, at ${moment} not null ${now}, ${actor}, primary key (migration, environment)`,
}

/** By which columns a table is known as ours: others may have one of its name, and a runner that died leaves some without the version. */
const marks: Readonly<Record<string, readonly string[]>> = {
  migrations: ['checksum', 'generation', 'quarantined_until'],
  phases: ['migration', 'generation', 'phase'],
  steps: ['migration', 'phase', 'statement_hash'],
  backfills: ['migration', 'step', 'rows_done'],
  lenses: ['migration', 'lens', 'mode'],
  samples: ['migration', 'kind', 'value'],
  conversion_failures: ['lens', 'key_hash', 'target'],
  events: ['migration', 'kind', 'detail', 'actor'],
  lease: ['token', 'holder', 'backend_started'],
  writes: ['lens', 'side', 'second'],
  meta: ['singleton', 'version'],
  app_versions: ['app', 'environment', 'registered_at'],
  heartbeats: ['app', 'version', 'instance'],
  checks: ['migration', 'plan_hash', 'evidence'],
}

const columnsFound = (table: RawBuilder<unknown>, columns: readonly string[]): RawBuilder<unknown> =>
  sql`(select count(*) from information_schema.columns c where c.table_schema = database() and c.table_name = ${table} and c.column_name in (${sql.join(columns)}))`

// Two runners that make the same table at the same moment deadlock on MySQL: one waits here, for a while. A session may have it twice.
const turn = sql`concat('bellows.create.', left(sha2(database(), 256), 32))`
const takeTurn = sql`do get_lock(${turn}, 10)`
const giveTurn = sql`do release_lock(${turn})`

const make = (schema: string, tables: Tables): RawBuilder<unknown>[] =>
  Object.entries(tables).map(
    ([own, columns]) =>
      sql`create table if not exists ${sql.id(stateTable(schema, own))} (${columns}) engine = InnoDB row_format = dynamic`,
  )

/** The state tables; each statement may be run again. The version comes last: where it is, everything is. */
function create(schema: string): readonly Statement[] {
  const meta = sql.id(stateTable(schema, 'meta'))
  return [
    takeTurn,
    ...make(schema, { ...first, ...second }),
    ...make(schema, { meta: sql`singleton boolean not null primary key default true, version int not null` }),
    sql`insert ignore into ${meta} (singleton, version) values (true, ${sql.lit(stateVersion)})`,
    giveTurn,
  ].map(compileSql)
}

/** The same of what a later layout has more. */
function upgrade(schema: string): readonly Statement[] {
  const meta = sql.id(stateTable(schema, 'meta'))
  return [
    ...make(schema, second),
    sql`update ${meta} set version = ${sql.lit(stateVersion)} where version < ${sql.lit(stateVersion)}`,
  ].map(compileSql)
}

const iso = (moment_: RawBuilder<unknown>): RawBuilder<string> =>
  sql`concat(left(date_format(${moment_}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')`

/** State tables and clock of MySQL and MariaDB. Sessions of ours are in UTC. */
export const state: StateDialect = {
  queries: () => builder,
  table: stateTable,
  upsert: (insert, keys, set) => {
    // Not INSERT IGNORE, which takes other errors for warnings too.
    const [key] = keys
    const same = key === undefined ? {} : { [key]: sql.ref(key) }
    return insert.onDuplicateKeyUpdate(Object.keys(set).length === 0 ? same : set)
  },
  // MariaDB knows no FOR SHARE. A renewal waits for the end of the transaction, which is short.
  hold: (select) => select.modifyEnd(sql`lock in share mode`),
  now: sql`utc_timestamp(6)`,
  fromNow: (milliseconds) => sql`utc_timestamp(6) + interval ${Math.round(milliseconds * 1000)} microsecond`,
  iso: (column) => iso(sql.ref(column)),
  isoNow: () => iso(sql`utc_timestamp(6)`),
  create,
  upgrade,
  turn: { take: [compileSql(takeTurn)], give: [compileSql(giveTurn)] },
  foreign: (schema) => {
    const each = Object.entries(marks).map(([own, columns]) => {
      const name = sql`${stateTable(schema, own)}`
      return sql`(t.table_name = ${name} and ${columnsFound(name, columns)} < ${sql.lit(columns.length)})`
    })
    return compileSql(
      sql`select t.table_name as ${sql.id('name')} from information_schema.tables t where t.table_schema = database() and (${sql.join(each, sql` or `)}) order by 1`,
    )
  },
  version: (schema) => ({
    exists: compileSql(
      sql`select 1 as found from dual where ${columnsFound(sql`${stateTable(schema, 'meta')}`, ['singleton', 'version'])} = 2`,
    ),
    read: compileSql(sql`select version from ${sql.id(stateTable(schema, 'meta'))}`),
    // Whoever asks has the turn.
    hold: compileSql(sql`select version from ${sql.id(stateTable(schema, 'meta'))}`),
  }),
}
