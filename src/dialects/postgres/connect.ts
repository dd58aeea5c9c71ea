import { usageError } from '../../errors.ts'
import type { ConnectOptions, Result, Session, Statement } from '../dialect.ts'
import { isConnectionLost, sqlState, toBellowsError } from './driver-errors.ts'
import { openLine } from './line.ts'
import { pooled } from './pooler.ts'
import { quote } from './sql.ts'
import { valueSessionSettings } from './value-settings.ts'

/** Settings of our sessions: times end what hangs, and nothing of the role's or database's settings changes what we say. */
const sessionSettings: readonly string[] = [
  ...valueSessionSettings,
  'set client_min_messages = warning',
  "set idle_in_transaction_session_timeout = '60s'",
  'set row_security = off',
  "set default_transaction_isolation = 'read committed'",
  'set default_transaction_read_only = off',
  // To compile a query of the catalog, which the server takes to be expensive, costs more than the query.
  'set jit = off',
]

/**
 * Connects directly, retrying while the server is starting or full, until `connectTimeout` is over.
 *
 * @throws BellowsError exit 2 for a bad URL or password, 3 behind a transaction pooler, 75 when it cannot be reached.
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
  try {
    const run = async <Row>(statement: Statement): Promise<Result<Row>> => {
      try {
        return await line.query<Row>(statement)
      } catch (error) {
        const known = toBellowsError(error)
        if (isConnectionLost(known)) alive = false
        throw known
      }
    }
    for (const setting of sessionSettings) await run({ sql: setting, parameters: [] })
    if (options.setRole !== null) await setRole(run, options.setRole)
    const identity = await identify(run)
    return {
      query: run,
      transaction: (body) => inTransaction(run, body),
      identity,
      get alive() {
        return alive && line.alive()
      },
      close: async () => {
        alive = false
        await line.close()
      },
    }
  } catch (error) {
    await line.close()
    throw error
  }
}

async function setRole(run: Session['query'], role: string): Promise<void> {
  try {
    await run({ sql: `set role ${quote(role)}`, parameters: [] })
  } catch (error) {
    // The server counts it among the values that cannot be converted (22023).
    if (sqlState(error) !== '22023') throw error
    throw usageError('database.role', `there is no role ${role}`, { hint: 'Check --set-role.', cause: error })
  }
}

async function inTransaction<T>(
  run: <Row>(statement: Statement) => Promise<Result<Row>>,
  body: () => Promise<T>,
): Promise<T> {
  await run({ sql: 'begin', parameters: [] })
  try {
    const result = await body()
    await run({ sql: 'commit', parameters: [] })
    return result
  } catch (error) {
    await run({ sql: 'rollback', parameters: [] }).catch(() => undefined)
    throw error
  }
}

/** Who we are to the server. A setting that is gone was made in another session than the one that answers. */
async function identify(run: <Row>(statement: Statement) => Promise<Result<Row>>): Promise<Session['identity']> {
  const result = await run<{ pid: number; started: string; setting: string }>({
    sql: "select pg_backend_pid() as pid, backend_start::text as started, current_setting('idle_in_transaction_session_timeout') as setting from pg_stat_activity where pid = pg_backend_pid()",
    parameters: [],
  })
  const [row] = result.rows
  if (row === undefined || row.setting !== '1min') throw pooled()
  return { pid: row.pid, startedAt: row.started }
}
