import type pg from 'pg'
import { refused } from '../../errors.ts'
import type { ConnectOptions } from '../dialect.ts'
import { openClient } from './url.ts'

/** How often both connections are asked: with others in the pool, a session changes hands sooner than that. */
const rounds = 5

/**
 * Refuses an address behind which each transaction may have another session (manual of PgBouncer, pool_mode).
 *
 * The server tells a client the id of its process at the start; a pooler has to tell one of its own. Where the two are the same
 * there is none. Where not, a second connection is asked too: while the first is open, a process that is its own serves no other.
 *
 * @throws BellowsError exit 3
 */
export async function refuseTransactionPooler(client: pg.Client, options: ConnectOptions): Promise<void> {
  const own = await processOf(client, options)
  if ((client as unknown as { readonly processID: number | null }).processID === own) return
  const other = await openClient(options)
  try {
    for (let round = 0; round < rounds; round++) {
      if ((await processOf(other, options)) === own || (await processOf(client, options)) !== own) throw pooled()
    }
  } finally {
    await other.end().catch(() => undefined)
  }
}

/** Not waited for for ever: a pooler lets a connection wait until a session is free. */
async function processOf(client: pg.Client, { connectTimeout }: ConnectOptions): Promise<number | undefined> {
  const config = { text: 'select pg_backend_pid() as pid', query_timeout: connectTimeout }
  return (await client.query<{ pid: number }>(config)).rows[0]?.pid
}

/** The refusal that says where to go instead. */
export function pooled(): Error {
  return refused(
    'database.pooler',
    'this address leads to a transaction pooler, which gives each transaction another session',
    { hint: 'Set MIGRATE_DIRECT_URL to the address of the server itself.' },
  )
}
