import { type Connection, escapeId, type RowDataPacket } from 'mysql2/promise'
import type { ServerAddress } from '../create-database.ts'
import { withMysql } from './connect.ts'

/** Creates an empty database. */
export async function createMysqlDatabase(server: ServerAddress, name: string): Promise<void> {
  await withMysql(server.url, (connection) => connection.query(`create database ${escapeId(name)} charset utf8mb4`))
}

/** Drops a database and cuts its connections, whose open transactions would hold it. */
export async function dropMysqlDatabase(server: ServerAddress, name: string): Promise<void> {
  await withMysql(server.url, async (connection) => {
    const [sessions] = await listed(connection, name).catch(() => listed(connection, name, 'performance_schema'))
    // Who has left in the meantime is no failure.
    for (const { id } of sessions) await connection.query('kill ?', [id]).catch(() => undefined)
    await connection.query(`drop database if exists ${escapeId(name)}`)
  })
}

/** MySQL cannot tell it in information_schema while a statement has a character of four bytes. */
function listed(connection: Connection, name: string, schema = 'information_schema') {
  return connection.query<(RowDataPacket & { id: number })[]>(`select id from ${schema}.processlist where db = ?`, [
    name,
  ])
}
