import { Kysely, MysqlDialect, PostgresDialect } from 'kysely'
import mysql from 'mysql2'
import { createPool as createPromisePool } from 'mysql2/promise'
import pg from 'pg'
import type { HeartbeatDatabase, MigratorOptions } from '../../../src/index.ts'

type Row = Readonly<Record<string, unknown>>

/** A pool as an app has one. */
export interface AppPool {
  readonly given: MigratorOptions['database'] & HeartbeatDatabase
  readonly rows: (sql: string) => Promise<readonly Row[]>
  /** All settings of all its connections, by the numbers that the server knows these by. */
  readonly settings: () => Promise<readonly unknown[]>
  readonly end: () => Promise<void>
}

/** Three are what a migrator borrows at the most; one is the app's. */
const enough = 4

type Open = (url: string, size?: number) => AppPool

const parts = (url: string) => {
  const { hostname, port, username, password, pathname } = new URL(url)
  return { host: hostname, port: Number(port), user: username, password, database: pathname.slice(1) }
}

const byNumber = (all: readonly (readonly [number, unknown])[]): readonly unknown[] =>
  [...all].sort(([a], [b]) => a - b)

function ofPg(
  options: pg.PoolConfig,
  size: number = enough,
  give: (pool: pg.Pool) => AppPool['given'] = (pool) => pool,
): AppPool {
  const pool = new pg.Pool({ ...options, max: size })
  // What an app may set in each of its sessions.
  pool.on('connect', (client) => void client.query("set work_mem = '7MB'; set application_name = 'the app'"))
  // The pool is ended before its connections are; a database that is dropped meanwhile would fail one that nobody listens to.
  const closed: Promise<void>[] = []
  pool.on('connect', (client) => closed.push(new Promise((resolve) => client.once('end', resolve))))
  return {
    given: give(pool),
    rows: async (sql) => (await pool.query(sql)).rows,
    settings: async () => {
      const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()))
      const found = clients.map(async (client): Promise<[number, unknown]> => {
        const { rows } = await client.query(
          // Those with a dot come with what a session loads at its first use; transaction_* are of the transaction of the moment.
          "select pg_backend_pid() as pid, current_user, json_agg(array[name, setting, source] order by name) from pg_settings where name !~ '[.]|^transaction_'",
        )
        client.release()
        return [rows[0].pid, rows[0]]
      })
      return byNumber(await Promise.all(found))
    },
    end: async () => {
      await pool.end()
      await Promise.all(closed)
    },
  }
}

const postgres: Readonly<Record<string, Open>> = {
  'pg, by a connection string': (url, size) => ofPg({ connectionString: url }, size),
  'pg, by its parts': (url, size) => ofPg(parts(url), size),
  Kysely: (url, size) =>
    ofPg({ connectionString: url }, size, (pool) => new Kysely({ dialect: new PostgresDialect({ pool }) })),
}

/** What is another thing at each look. */
const passing =
  /^(timestamp|gtid_|pseudo_|rand_seed|last_|insert_id|identity|error_count|warning_count|statement_id|in_trans)/

function ofMysql(pool: mysql.Pool, size: number, give: (pool: mysql.Pool) => AppPool['given']): AppPool {
  pool.on('connection', (connection) => {
    connection.query("set session sql_mode = 'ANSI_QUOTES', lock_wait_timeout = 77, time_zone = '+03:00'")
  })
  const app = pool.promise()
  return {
    given: give(pool),
    rows: async (sql) => (await app.query(sql))[0] as Row[],
    settings: async () => {
      const connections = await Promise.all(Array.from({ length: size }, () => app.getConnection()))
      const found = connections.map(async (connection): Promise<[number, unknown]> => {
        const [variables] = (await connection.query('show session variables')) as unknown as [Row[]]
        const [sync] = await connection.query('select @bellows_sync as sync, @bellows_sql_mode as mode')
        connection.release()
        const lasting = variables.filter(({ Variable_name: name }) => !passing.test(String(name)))
        return [connection.threadId, [sync, ...lasting]]
      })
      return byNumber(await Promise.all(found))
    },
    end: () => app.end(),
  }
}

const options = (url: string, size: number): mysql.PoolOptions => ({ ...parts(url), connectionLimit: size })

const mysqlPools: Readonly<Record<string, Open>> = {
  'mysql2, with promises': (url, size = enough) => {
    const promised = createPromisePool(options(url, size))
    return ofMysql(promised.pool as unknown as mysql.Pool, size, () => promised)
  },
  'mysql2, with callbacks': (url, size = enough) => ofMysql(mysql.createPool(options(url, size)), size, (pool) => pool),
  Kysely: (url, size = enough) =>
    ofMysql(mysql.createPool(options(url, size)), size, (pool) => new Kysely({ dialect: new MysqlDialect({ pool }) })),
}

/** The kinds of pools that an engine's apps have. */
export const poolsOf = (url: string): Readonly<Record<string, Open>> =>
  url.startsWith('postgres') ? postgres : mysqlPools
