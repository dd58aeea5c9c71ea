import { expect, it } from 'vitest'
import { changeType, createMigrator, type Gate, isBellowsError, type Migrator } from '../../src/index.ts'
import { connect, withClient } from '../servers/connect.ts'
import { describeEachServer } from '../servers/databases.ts'
import { migrator, outcome, withUsers } from './shop.ts'

const swap = { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] }

const gateOf = async (m: Migrator, options: Parameters<Migrator['ready']>[0] = {}): Promise<Gate | undefined> =>
  (await m.ready({ quietPeriod: 0, ...options })).migrations[0]?.gates.find(({ name }) => name === 'prepared')

const errorOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

describeEachServer('prepared statements and contract', (server) => {
  it('are told of at the end of the backfill and at contract, with who is older, and close nothing unasked', () =>
    withUsers(server, async (database) => {
      const old = await connect(`${database.url}?application_name=shop%20v1`)
      const read = { name: 'age', text: 'select age from users where id = 1' }
      await old.query(read)
      const m = migrator(database, swap)
      await m.expand()
      const filled = (await m.backfill()).migrations[0]
      expect(filled?.notices.join()).toContain('prepared before contract fail once with 0A000')
      expect(await gateOf(m)).toMatchObject({ status: 'advisory' })
      const { migrations } = await m.contract({ quietPeriod: 0 })
      expect(migrations[0]?.notices.join()).toMatch(/prepared: older than .*shop v1 as .* \(1\) since .*public\.users/)
      expect(await errorOf(old.query(read))).toMatchObject({ code: '0A000' })
      const again = { ...read, name: 'again' }
      await old.query(again)
      await m.rollback()
      expect(await errorOf(old.query(again))).toMatchObject({ code: '0A000' })
      await old.end()
      await m.close()
    }))

  it('keep a required gate closed until the sessions that are older than the backfill are gone', () =>
    withUsers(server, async (database) => {
      const old = await connect(`${database.url}?application_name=shop%20v1`)
      const m = migrator(database, swap, { requireGate: ['prepared'] })
      await m.expand()
      await m.backfill()
      const young = await connect(`${database.url}?application_name=shop%20v2`)
      const closed = await errorOf(m.contract({ quietPeriod: 0 }))
      expect(isBellowsError(closed) && [closed.exitCode, closed.code]).toEqual([5, 'gate.closed'])
      expect(isBellowsError(closed) && closed.message).toMatch(/prepared: older than [^;]*: shop v1 as \S+ \(1\) since/)
      expect(isBellowsError(closed) && closed.message).not.toContain('shop v2')
      expect(isBellowsError(closed) && closed.hint).toContain('--accept prepared')
      expect((await m.status()).migrations[0]?.state).toBe('backfilled')
      const waiting = m.contract({ quietPeriod: 0, wait: 30_000 })
      while (!m.events.some(({ kind }) => kind === 'waiting')) await new Promise((wake) => setTimeout(wake, 20))
      await old.end()
      expect((await waiting).migrations[0]?.state).toBe('contracted')
      await young.end()
      await m.close()
    }))

  it('open a required gate by consent, which is recorded', () =>
    withUsers(server, async (database) => {
      const old = await connect(`${database.url}?application_name=shop%20v1`)
      const m = migrator(database, swap, { requireGate: ['prepared'] })
      await m.expand()
      await m.backfill()
      expect(await gateOf(m)).toMatchObject({ status: 'failed' })
      expect(await gateOf(m, { accept: ['prepared'] })).toMatchObject({ status: 'forced' })
      expect(await outcome(m.contract({ quietPeriod: 0, accept: ['prepared'] }))).toBe('0')
      const events = (await m.history()).events.filter(({ kind }) => kind === 'gate-accepted')
      expect(events.map(({ detail }) => detail).join()).toContain('shop v1')
      await old.end()
      await m.close()
    }))

  it('open it by consent in the migration too', () =>
    withUsers(server, async (database) => {
      const old = await connect(database.url)
      const m = createMigrator({
        database: database.url,
        migrations: {
          m: { intents: swap.m, accept: [{ id: 'prepared', reason: 'The driver prepares again on 0A000' }] },
        },
        requireGate: ['prepared'],
      })
      await m.expand()
      await m.backfill()
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await old.end()
      await m.close()
    }))

  it('are not asked about where contract leaves them alone, nor by up', () =>
    withUsers(server, async (database) => {
      const old = await connect(database.url)
      const named = { name: 'n', text: 'select full_name from users where id = 1' }
      const rename = migrator(database, undefined, { requireGate: ['prepared'] })
      await rename.expand()
      await old.query(named)
      await rename.backfill()
      expect(await gateOf(rename)).toMatchObject({ status: 'not-applicable' })
      expect(await outcome(rename.contract({ quietPeriod: 0, retention: 0 }))).toBe('0')
      expect((await old.query(named)).rowCount).toBe(1)
      await rename.close()
      const m = migrator(database, swap, { requireGate: ['prepared'] })
      expect(await outcome(m.up({ name: 'm', allowTraffic: true }))).toBe('0')
      await old.end()
      await m.close()
    }))

  it('keep a required gate closed as unknown when the server hides how old a session is', () =>
    withUsers(server, async (database) => {
      const role = `bellows_blind_${database.name}`
      await withClient(database.url, (client) =>
        client.query(
          `create role "${role}" login password 'x'; grant create on database "${database.name}" to "${role}"; grant usage, create on schema public to "${role}"; alter table users owner to "${role}"`,
        ),
      )
      const url = new URL(database.url)
      url.username = role
      url.password = 'x'
      const old = await connect(`${database.url}?application_name=shop%20v1`)
      const m = migrator({ ...database, url: url.href }, swap)
      await m.expand()
      await m.backfill()
      expect(await gateOf(m, { requireGate: ['prepared'] })).toMatchObject({
        status: 'unknown',
        hint: expect.stringContaining('pg_read_all_stats'),
      })
      expect(await outcome(m.contract({ quietPeriod: 0, requireGate: ['prepared'] }))).toBe('5 gate.closed')
      await m.close()
      await old.end()
      await withClient(database.url, (client) =>
        client.query(
          `drop schema bellows cascade; reassign owned by "${role}" to current_user; drop owned by "${role}"; drop role "${role}"`,
        ),
      )
    }))

  it('are a gate of a known name', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, swap)
      expect(await outcome(m.ready({ requireGate: ['prepard'] }))).toBe('2 gate.unknown')
      expect(await outcome(m.contract({ requireGate: ['prepard'] }))).toBe('2 gate.unknown')
      expect(await outcome(m.contract({ requireGate: ['brown-out'] }))).toBe('2 gate.not-required')
      expect(await outcome(m.contract({ forceGates: ['sesions'], reason: 'typo' }))).toBe('2 gate.unknown')
      await m.close()
    }))
})
