import { usageError } from '../../errors.ts'
import type { ConnectOptions, Lent, Result, Statement } from '../dialect.ts'
import { pooled, refuseTransactionPooler } from './pooler.ts'
import { openClient } from './url.ts'

/** What a session of ours sends its statements over. */
export interface Line {
  readonly query: <Row>(statement: Statement) => Promise<Result<Row>>
  readonly alive: () => boolean
  readonly close: () => Promise<void>
}

/** A connection of our own, or a session that the pool of an app lends. */
export function openLine(options: ConnectOptions): Promise<Line> {
  return options.lend === undefined ? ownLine(options) : lentLine(options, options.lend)
}

async function ownLine(options: ConnectOptions): Promise<Line> {
  const client = await openClient(options)
  let alive = true
  const gone = (): void => {
    alive = false
  }
  client.on('error', gone)
  client.on('end', gone)
  const close = (): Promise<void> => client.end().catch(() => undefined)
  try {
    // First of all: behind a pooler our settings would stay in a session of the app's.
    await refuseTransactionPooler(client, options)
  } catch (error) {
    await close()
    throw error
  }
  return {
    query: async <Row>({ sql, parameters }: Statement) => {
      const { rows, rowCount } = await client.query({ text: sql, values: [...parameters] })
      return { rows: rows as Row[], rowCount: rowCount ?? 0 }
    },
    alive: () => alive,
    close,
  }
}

/** What the app has set in its session. */
type Kept = readonly { readonly name: string; readonly value: string }[]

async function lentLine(options: ConnectOptions, lend: NonNullable<ConnectOptions['lend']>): Promise<Line> {
  if (options.setRole !== null) {
    throw usageError('database.role', 'a role cannot be taken in a session that is lent', {
      hint: 'Give the database as a URL or as a pool.',
    })
  }
  const lent = await lend(options.connectTimeout)
  try {
    await refuseLentPooler(lent, () => lend(options.connectTimeout))
    const kept = await keep(lent)
    await lent.query("select set_config('application_name', $1, false)", [options.applicationName])
    return {
      query: async <Row>({ sql, parameters }: Statement) => {
        const { rows, affected } = await lent.query(sql, parameters)
        return { rows: rows as Row[], rowCount: affected ?? rows.length }
      },
      alive: () => true,
      // A session that broke has nothing to give back, and its pool finds out by itself.
      close: () =>
        restore(lent, kept)
          .catch(() => undefined)
          .finally(() => lent.giveBack()),
    }
  } catch (error) {
    lent.giveBack()
    throw error
  }
}

async function keep(lent: Lent): Promise<Kept> {
  // RESET ALL knows what was asked for at connecting, not what was SET since then. The role it leaves alone, as we do.
  const { rows } = await lent.query(
    "select name, current_setting(name) as value from pg_settings where source = 'session' and name <> 'role' and name not like 'transaction_%'",
    [],
  )
  return rows as Kept
}

async function restore(lent: Lent, kept: Kept): Promise<void> {
  await lent.query('rollback', [])
  await lent.query('reset all', [])
  for (const { name, value } of kept) await lent.query('select set_config($1, $2, false)', [name, value])
}

/** While one session is ours and idle, a pooler gives its server session to the next who asks. */
async function refuseLentPooler(lent: Lent, another: () => Promise<Lent>): Promise<void> {
  const processOf = async (session: Lent): Promise<unknown> =>
    (await session.query('select pg_backend_pid() as pid', [])).rows.map((row) => (row as { pid: number }).pid)[0]
  const own = await processOf(lent)
  const other = await another()
  try {
    for (let round = 0; round < 5; round++) {
      if ((await processOf(other)) === own || (await processOf(lent)) !== own) throw pooled()
    }
  } finally {
    other.giveBack()
  }
}
