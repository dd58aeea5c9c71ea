import { type RawBuilder, sql } from 'kysely'
import type { Session } from '../dialect.ts'
import { compileSql } from './sql.ts'

/** The schema by which a database that a check has filled, and did not come to empty, is known. */
const mark = 'bellows_check_shadow'

const run = async <Row>(session: Session, query: RawBuilder<unknown>): Promise<readonly Row[]> =>
  (await session.query<Row>(compileSql(query))).rows

/** Creates an empty database beside the one that the session is in, with its encoding and locale. */
export async function createScratch(session: Session, name: string): Promise<void> {
  const [row] = await run<{ encoding: string; collate: string; ctype: string }>(
    session,
    sql`select pg_encoding_to_char(encoding) as encoding, datcollate as collate, datctype as ctype from pg_database where datname = current_database()`,
  )
  // Not from template1, which may hold objects of somebody's.
  await run(
    session,
    sql`create database ${sql.id(name)} template template0 encoding ${sql.lit(row?.encoding ?? 'UTF8')} lc_collate ${sql.lit(row?.collate ?? 'C')} lc_ctype ${sql.lit(row?.ctype ?? 'C')}`,
  )
}

/** Drops a database that {@link createScratch} made, and ends whoever is still in it. */
export async function dropScratch(session: Session, name: string): Promise<void> {
  await run(session, sql`drop database if exists ${sql.id(name)} with (force)`)
}

/** Creates roles that cannot log in, so that grants to them can be made. For a server that is ours alone. */
export async function createRoles(session: Session, names: readonly string[]): Promise<void> {
  const there = new Set((await run<{ name: string }>(session, sql`select rolname as name from pg_roles`)).map(nameOf))
  for (const name of names) if (!there.has(name)) await run(session, sql`create role ${sql.id(name)} nologin`)
}

const nameOf = (row: { readonly name: string }): string => row.name

/** What tells one database of one server from every other. */
export async function databaseIdentity(session: Session): Promise<string> {
  const [row] = await run<{ identity: string }>(
    session,
    sql`select json_build_array(d.oid, d.datname, pg_postmaster_start_time())::text as identity from pg_database d where d.datname = current_database()`,
  )
  return row?.identity ?? ''
}

/** Takes the right to use this database as a shadow; it ends with the session. */
export async function claimShadow(session: Session): Promise<boolean> {
  const [row] = await run<{ taken: boolean }>(
    session,
    sql`select pg_try_advisory_lock(hashtext('bellows'), hashtext('check shadow')) as taken`,
  )
  return row?.taken === true
}

interface Found {
  readonly kind: 'schema' | 'table' | 'view' | 'materialized view' | 'foreign table' | 'sequence' | 'routine' | 'type'
  readonly name: string
  readonly signature: string | null
}

// pg_depend 'e': it belongs to an extension; 'i': it goes with something else.
const loose = (catalog: string, oid: string): RawBuilder<unknown> => sql`
  not exists (select from pg_depend d where d.classid = ${sql.lit(catalog)}::regclass and d.objid = ${sql.raw(oid)} and d.deptype in ('e', 'i'))`

/** Schemas but public, and what is in public; not the parts of extensions. */
const objectsQuery = sql`
  select 'schema' as kind, n.nspname as name, null as signature from pg_namespace n
    where n.nspname not in ('pg_catalog', 'information_schema', 'public') and n.nspname not like 'pg\\_%' and ${loose('pg_namespace', 'n.oid')}
  union all
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' else 'table' end,
         c.relname, null from pg_class c
    where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${loose('pg_class', 'c.oid')}
  union all
  select 'routine', p.proname, p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = to_regnamespace('public') and ${loose('pg_proc', 'p.oid')}
  union all
  select 'type', t.typname, null from pg_type t
    where t.typnamespace = to_regnamespace('public') and t.typelem = 0 and (t.typrelid = 0 or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
      and ${loose('pg_type', 't.oid')}`

const objects = (session: Session): Promise<readonly Found[]> =>
  session.transaction(async () => {
    await run(session, sql`set local search_path to ''`)
    return run<Found>(session, objectsQuery)
  })

const extensions = async (session: Session): Promise<readonly string[]> =>
  (await run<{ name: string }>(session, sql`select extname as name from pg_extension order by oid`)).map(nameOf)

/**
 * Marks an empty database as a shadow. What a check that was killed has left in it is taken away first.
 *
 * @returns how to empty it again; null when it holds something that is not ours, and is then left alone.
 */
export async function occupyShadow(session: Session): Promise<(() => Promise<void>) | null> {
  const found = await objects(session)
  if (found.some(({ kind, name }) => kind === 'schema' && name === mark)) await empty(session, await objects(session))
  else if (found.length > 0) return null
  const before = new Set(await extensions(session))
  await run(session, sql`create schema ${sql.id(mark)}`)
  return async () => {
    for (const name of await extensions(session)) {
      if (!before.has(name)) await run(session, sql`drop extension if exists ${sql.id(name)} cascade`)
    }
    await empty(session, await objects(session))
  }
}

/** The mark goes last, so that a drop that fails leaves a database that the next check may empty. */
async function empty(session: Session, found: readonly Found[]): Promise<void> {
  const isMark = ({ kind, name }: Found): boolean => kind === 'schema' && name === mark
  for (const each of [...found.filter((one) => !isMark(one)), ...found.filter(isMark)]) {
    const name = each.kind === 'schema' ? sql.id(each.name) : sql.id('public', each.name)
    const target = each.signature === null ? name : sql.raw(each.signature)
    await run(session, sql`drop ${sql.raw(each.kind)} if exists ${target} cascade`)
  }
}
