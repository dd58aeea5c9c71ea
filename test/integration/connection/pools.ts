import mysql from 'mysql2'
import { createPool as createPromisePool } from 'mysql2/promise'
import pg from 'pg'
import type { MigratorOptions } from '../../../src/index.ts'

/** A pool as an app has one, with one connection. */
export interface AppPool {
  readonly given: MigratorOptions['database']
  readonly rows: (sql: string) => Promise<readonly Record<string, unknown>[]>
  readonly end: () => Promise<void>
}

type Open = (url: string) => AppPool

const parts = (url: string) => {
  const { hostname, port, username, password, pathname } = new URL(url)
  const database = pathname.slice(1)
  return { host: hostname, port: Number(port), user: username, password, database }
}

const ofPg = (pool: pg.Pool): AppPool => ({
  given: pool,
  rows: async (sql) => (await pool.query(sql)).rows,
  end: () => pool.end(),
})

const postgres: Readonly<Record<string, Open>> = {
  'pg, by a connection string': (url) => ofPg(new pg.Pool({ connectionString: url, max: 1 })),
  'pg, by its parts': (url) => ofPg(new pg.Pool({ ...parts(url), max: 1 })),
}

const ofMysql: Readonly<Record<string, Open>> = {
  'mysql2, with promises': (url) => {
    const pool = createPromisePool({ ...parts(url), connectionLimit: 1 })
    const rows = async (sql: string) => (await pool.query(sql))[0] as Record<string, unknown>[]
    return { given: pool, rows, end: () => pool.end() }
  },
  'mysql2, with callbacks': (url) => {
    const pool = mysql.createPool({ uri: url.replace(/^mariadb/, 'mysql'), connectionLimit: 1 })
    const rows: AppPool['rows'] = async (sql) => (await pool.promise().query(sql))[0] as Record<string, unknown>[]
    return { given: pool, rows, end: () => pool.promise().end() }
  },
}

/** The kinds of pools that an engine's apps have. */
export const poolsOf = (url: string): Readonly<Record<string, Open>> =>
  url.startsWith('postgres') ? postgres : ofMysql

/** What an app could notice of settings that were left in its session. */
export const settingsOf = (url: string): string =>
  url.startsWith('postgres')
    ? "select pg_backend_pid() as pid, current_user as who, (select json_agg(name || '=' || setting) from pg_settings where source = 'session') as said, current_setting('application_name') as name, current_setting('session_replication_role') as replication"
    : 'select connection_id() as pid, current_user() as who, @@sql_mode as mode, @@lock_wait_timeout as lock_wait, @@innodb_lock_wait_timeout as innodb_wait, @@autocommit as commits, @@time_zone as zone, @@foreign_key_checks as checks, @@collation_connection as collation, @@group_concat_max_len as length, @@wait_timeout as idle, @bellows_sync as sync'
