import { expect, vi } from 'vitest'
import type { ConnectOptions, Session } from '../../../../src/dialects/dialect.ts'
import { connect } from '../../../../src/dialects/mysql/connect.ts'
import type { BellowsError } from '../../../../src/errors.ts'
import { mysqlRows } from '../../../servers/databases.ts'

/** Opens a session as the migrator does. */
export function open(url: string, options: Partial<ConnectOptions> = {}): Promise<Session> {
  return connect({
    url,
    applicationName: 'bellows/test',
    setRole: null,
    connectTimeout: 3000,
    password: null,
    signal: null,
    ...options,
  })
}

/** Runs `work` with sessions of its own. */
export async function withSessions<T>(
  url: string,
  count: number,
  work: (...sessions: Session[]) => Promise<T>,
): Promise<T> {
  const opened: Session[] = []
  try {
    for (let n = 0; n < count; n++) opened.push(await open(url))
    return await work(...opened)
  } finally {
    await Promise.all(opened.map((session) => session.close()))
  }
}

/** The rows of a statement without values. */
export async function rowsOf<Row = Record<string, unknown>>(session: Session, sql: string): Promise<readonly Row[]> {
  return (await session.query<Row>({ sql, parameters: [] })).rows
}

/** Returns when a session waits for a lock, of a table or a row, as an account that may see it is told. */
export async function untilWaiting(url: string, pid: number): Promise<void> {
  const question = `select 1 from information_schema.processlist where id = ${pid} and state like 'Waiting for%'
    union all select 1 from information_schema.innodb_trx where trx_mysql_thread_id = ${pid} and trx_state = 'LOCK WAIT'`
  await vi.waitFor(async () => expect(await mysqlRows(url, question)).not.toEqual([]), {
    timeout: 30_000,
    interval: 20,
  })
}

/** What keeps a session from being opened. */
export async function refusalOf(url: string, options: Partial<ConnectOptions> = {}): Promise<BellowsError> {
  const session = await open(url, { connectTimeout: 500, ...options }).catch((error: unknown) => error as BellowsError)
  if (session instanceof Error) return session
  await session.close()
  throw new Error(`a session was opened at ${url.replace(/:[^:@]*@/, '@')}`)
}
