import pg from 'pg'

/** Runs statements one after the other on a connection of their own, and answers with the rows of the last one. */
export async function query<Row>(url: string, ...statements: readonly string[]): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'shop demo' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    let rows: readonly Row[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
