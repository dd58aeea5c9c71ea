import mysql from 'mysql2/promise'
import pg from 'pg'

/** One connection of an app: updates single rows, with a statement that is prepared once for each column. */
export type Writer = (table: string, column: string, value: string, id: number) => Promise<unknown>

/** Connects to whatever engine the address is of. */
export async function connectWriter(url: string): Promise<Writer> {
  if (url.startsWith('postgres')) {
    const client = new pg.Client({ connectionString: url, application_name: 'bench/clients' })
    await client.connect()
    return (table, column, value, id) =>
      client.query({
        name: `${table}.${column}`,
        text: `update ${table} set ${column} = $1 where id = $2`,
        values: [value, id],
      })
  }
  const connection = await mysql.createConnection({ uri: url })
  return (table, column, value, id) => connection.execute(`update ${table} set ${column} = ? where id = ?`, [value, id])
}
