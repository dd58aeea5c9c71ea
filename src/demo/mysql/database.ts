import mysql from 'mysql2/promise'

/** Runs statements one after the other on a connection of their own, and answers with the rows of the last one. */
export async function query<Row>(url: string, ...statements: readonly string[]): Promise<readonly Row[]> {
  const client = await mysql.createConnection({ uri: url, connectAttributes: { program_name: 'shop demo' } })
  client.on('error', () => undefined)
  try {
    let rows: readonly Row[] = []
    for (const statement of statements) {
      const [found] = await client.query(statement)
      rows = Array.isArray(found) ? (found as Row[]) : []
    }
    return rows
  } finally {
    await client.end().catch(() => client.destroy())
  }
}
