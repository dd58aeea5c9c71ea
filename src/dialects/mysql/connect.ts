import { randomBytes } from 'node:crypto'
import { temporary } from '../../errors.ts'
import type { ConnectOptions, Result, Session, Statement } from '../dialect.ts'
import { capabilitiesOf } from './capabilities.ts'
import { isConnectionLost, toBellowsError } from './driver-errors.ts'
import { type Line, openLine } from './line.ts'
import { sameSession } from './pooler.ts'
import { listedOtherwise } from './processes.ts'
import { ownSettings, sessionSettings } from './settings.ts'
import { type MysqlStatement, ownThreads, quote } from './sql.ts'

type Run = Session['query']

/**
 * Connects directly, retrying while the server is starting or full, until `connectTimeout` is over.
 *
 * @throws BellowsError exit 2 for a bad URL or password, 3 behind a transaction pooler or on a server that is too old, 75 when
 *   it cannot be reached.
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const deadline = Date.now() + options.connectTimeout
  for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
    try {
      return await connectOnce(options)
    } catch (error) {
      const known = toBellowsError(error)
      if (!known.retryable || Date.now() + wait > deadline || options.signal?.aborted) throw known
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

async function connectOnce(options: ConnectOptions): Promise<Session> {
  const line = await openLine(options)
  let alive = true
  let own: Set<number> = new Set()
  const gone = (): void => {
    alive = false
    own.delete(line.thread)
  }
  line.onGone(gone)
  try {
    const run: Run = async (statement) => {
      try {
        return await ask(line, statement, own)
      } catch (error) {
        const known = toBellowsError(error)
        if (isConnectionLost(known)) alive = false
        throw known
      }
    }
    const { mariadb, server } = await lookAround(run)
    own = threadsOn(server)
    own.add(line.thread)
    const settings = [...sessionSettings, ...ownSettings[mariadb ? 'mariadb' : 'mysql']]
    for (const setting of settings) await run({ sql: setting, parameters: [] })
    if (options.setRole !== null) await run({ sql: `set role ${quote(options.setRole)}`, parameters: [] })
    const identity = await identify(run)
    return {
      query: run,
      transaction: (body) => inTransaction(run, body),
      identity,
      get alive() {
        return alive
      },
      close: async () => {
        gone()
        await line.close(identity.startedAt)
      },
    }
  } catch (error) {
    await line.close(null)
    throw error
  }
}

/** Says one statement; where this account may not ask it, the one that takes its place. */
async function ask<Row>(line: Line, statement: MysqlStatement, own: ReadonlySet<number>): Promise<Result<Row>> {
  const { sql, otherwise } = statement
  const parameters = statement.parameters.map((value) => (value === ownThreads ? JSON.stringify([...own]) : value))
  try {
    return await line.query<Row>({ sql, parameters })
  } catch (error) {
    if (otherwise !== undefined && cannotBeAsked.has(toBellowsError(error).code)) return ask(line, otherwise, own)
    return listedOtherwise(error, { sql, parameters }, line.query)
  }
}

const cannotBeAsked = new Set([
  'database.privilege',
  'database.missing-table',
  'database.missing-column',
  'database.missing-object',
])

async function inTransaction<T>(run: Run, body: () => Promise<T>): Promise<T> {
  await run({ sql: 'start transaction', parameters: [] })
  try {
    const result = await body()
    await run({ sql: 'commit', parameters: [] })
    return result
  } catch (error) {
    await run({ sql: 'rollback', parameters: [] }).catch(() => undefined)
    throw error
  }
}

/** The threads of this process, by server: without performance_schema no server tells whose a session is. */
const threads = new Map<string, Set<number>>()

function threadsOn(server: string): Set<number> {
  const found = threads.get(server) ?? new Set<number>()
  threads.set(server, found)
  return found
}

async function lookAround(run: Run): Promise<{ readonly mariadb: boolean; readonly server: string }> {
  const { rows } = await run<{ version: string; server: string }>({
    sql: "select version() as version, concat_ws(' ', @@hostname, @@port, @@datadir) as server",
    parameters: [],
  })
  return { mariadb: capabilitiesOf(rows[0]?.version ?? '').mariadb, server: rows[0]?.server ?? '' }
}

/**
 * Who we are to the server: the number of our thread, and the name of a lock that we hold while we are there. Numbers come
 * again after a restart, names do not; and the server keeps the lock while it still works on what a client that is gone had sent.
 */
async function identify(run: Run): Promise<Session['identity']> {
  const name = `bellows.${randomBytes(16).toString('hex')}`
  const statement = (sql: string): Statement => ({ sql, parameters: [name] })
  const taken = await run<{ pid: number; taken: unknown }>(
    statement('select connection_id() as pid, get_lock(?, 0) as taken'),
  )
  const [row] = taken.rows
  if (row === undefined || !row.taken) {
    throw temporary('database.identity', 'the server did not give the lock that marks this session')
  }
  await sameSession(async () => {
    const { rows } = await run<{ pid: number; holder: number | null }>(
      statement('select connection_id() as pid, is_used_lock(?) as holder'),
    )
    return rows[0]?.pid === row.pid && rows[0]?.holder === row.pid
  })
  return { pid: row.pid, startedAt: name }
}
