import { escapeId, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { familyOf } from '../../families/family.ts'
import { withClient, withMysql } from '../../servers/databases.ts'

/** Every name that a migration can hold, in one style. */
export type Names = Readonly<
  Record<
    | 'schema'
    | 'table'
    | 'key'
    | 'renamed'
    | 'renamedTo'
    | 'widened'
    | 'typed'
    | 'typedTo'
    | 'added'
    | 'source'
    | 'dropped'
    | 'required'
    | 'index'
    | 'unique'
    | 'check'
    | 'oldIndex'
    | 'migration'
    | 'other',
    string
  >
>

/** One row as an app version writes and reads it, by the names of the columns; values are read as text. */
export interface App {
  insert(values: Readonly<Record<string, unknown>>): Promise<number>
  read(key: number, columns: readonly string[]): Promise<readonly (string | null)[]>
  set(key: number, column: string, value: string | number): Promise<void>
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

/** The app on a table with these names. */
export function appOn(url: string, n: Names): App {
  return familyOf({ url }).name === 'postgres' ? onPostgres(url, n) : onMysql(url, n)
}

function onPostgres(url: string, n: Names): App {
  const quote = pg.escapeIdentifier
  const table = `${quote(n.schema)}.${quote(n.table)}`
  const ask = <Row extends object>(sql: string, values: unknown[]): Promise<Row[]> =>
    withClient(url, async (client) => (await client.query<Row>(sql, values)).rows)
  return {
    insert: async (values) => {
      const columns = Object.keys(values).map(quote).join(', ')
      const places = Object.keys(values).map((_, index) => `$${index + 1}`)
      const [row] = await ask<{ key: number }>(
        `insert into ${table} (${columns}) values (${places.join(', ')}) returning ${quote(n.key)} as key`,
        Object.values(values),
      )
      return row?.key ?? 0
    },
    read: async (key, columns) => {
      const list = columns.map((column, index) => `${quote(column)} as c${index}`).join(', ')
      const [row = {}] = await ask(`select ${list} from ${table} where ${quote(n.key)} = $1`, [key])
      return Object.values(row).map(text)
    },
    set: async (key, column, value) => {
      await ask(`update ${table} set ${quote(column)} = $1 where ${quote(n.key)} = $2`, [value, key])
    },
  }
}

function onMysql(url: string, n: Names): App {
  const quote = (name: string): string => escapeId(name, true)
  const table = quote(n.table)
  return {
    insert: async (values) => {
      const columns = Object.keys(values).map(quote).join(', ')
      const places = Object.keys(values).map(() => '?')
      const [done] = await withMysql(url, (client) =>
        client.query<ResultSetHeader>(
          `insert into ${table} (${columns}) values (${places.join(', ')})`,
          Object.values(values),
        ),
      )
      return done.insertId
    },
    read: async (key, columns) => {
      const list = columns.map((column, index) => `${quote(column)} as c${index}`).join(', ')
      const [rows] = await withMysql(url, (client) =>
        client.query<RowDataPacket[]>(`select ${list} from ${table} where ${quote(n.key)} = ${key}`),
      )
      return Object.values(rows[0] ?? {}).map(text)
    },
    set: async (key, column, value) => {
      await withMysql(url, (client) =>
        client.execute(`update ${table} set ${quote(column)} = ? where ${quote(n.key)} = ${key}`, [value]),
      )
    },
  }
}
