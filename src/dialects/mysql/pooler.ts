import type { Connection, RowDataPacket } from 'mysql2/promise'
import { refused } from '../../errors.ts'
import type { ConnectOptions } from '../dialect.ts'
import { openConnection } from './driver.ts'

/** How often is asked: with others in the pool, a session changes hands sooner than that. */
const rounds = 5

/**
 * Refuses an address behind which each transaction may have another session (ProxySQL's multiplexing, MaxScale's connection
 * pooling), before anything is set or locked in a session of its pool.
 *
 * The server tells a client the number of its thread at the start; what stands between has to tell one of its own. Where the two
 * are the same there is nothing. Where not, a second connection is asked too: while the first is open, a thread that is its own
 * serves no other.
 *
 * @throws BellowsError exit 3
 */
export async function refuseTransactionPooler(connection: Connection, options: ConnectOptions): Promise<void> {
  const own = await threadOf(connection, options)
  if (connection.threadId === own) return
  const other = await openConnection(options)
  try {
    for (let round = 0; round < rounds; round++) {
      if ((await threadOf(other, options)) === own || (await threadOf(connection, options)) !== own) throw pooled()
    }
  } finally {
    await other.end().catch(() => other.destroy())
  }
}

/** Asks again and again whether the session is still the one in which our lock was taken. */
export async function sameSession(stillOurs: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < rounds; round++) if (!(await stillOurs())) throw pooled()
}

/** Not the plain question: ProxySQL answers that itself, without asking a server. */
export const ownThread = 'select connection_id() as thread from dual where connection_id() > 0'

/**
 * Not waited for for ever: a pooler lets a connection wait until a session is free.
 */
async function threadOf(connection: Connection, { connectTimeout }: ConnectOptions): Promise<number | undefined> {
  const [rows] = await connection.query<(RowDataPacket & { thread: number })[]>({
    sql: ownThread,
    timeout: connectTimeout,
  })
  return rows[0]?.thread
}

/** The refusal that says where to go instead. */
export function pooled(): Error {
  return refused(
    'database.pooler',
    'this address leads to a transaction pooler, which gives each transaction another session',
    { hint: 'Set MIGRATE_DIRECT_URL to the address of the server itself.' },
  )
}
