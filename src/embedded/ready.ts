import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { temporary } from '../errors.ts'
import type { Running } from './watchdog.ts'

const patienceMs = 60_000

/**
 * Polls until our server answers; resolves to its version (`18.4`), or null when the process ended instead. An answer counts
 * only from our data directory: when two servers start on one free port, the loser would otherwise find the winner.
 */
export async function waitUntilReady(
  port: number,
  dataDir: string,
  running: Running,
  signal?: AbortSignal,
): Promise<string | null> {
  const expected = await realpath(dataDir)
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    signal?.throwIfAborted()
    if (running.exited()) return null
    const answer = await ask(port)
    if (answer !== null && (await samePath(answer.directory, expected))) return answer.version
    await sleep(25)
  }
  throw temporary('embedded.start', `PostgreSQL did not answer within ${patienceMs / 1000} seconds.`)
}

async function ask(port: number): Promise<{ directory: string; version: string } | null> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5000,
  })
  // Without a listener, the connection being cut later would be an uncaught error event.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query(
      "select current_setting('data_directory') as directory, split_part(current_setting('server_version'), ' ', 1) as version",
    )
    return rows[0] as { directory: string; version: string }
  } catch {
    return null
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function samePath(folder: string, expected: string): Promise<boolean> {
  return folder === expected || (await realpath(folder).catch(() => null)) === expected
}
