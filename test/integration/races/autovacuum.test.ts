import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedServer, startEmbedded } from '../../../src/embedded/server.ts'
import { type TestDatabase, withClient } from '../../servers/databases.ts'
import { migrator, withUsers } from '../shop.ts'

/** So slow that it is at work on the table for minutes, unless somebody whom it blocks waits for longer than a second. */
const settings = {
  autovacuum_naptime: '1s',
  autovacuum_vacuum_cost_delay: '100ms',
  autovacuum_vacuum_cost_limit: 1,
  autovacuum_vacuum_threshold: 10,
  autovacuum_vacuum_scale_factor: 0,
}

describe('an autovacuum that holds the table', () => {
  let server: EmbeddedServer
  beforeAll(async () => {
    server = await startEmbedded({ major: 18, durable: false, settings })
  })
  afterAll(() => server?.stop('immediate'))

  async function untilAtWork(database: TestDatabase): Promise<void> {
    await withClient(database.url, async (client) => {
      for (let tries = 0; tries < 300; tries++) {
        const { rows } = await client.query(
          `select from pg_locks l join pg_stat_activity a using (pid) where a.backend_type = 'autovacuum worker' and l.relation = 'users'::regclass and l.granted`,
        )
        if (rows.length > 0) return
        await sleep(100)
      }
      throw new Error('autovacuum does not come')
    })
  }

  it('is made to yield by a try that waits for longer, while an app goes on', { timeout: 120_000 }, () =>
    withUsers(
      server,
      async (database) => {
        await withClient(database.url, (client) => client.query('update users set age = age + 1'))
        await untilAtWork(database)
        const m = migrator(database, undefined, { lockTimeout: 200 })
        const state = { over: false }
        const app = withClient(database.url, async (client) => {
          let written = 0
          for (; !state.over; written++) {
            await client.query('update users set email = $1 where id = 1', [String(written)])
          }
          return written
        })
        try {
          await m.expand()
        } finally {
          state.over = true
        }
        const retries = m.events.filter((event) => event.kind === 'retry')
        expect(retries.map((event) => event.blockers.join()).join()).toContain('autovacuum')
        expect(retries.length).toBeGreaterThanOrEqual(4)
        expect((await m.status()).migrations[0]!.state).toBe('expanded')
        expect(await app).toBeGreaterThan(10)
        await m.close()
      },
      20_000,
    ),
  )
})
