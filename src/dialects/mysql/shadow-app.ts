import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { ShadowApp } from '../check.ts'
import type { ConnectOptions, Session } from '../dialect.ts'
import { compileSql } from './sql.ts'

const run = async <Row>(session: Session, query: RawBuilder<unknown>): Promise<readonly Row[]> =>
  (await session.query<Row>(compileSql(query))).rows

/** An account for the commands of an app on a shadow: it may read and write rows. Where none can be made, the shadow's own. */
export async function openApp(session: Session, options: ConnectOptions): Promise<ShadowApp> {
  const name = `bellows_app_${randomBytes(6).toString('hex')}`
  const secret = `${randomBytes(16).toString('hex')}-Aa1`
  const account = sql`${sql.lit(name)}@'%'`
  const url = new URL(options.url)
  const drop = async (): Promise<string | null> => {
    try {
      await run(session, sql`drop user if exists ${account}`)
      return null
    } catch (error) {
      if (!isBellowsError(error) || !session.alive) throw error
      return `the account ${name}, made for the commands, could not be dropped: ${error.message}`
    }
  }
  try {
    const [row] = await run<{ name: string }>(session, sql`select database() as name`)
    // In the name of a database for GRANT, `_` and `%` stand for others.
    const database = sql.id(String(row?.name).replace(/[\\_%]/g, '\\$&'))
    await run(session, sql`create user ${account} identified by ${sql.lit(secret)}`)
    await run(
      session,
      sql`grant select, insert, update, delete, execute, create temporary tables, lock tables on ${database}.* to ${account}`,
    )
  } catch (error) {
    if (!isBellowsError(error) || !session.alive) throw error
    await drop()
    if (options.password !== null) url.password = encodeURIComponent(await passwordOf(options.password))
    const nothing = async (): Promise<null> => null
    return { url: url.href, secret: url.password, restricted: false, arrive: nothing, close: nothing }
  }
  url.username = name
  url.password = secret
  // Its rights are those of the database, whatever tables come.
  return { url: url.href, secret, restricted: true, arrive: async () => null, close: drop }
}

const passwordOf = async (password: NonNullable<ConnectOptions['password']>): Promise<string> =>
  typeof password === 'function' ? password() : password

/** Looks which tables hold no row; answers what empties those again, and tells why that could not be done. */
export async function keepRows(session: Session): Promise<() => Promise<string | null>> {
  const tables = await run<{ name: string }>(
    session,
    sql`select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'`,
  )
  const empty: RawBuilder<unknown>[] = []
  for (const { name } of tables) {
    const [row] = await run<{ some: number }>(session, sql`select exists (select 1 from ${sql.id(name)}) as some`)
    if (Number(row?.some) === 0) empty.push(sql.id(name))
  }
  return async () => {
    try {
      await run(session, sql`set session lock_wait_timeout = 10`)
      await run(session, sql`set session foreign_key_checks = 0`)
      for (const table of empty) await run(session, sql`truncate table ${table}`)
      return null
    } catch (error) {
      if (!isBellowsError(error) || !session.alive) throw error
      return error.message
    } finally {
      if (session.alive) await run(session, sql`set session foreign_key_checks = 1`)
    }
  }
}
