import { expect, it } from 'vitest'
import { createMigrator, type GateOptions } from '../../../src/index.ts'
import { connect, describeEachServer } from '../../servers/databases.ts'
import { failureOf } from '../input/setup.ts'
import { migrator, outcome, withUsers } from '../shop.ts'
import { pool, skipped, without } from './pgbouncer.ts'

describeEachServer(`PgBouncer${skipped}`, (server) => {
  it.skipIf(without).each(['transaction', 'statement'] as const)(
    'in %s mode is refused (3), also when nobody else uses it',
    async (mode) => {
      const url = await pool(server.url, mode)
      const migrator = createMigrator({ database: url, migrations: [], connectTimeout: 2000 })
      const failure = await failureOf(migrator.status())
      await migrator.close()
      expect(failure).toMatchObject({
        exitCode: 3,
        code: 'database.pooler',
        hint: expect.stringContaining('MIGRATE_DIRECT_URL'),
      })
    },
  )

  it.skipIf(without)('in session mode is as good as a direct connection', async () => {
    const migrator = createMigrator({ database: await pool(server.url, 'session'), migrations: [] })
    expect((await migrator.status()).migrations).toEqual([])
    await migrator.close()
  })

  it.skipIf(without)('in front of the apps: a session that changes its name is no evidence of who is gone', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, undefined, { oldApp: ['shop v1'], allowApp: ['shop v2'], quietPeriod: 3_600_000 })
      await m.expand({ backfill: true })
      const url = await pool(database.url, 'transaction', 1)
      const [old, next] = await Promise.all(['v1', 'v2'].map((v) => connect(`${url}?application_name=shop%20${v}`)))
      const forced = { forceGates: ['legacy-writes'], reason: 'a test' }
      const gate = async (options: GateOptions = {}) =>
        (await m.ready(options)).migrations[0]?.gates.find(({ name }) => name === 'sessions')
      await next?.query('select 1')
      // The old one is there all the time, and does not show.
      expect(await gate()).toMatchObject({ status: 'ok' })
      await old?.query('select 1')
      expect(await gate()).toMatchObject({ status: 'failed' })
      expect(await outcome(m.contract(forced))).toBe('5 gate.closed')
      await next?.query('select 1')
      expect(await gate({ oldApp: ['shop v0'], allowApp: ['shop%'] })).toMatchObject({
        status: 'unknown',
        reason: expect.stringMatching(/process \d+ was shop v1 and is shop v2, as behind a transaction pooler/),
        hint: expect.stringContaining('user-per-version'),
      })
      await Promise.all([old?.end(), next?.end(), m.close()])
    }),
  )
})
