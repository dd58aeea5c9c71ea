import { connect } from '../../../src/dialects/postgres/connect.ts'

/** Opens a session as the migrator does, asks one question, closes it. */
export async function ask<Row>(url: string, sql: string, connectTimeout = 5000): Promise<Row | undefined> {
  const session = await connect({
    url,
    applicationName: 'bellows/test',
    setRole: null,
    connectTimeout,
    password: null,
    signal: null,
  })
  try {
    return (await session.query<Row>({ sql, parameters: [] })).rows[0]
  } finally {
    await session.close()
  }
}

/** Was the session encrypted, and could it be opened at all? */
export async function encrypted(url: string): Promise<boolean | { readonly exitCode: number; readonly code: string }> {
  try {
    const row = await ask<{ ssl: boolean }>(url, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()', 1000)
    return row?.ssl ?? false
  } catch (error) {
    const { exitCode, code } = error as { exitCode: number; code: string }
    return { exitCode, code }
  }
}
