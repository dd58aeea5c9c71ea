import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise'

/** A connected client. Losing the connection fails its queries only, not the whole test process. Takes several statements at once. */
export async function connectMysql(url: string, options: ConnectionOptions = {}): Promise<Connection> {
  const settings = { multipleStatements: true, supportBigNumbers: true, dateStrings: true }
  const connection = await mysql.createConnection({ ...settings, uri: url, ...options })
  // Without a listener, a server that is killed would be an uncaught exception.
  connection.on('error', () => undefined)
  return connection
}

/** Runs `work` with a client of its own. */
export async function withMysql<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connectMysql(url)
  try {
    return await work(connection)
  } finally {
    await connection.end().catch(() => connection.destroy())
  }
}

/** The rows of one statement. */
export async function mysqlRows<Row extends object = Record<string, unknown>>(
  url: string,
  sql: string,
  values: readonly (string | number | null)[] = [],
): Promise<Row[]> {
  return withMysql(url, async (connection) => {
    const [rows] = await connection.query<(Row & RowDataPacket)[]>(sql, [...values])
    return rows
  })
}

/** The version a server says it is, without its packager's additions, and which of the two it is. */
export async function mysqlVersion(url: string): Promise<{ kind: 'mysql' | 'mariadb'; version: string }> {
  const [row] = await mysqlRows<{ version: string }>(url, 'select version() as version')
  const said = row!.version
  return { kind: /mariadb/i.test(said) ? 'mariadb' : 'mysql', version: said.split('-')[0]! }
}
