import { expect, it } from 'vitest'
import { startEmbedded } from '../../src/embedded/server.ts'
import type { Gate, GateOptions, Migrator } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { migrator, outcome, run, withUsers } from './shop.ts'

const gateOf = async (m: Migrator, name: Gate['name'], options: GateOptions = {}): Promise<Gate | undefined> =>
  (await m.ready({ quietPeriod: 0, ...options })).migrations[0]?.gates.find((gate) => gate.name === name)

describeEveryServer('what else may stand on the old shape', (server) => {
  const family = familyOf(server)
  const postgres = family.name === 'postgres'

  it('a transaction that is older than the backfill: told with who and since when, and closing where it is required', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand({ backfill: true })
      const young = await family.session(database.url, 'shop v2')
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await young.run('begin; select 1')
      expect(await gateOf(m, 'transactions')).toMatchObject({ status: 'ok' })
      await m.rollback({ quietPeriod: 0 })
      await m.expand()
      const old = await family.session(database.url, 'nightly report')
      // Of the table itself it reads nothing: the end of the backfill would wait for it.
      await old.run(`${postgres ? 'begin' : 'start transaction with consistent snapshot'}; select 1`)
      await young.end()
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await m.backfill()
      const told = /begun before \S+, when the backfill ended.*pid \d+ \(.+\) as \w+, in a transaction since 2/
      expect(await gateOf(m, 'transactions')).toMatchObject({ status: 'advisory', reason: expect.stringMatching(told) })
      const required = { requireGate: ['transactions'], quietPeriod: 0 }
      expect(await gateOf(m, 'transactions', required)).toMatchObject({ status: 'failed' })
      expect(await outcome(m.contract(required))).toBe('5 gate.closed')
      await old.end()
      expect(await outcome(m.contract({ ...required, wait: 10_000 }))).toBe('0')
      await m.close()
    }))

  it('a prepared transaction, named until it is ended', async () => {
    // PostgreSQL has to be started for that.
    const own = postgres
      ? await startEmbedded({ major: server.major, durable: false, settings: { max_prepared_transactions: 5 } })
      : null
    await withUsers(own ?? server, async (database) => {
      const m = migrator(database)
      await m.expand({ backfill: true })
      const app = await family.session(database.url, 'shop v1')
      const write = 'update users set age = 3 where id = 3'
      const name = `left-${database.name}`
      await app.run(
        postgres
          ? `begin; ${write}; prepare transaction '${name}'`
          : `xa start '${name}'; ${write}; xa end '${name}'; xa prepare '${name}'`,
      )
      await app.end()
      const gate = await gateOf(m, 'transactions')
      expect(gate?.reason).toContain(`prepared transaction ${name}`)
      expect(gate?.reason).toContain(postgres ? 'holds users' : 'which tables it holds cannot be told')
      await run(database, postgres ? `rollback prepared '${name}'` : `xa rollback '${name}'`)
      expect((await gateOf(m, 'transactions'))?.reason).not.toContain(name)
      await m.close()
    }).finally(() => own?.stop())
  })

  it('consumers: none, and then one that closes the gate where it is required, until it is accepted', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand({ backfill: true })
      expect(await gateOf(m, 'consumers')).toMatchObject({ status: 'ok' })
      const role = `bi_${database.name.slice(-12)}`
      await run(
        database,
        postgres
          ? `create role ${role}; grant select on users to ${role}; create publication shop for table users`
          : `create user ${role}; grant select on users to ${role}`,
      )
      const asked: GateOptions = { quietPeriod: 0, requireGate: ['consumers'], allowApp: ['postgres', 'root', 'app%'] }
      expect(await gateOf(m, 'consumers', asked)).toMatchObject({
        status: 'failed',
        reason: expect.stringContaining(`role ${role}, which may read it`),
      })
      if (postgres)
        expect((await gateOf(m, 'consumers'))?.reason).toBe(
          'public.users may also be read by: publication shop, which carries public.users',
        )
      expect(await outcome(m.contract(asked))).toBe('5 gate.closed')
      expect(await gateOf(m, 'consumers', { ...asked, allowApp: ['root', 'app%', 'bi%'] })).toMatchObject({
        status: postgres ? 'failed' : 'ok',
      })
      const { migrations } = await m.contract({ quietPeriod: 0, requireGate: ['consumers'], accept: ['consumers'] })
      expect(migrations[0]?.notices.some((notice) => notice.startsWith('consumers: accepted: '))).toBe(postgres)
      expect((await m.history()).events.some(({ kind }) => kind === 'gate-accepted')).toBe(postgres)
      await run(
        database,
        postgres ? `drop publication shop; drop owned by ${role}; drop role ${role}` : `drop user ${role}`,
      )
      await m.close()
    }))
})
