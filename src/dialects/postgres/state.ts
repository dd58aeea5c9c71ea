import { type RawBuilder, sql } from 'kysely'
import type { StateDialect, Statement } from '../dialect.ts'
import { revokeDefaultsOf } from './grants.ts'
import { builder, compileSql, dollarQuote, literal, quote } from './sql.ts'

/** The layout of the state tables; an older tool refuses a newer one. */
export const stateVersion = 1

/** Of all state tables. */
const names = [
  'meta',
  'migrations',
  'phases',
  'steps',
  'backfills',
  'lenses',
  'samples',
  'conversion_failures',
  'events',
  'lease',
] as const

const actor = sql`actor text not null, host text not null, tool_version text not null, app_version text, git_revision text`

/** The state tables. Everybody may read them; only their owner, the migrating role, writes. */
function create(schema: string): readonly Statement[] {
  const ours: RawBuilder<unknown>[] = []
  const table = (name: (typeof names)[number], columns: RawBuilder<unknown>): RawBuilder<unknown> => {
    const made = sql.id(schema, name)
    ours.push(made)
    return sql`create table if not exists ${made} (${columns})`
  }
  return [
    // IF NOT EXISTS asks for CREATE on the database even where the schema was made for us.
    sql`do ${sql.raw(dollarQuote(`begin if to_regnamespace(${literal(quote(schema))}) is null then create schema ${quote(schema)}; end if; end`))}`,
    table('meta', sql`singleton boolean primary key default true check (singleton), version integer not null`),
    table(
      'migrations',
      sql`name text primary key, checksum text not null, plan jsonb, state text not null, generation integer not null default 0, retention_ms bigint, created_at timestamptz not null default clock_timestamp(), expanded_at timestamptz, backfilled_at timestamptz, contracted_at timestamptz, quarantined_until timestamptz, finished_at timestamptz, updated_at timestamptz not null default clock_timestamp(), error text`,
    ),
    table(
      'phases',
      sql`migration text not null, generation integer not null, phase text not null, state text not null, started_at timestamptz not null default clock_timestamp(), finished_at timestamptz, ${actor}, primary key (migration, generation, phase)`,
    ),
    table(
      'steps',
      sql`migration text not null, generation integer not null, phase text not null, id text not null, seq bigint generated always as identity, statements jsonb not null, statement_hash text not null, state text not null, attempts integer not null default 1, started_at timestamptz not null default clock_timestamp(), finished_at timestamptz, ${actor}, error text, primary key (migration, generation, phase, id)`,
    ),
    table(
      'backfills',
      sql`migration text not null, generation integer not null, step text not null, cursor jsonb, last jsonb, rows_done bigint not null default 0, rows_total bigint not null default 0, rate double precision not null default 0, state text not null, mismatches bigint, paused boolean not null default false, started_at timestamptz not null default clock_timestamp(), updated_at timestamptz not null default clock_timestamp(), finished_at timestamptz, primary key (migration, generation, step)`,
    ),
    table('lenses', sql`id text primary key, migration text not null, lens jsonb not null, mode text not null`),
    table(
      'samples',
      sql`at timestamptz not null default clock_timestamp(), migration text, kind text not null, value jsonb not null`,
    ),
    table(
      'conversion_failures',
      sql`lens text not null, migration text not null, key text not null, target text not null, code text not null, at timestamptz not null default clock_timestamp(), resolved_at timestamptz, primary key (lens, key, target)`,
    ),
    table(
      'events',
      sql`id bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(), migration text, kind text not null, detail jsonb not null, actor text not null`,
    ),
    table(
      'lease',
      sql`name text primary key, token bigint not null, holder text not null, host text not null, pid integer, backend_started text, acquired_at timestamptz not null default clock_timestamp(), expires_at timestamptz not null`,
    ),
    // Default privileges may have let others write.
    revokeDefaultsOf(ours),
    sql`grant usage on schema ${sql.id(schema)} to public`,
    sql`grant select on ${sql.join(ours)} to public`,
    sql`insert into ${sql.id(schema, 'meta')} (version) values (${sql.lit(stateVersion)}) on conflict do nothing`,
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
         where t.relnamespace = n.oid and t.relkind = 'r' and t.relowner = c.relowner and t.relname in (${sql.join(names.map((each) => sql.lit(each)))})
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
  turn: { take: [], give: [] },
  // All of them are made in one transaction, the version too: without it, none is there.
  foreign: (schema) =>
    compileSql(
      sql`select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${schema} and c.relname in (${sql.join(names.map((each) => sql.lit(each)))}) and not exists (${versionTable(schema)}) order by 1`,
    ),
  version: (schema) => ({
    exists: compileSql(versionTable(schema)),
    read: compileSql(sql`select version from ${sql.id(schema, 'meta')}`),
  }),
  ofAnother: (schema) => compileSql(ofAnother(schema)),
}
