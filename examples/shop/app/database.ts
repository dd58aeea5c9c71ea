import type { HeartbeatDatabase } from 'bellows'
import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'

type Value = string | number

/** What the service asks of its database. A `?` stands for a value on every engine. */
export interface Database {
  readonly rows: <Row>(text: string, values?: readonly Value[]) => Promise<readonly Row[]>
  /** An INSERT; the id of its row. */
  readonly insert: (text: string, values: readonly Value[]) => Promise<number>
  /** Any other statement that writes; how many rows it found. */
  readonly change: (text: string, values: readonly Value[]) => Promise<number>
  /** What heartbeats are sent through. */
  readonly pool: HeartbeatDatabase
  readonly close: () => Promise<void>
}

const connections = 5

/** A pool whose connections say which app and version they are of: `shop v1`. */
export function openDatabase(url: string, app: string): Database {
  return url.startsWith('postgres') ? onPostgres(url, app) : onMysql(url, app)
}

function onPostgres(url: string, app: string): Database {
  const pool = new pg.Pool({ connectionString: url, application_name: app, max: connections })
  // A connection that breaks while nobody uses it is replaced; without a listener it would end the process.
  pool.on('error', () => undefined)
  const ask = (text: string, values: readonly Value[]): Promise<pg.QueryResult> => {
    let given = 0
    return pool.query(
      text.replaceAll('?', () => `$${++given}`),
      [...values],
    )
  }
  return {
    rows: async <Row>(text: string, values: readonly Value[] = []) => (await ask(text, values)).rows as Row[],
    insert: async (text, values) => Number((await ask(`${text} returning id`, values)).rows[0]?.id),
    change: async (text, values) => (await ask(text, values)).rowCount ?? 0,
    pool,
    close: () => pool.end(),
  }
}

/** The attribute `program_name` is what `application_name` is on PostgreSQL. */
function onMysql(url: string, app: string): Database {
  const pool = mysql.createPool({ uri: url, connectAttributes: { program_name: app }, connectionLimit: connections })
  return {
    rows: async <Row>(text: string, values: readonly Value[] = []) => {
      const [rows] = await pool.query<RowDataPacket[]>(text, [...values])
      return rows as Row[]
    },
    insert: async (text, values) => (await pool.query<ResultSetHeader>(text, [...values]))[0].insertId,
    change: async (text, values) => (await pool.query<ResultSetHeader>(text, [...values]))[0].affectedRows,
    pool,
    close: () => pool.end(),
  }
}
