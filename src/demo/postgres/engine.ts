import path from 'node:path'
import { usageError } from '../../errors.ts'
import type { Engine } from '../engine.ts'
import { query } from './database.ts'
import { differences, seed } from './seed.ts'
import { openShop } from './shop.ts'

/** The demo on PostgreSQL: an embedded server. */
export const postgresEngine: Engine = {
  start: async ({ series = '18', keep, onMessage, signal }) => {
    if (!/^\d+$/.test(series)) {
      throw usageError('usage.server-version', `${series} is no major version of PostgreSQL`, { hint: 'Say 18.' })
    }
    // The apps connect to the server that is there, so only the demo loads what starts one.
    const { startEmbedded } = await import('../../embedded/server.ts')
    const settings = { shared_buffers: '256MB' }
    const server = await startEmbedded({ major: Number(series), durable: false, keep, onMessage, signal, settings })
    const { url, port, pid, dataDir } = server
    const folder = path.dirname(dataDir)
    return { product: `PostgreSQL ${server.version}`, url, port, pid, folder, stop: () => server.stop() }
  },
  seed,
  differences,
  plain: [
    'alter table customers rename column name to full_name',
    'alter table orders alter column total_cents type bigint',
  ],
  execute: query,
  openShop,
  // There is no password: anybody on this machine may look.
  lookAround: async (url) => ({ client: `psql ${url}`, before: `DATABASE_URL=${url} `, after: '', endSignal: 'INT' }),
}
