import { type RawBuilder, sql } from 'kysely'
import type { StateDialect, Statement } from '../dialect.ts'
import { revokeDefaultsOf } from './grants.ts'
import { builder, compileSql, dollarQuote, literal, quote } from './sql.ts'

/** The layout of the state tables; an older tool refuses a newer one. */
export const stateVersion = 2

const actor = sql`actor text not null, host text not null, tool_version text not null, app_version text, git_revision text`

/** Which columns each table has, by the layout that it came with. */
const layouts: Readonly<Record<number, Readonly<Record<string, RawBuilder<unknown>>>>> = {
  1: {
    meta: sql`singleton boolean primary key default true check (singleton), version integer not null`,
    migrations: sql`name text primary key, checksum text not null, plan jsonb, state text not null, generation integer not null default 0, retention_ms bigint, created_at timestamptz not null default clock_timestamp(), expanded_at timestamptz, backfilled_at timestamptz, contracted_at timestamptz, quarantined_until timestamptz, finished_at timestamptz, updated_at timestamptz not null default clock_timestamp(), error text`,
    phases: sql`migration text not null, generation integer not null, phase text not null, state text not null, started_at timestamptz not null default clock_timestamp(), finished_at timestamptz, ${actor}, primary key (migration, generation, phase)`,
    steps: sql`migration text not null, generation integer not null, phase text not null, id text not null, seq bigint generated always as identity, statements jsonb not null, statement_hash text not null, state text not null, attempts integer not null default 1, started_at timestamptz not null default clock_timestamp(), finished_at timestamptz, ${actor}, error text, primary key (migration, generation, phase, id)`,
    backfills: sql`migration text not null, generation integer not null, step text not null, cursor jsonb, last jsonb, rows_done bigint not null default 0, rows_total bigint not null default 0, rate double precision not null default 0, state text not null, mismatches bigint, paused boolean not null default false, started_at timestamptz not null default clock_timestamp(), updated_at timestamptz not null default clock_timestamp(), finished_at timestamptz, primary key (migration, generation, step)`,
    lenses: sql`id text primary key, migration text not null, lens jsonb not null, mode text not null`,
    samples: sql`at timestamptz not null default clock_timestamp(), migration text, kind text not null, value jsonb not null`,
    conversion_failures: sql`lens text not null, migration text not null, key text not null, target text not null, code text not null, at timestamptz not null default clock_timestamp(), resolved_at timestamptz, primary key (lens, key, target)`,
    events: sql`id bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(), migration text, kind text not null, detail jsonb not null, actor text not null`,
    lease: sql`name text primary key, token bigint not null, holder text not null, host text not null, pid integer, backend_started text, acquired_at timestamptz not null default clock_timestamp(), expires_at timestamptz not null`,
  },
  2: {
    app_versions: sql`app text not null, version text not null, environment text not null default 'default', state text not null, statements jsonb not null, hash text not null, registered_at timestamptz not null default clock_timestamp(), deployed_at timestamptz, retired_at timestamptz, ${actor}, primary key (environment, app, version)`,
    heartbeats: sql`app text not null, version text not null, instance text not null, since timestamptz not null default clock_timestamp(), at timestamptz not null default clock_timestamp(), primary key (app, version, instance)`,
    checks: sql`migration text not null, environment text not null default 'default', passed boolean not null, checksum text not null, plan_hash text, versions jsonb not null, evidence jsonb not null, at timestamptz not null default clock_timestamp(), ${actor}, primary key (migration, environment)`,
  },
}

/** The names of the tables that came after a layout; after none, of all. */
const namesAfter = (layout: number): readonly string[] =>
  Object.entries(layouts).flatMap(([since, tables]) => (Number(since) > layout ? Object.keys(tables) : []))

/** The state tables that came after a layout. Everybody may read them; only their owner, the migrating role, writes. */
function tablesAfter(schema: string, layout: number): readonly RawBuilder<unknown>[] {
  const all = Object.entries(layouts).filter(([since]) => Number(since) > layout)
  const ours = namesAfter(layout).map((name) => sql.id(schema, name))
  return [
    ...all.flatMap(([, tables]) =>
      Object.entries(tables).map(
        ([name, columns]) => sql`create table if not exists ${sql.id(schema, name)} (${columns})`,
      ),
    ),
    // Default privileges may have let others write.
    revokeDefaultsOf(ours),
    sql`grant select on ${sql.join(ours)} to public`,
  ]
}

function create(schema: string): readonly Statement[] {
  return [
    // IF NOT EXISTS asks for CREATE on the database even where the schema was made for us.
    sql`do ${sql.raw(dollarQuote(`begin if to_regnamespace(${literal(quote(schema))}) is null then create schema ${quote(schema)}; end if; end`))}`,
    ...tablesAfter(schema, 0),
    sql`grant usage on schema ${sql.id(schema)} to public`,
    sql`insert into ${sql.id(schema, 'meta')} (version) values (${sql.lit(stateVersion)}) on conflict do nothing`,
  ].map(compileSql)
}

/** What is made by a role that has the rights of the owner belongs to the owner too: who works as that one writes it. */
function handOver(schema: string, names: readonly string[]): RawBuilder<unknown> {
  const list = names.map((name) => literal(quote(schema, name))).join(', ')
  const owner = `(select pg_catalog.pg_get_userbyid(relowner) from pg_catalog.pg_class where oid = ${literal(quote(schema, 'meta'))}::pg_catalog.regclass)`
  return sql`do ${sql.raw(
    dollarQuote(
      `declare made pg_catalog.regclass; begin foreach made in array array[${list}]::pg_catalog.regclass[] loop if (select pg_catalog.pg_get_userbyid(relowner) from pg_catalog.pg_class where oid = made) <> ${owner} then execute pg_catalog.format('alter table %s owner to %I', made, ${owner}); end if; end loop; end`,
    ),
  )}`
}

function upgrade(schema: string, from: number): readonly Statement[] {
  return [
    ...tablesAfter(schema, from),
    handOver(schema, namesAfter(from)),
    sql`update ${sql.id(schema, 'meta')} set version = ${sql.lit(stateVersion)} where version < ${sql.lit(stateVersion)}`,
  ].map(compileSql)
}

/** The table of the version, told by its columns: others may have a table of its name. */
const versionTable = (schema: string): RawBuilder<unknown> =>
  sql`select 1 as found from pg_class m join pg_namespace s on s.oid = m.relnamespace where s.nspname = ${schema} and m.relname = 'meta' and m.relkind = 'r' and (select count(*) from pg_attribute a where a.attrelid = m.oid and a.attname in ('singleton', 'version') and not a.attisdropped) = 2`

/** Whose the tables are, where that is not for us, and what gives them and what else is ours in that schema to the role that works. */
const ofAnother = (schema: string): RawBuilder<unknown> => sql`
  select pg_get_userbyid(c.relowner)::text as owner, current_user::text as role,
    (select json_agg(format('alter %s owner to %I', o.what, current_user) order by o.place, o.what) from (
       select 1 as place, format('schema %I', s.nspname) as what from pg_namespace s where s.oid = n.oid and s.nspowner = c.relowner
       union all select 2, format('table %s', t.oid::regclass) from pg_class t
         where t.relnamespace = n.oid and t.relkind = 'r' and t.relowner = c.relowner and t.relname in (${sql.join(namesAfter(0).map((each) => sql.lit(each)))})
       union all select 3, format('sequence %s', q.oid::regclass) from pg_class q
         where q.relnamespace = n.oid and q.relkind = 'S' and q.relowner = c.relowner and q.relname ~ '^(old|new)_writes_[0-9a-f]{8}$'
       union all select 4, format('function %s', p.oid::regprocedure) from pg_proc p
         where p.pronamespace = n.oid and p.proowner = c.relowner and p.proname ~ '^(sync|(up|down)_[0-9]+)_[0-9a-f]{8}(_error)?$') o) as give
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = ${schema} and c.relname = 'lease' and c.relkind = 'r'
    and not (has_table_privilege(c.oid, 'INSERT') and has_table_privilege(c.oid, 'UPDATE'))`

/** State tables and clock of PostgreSQL. */
export const state: StateDialect = {
  queries: (schema) => builder.withSchema(schema),
  table: (_schema, name) => name,
  upsert: (insert, keys, set) =>
    insert.onConflict((conflict) =>
      Object.keys(set).length === 0 ? conflict.doNothing() : conflict.columns([...keys]).doUpdateSet(set),
    ),
  // Lets the renewal of a lease through, which changes no key.
  hold: (select) => select.forKeyShare(),
  now: sql`clock_timestamp()`,
  fromNow: (milliseconds) => sql`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`,
  iso: (column) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  isoNow: () => sql`to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  create,
  upgrade,
  turn: { take: [], give: [] },
  // All of a layout are made in one transaction, the version too: without it, none is there.
  foreign: (schema, layout) =>
    compileSql(
      sql`select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${schema} and c.relname in (${sql.join(namesAfter(layout).map((each) => sql.lit(each)))}) ${layout === 0 ? sql`and not exists (${versionTable(schema)})` : sql``} order by 1`,
    ),
  version: (schema) => ({
    exists: compileSql(versionTable(schema)),
    read: compileSql(sql`select version from ${sql.id(schema, 'meta')}`),
    hold: compileSql(sql`select version from ${sql.id(schema, 'meta')} for update`),
  }),
  ofAnother: (schema) => compileSql(ofAnother(schema)),
}
