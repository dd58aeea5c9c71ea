import { type RawBuilder, sql } from 'kysely'
import type { LikeServer } from '../check.ts'
import type { Session } from '../dialect.ts'
import { isConnectionLost } from './driver-errors.ts'
import { compileSql } from './sql.ts'

/** The table by which a database that a check has made or filled is known. It names the lock that the check holds. */
const mark = 'bellows_check_shadow'

/** Names of scratch databases. */
const ours = '^bellows_check_[0-9a-f]{12}$'

const run = async <Row>(session: Session, query: RawBuilder<unknown>): Promise<readonly Row[]> =>
  (await session.query<Row>(compileSql(query))).rows

/**
 * Creates an empty database with the character set and collation of the one that `like` is in. The ones of checks that were killed
 * go first: those with our name, our table, and a lock that nobody holds any more.
 */
export async function createScratch(session: Session, name: string, like: Session): Promise<void> {
  await dropLeftOvers(session)
  const [found] = await run<{ charset: string; collation: string }>(
    like,
    sql`select @@character_set_database as charset, @@collation_database as collation`,
  )
  await run(
    session,
    sql`create database ${sql.id(name)} character set ${sql.raw(found?.charset ?? 'utf8mb4')} collate ${sql.raw(found?.collation ?? 'utf8mb4_bin')}`,
  )
  await setMark(session, sql.id(name, mark))
}

async function setMark(session: Session, table: RawBuilder<unknown>): Promise<void> {
  await run(session, sql`create table if not exists ${table} (holder varchar(64) not null primary key) engine = InnoDB`)
  await run(session, sql`insert into ${table} (holder) values (${sql.lit(session.identity.startedAt)})`)
}

/** Drops a database that {@link createScratch} made. */
export async function dropScratch(session: Session, name: string): Promise<void> {
  // A session in it that was just ended may still hold something.
  await run(session, sql`set session lock_wait_timeout = 30`)
  await run(session, sql`drop database if exists ${sql.id(name)}`)
}

async function dropLeftOvers(session: Session): Promise<void> {
  const names = await run<{ name: string }>(
    session,
    sql`select s.schema_name as name from information_schema.schemata s join information_schema.tables t on t.table_schema = s.schema_name and t.table_name = ${mark} where s.schema_name regexp ${ours}`,
  )
  for (const { name } of names) {
    // Another check may be at it too, and an account may see what it may not drop.
    await dropLeftOver(session, name).catch((error: unknown) => {
      if (isConnectionLost(error)) throw error
    })
  }
}

async function dropLeftOver(session: Session, name: string): Promise<void> {
  const holders = await run<{ held: boolean }>(
    session,
    sql`select is_used_lock(holder) is not null as held from ${sql.id(name, mark)}`,
  )
  if (holders.length === 0 || holders.some(({ held }) => held)) return
  await run(session, sql`drop database if exists ${sql.id(name)}`)
}

/** What tells one database of one server from every other. */
export async function databaseIdentity(session: Session): Promise<string> {
  const [row] = await run<{ identity: string }>(
    session,
    sql`select concat_ws(' ', @@hostname, @@port, @@datadir, database()) as identity`,
  )
  return row?.identity ?? ''
}

/** Takes the right to use this database as a shadow; it ends with the session. */
export async function claimShadow(session: Session): Promise<boolean> {
  const [row] = await run<{ taken: boolean }>(
    session,
    sql`select get_lock(concat('bellows.check.', left(sha2(database(), 256), 32)), 0) <=> 1 as taken`,
  )
  return row?.taken === true
}

type Kind = 'view' | 'table' | 'sequence' | 'function' | 'procedure' | 'event'

interface Found {
  readonly kind: Kind
  readonly name: string
}

const objects = (session: Session): Promise<readonly Found[]> =>
  run<Found>(
    session,
    sql`
      select case t.table_type when 'VIEW' then 'view' when 'SEQUENCE' then 'sequence' else 'table' end as kind, t.table_name as name
        from information_schema.tables t where t.table_schema = database()
      union all
      select lower(r.routine_type), r.routine_name from information_schema.routines r where r.routine_schema = database()
      union all
      select 'event', e.event_name from information_schema.events e where e.event_schema = database()`,
  )

/**
 * Marks an empty database as a shadow. What a check that was killed has left in it is taken away first.
 *
 * @returns how to empty it again; null when it holds something that is not ours, and is then left alone.
 */
export async function occupyShadow(session: Session): Promise<(() => Promise<void>) | null> {
  const found = await objects(session)
  if (found.some(({ kind, name }) => kind === 'table' && name === mark)) await empty(session, found)
  else if (found.length > 0) return null
  await setMark(session, sql.id(mark))
  return async () => empty(session, await objects(session))
}

/** The mark goes last, so that a drop that fails leaves a database that the next check may empty. */
async function empty(session: Session, found: readonly Found[]): Promise<void> {
  const last = ({ name }: Found): boolean => name === mark
  await run(session, sql`set session foreign_key_checks = 0`)
  await run(session, sql`set session lock_wait_timeout = 30`)
  for (const { kind, name } of [...found.filter((one) => !last(one)), ...found.filter(last)]) {
    await run(session, sql`drop ${sql.raw(kind)} if exists ${sql.id(name)}`)
  }
}

/** `MariaDB 10.11`: the series, and what decides how names are compared. */
export async function product(session: Session): Promise<string> {
  const { kind, series, lower } = await aboutServer(session)
  return `${kind === 'mariadb' ? 'MariaDB' : 'MySQL'} ${series}${lower === 0 ? '' : `, lower_case_table_names ${lower}`}`
}

/** A server of the same series that compares names in the same way: that is decided when its data folder is made. */
export async function likeServer(session: Session): Promise<LikeServer> {
  const { kind, series, lower } = await aboutServer(session)
  return { kind, series, lasting: { 'lower-case-table-names': lower } }
}

async function aboutServer(session: Session): Promise<Omit<LikeServer, 'lasting'> & { readonly lower: number }> {
  const [row] = await run<{ version: string; lower: number | string }>(
    session,
    sql`select version() as version, @@lower_case_table_names as lower`,
  )
  const said = row?.version ?? ''
  const series = /(\d+\.\d+)\.\d+/.exec(said.replace(/^5\.5\.5-(?=\d)/, ''))?.[1] ?? said
  return { kind: /mariadb/i.test(said) ? 'mariadb' : 'mysql', series, lower: Number(row?.lower) }
}
