import { expect, it } from 'vitest'
import { addIndex } from '../../src/index.ts'
import { connect, withClient } from '../servers/connect.ts'
import { describeEachServer } from '../servers/databases.ts'
import { migrator, outcome, withUsers } from './shop.ts'

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

describeEachServer('several at once', (server) => {
  it('ten runners carry each step out once', () =>
    withUsers(server, async (database) => {
      const runners = Array.from({ length: 10 }, () => migrator(database))
      const ends = await Promise.all(runners.map((runner) => outcome(runner.expand({ backfill: true }))))
      expect(new Set(ends)).toEqual(new Set(['0']))
      const { rows } = await withClient(database.url, (client) =>
        client.query('select id, attempts, state from bellows.steps order by seq'),
      )
      expect(rows.length).toBeGreaterThan(3)
      expect(rows.filter((row) => row.attempts !== 1 || row.state !== 'done')).toEqual([])
      for (const runner of runners) await runner.close()
    }))

  it('a long transaction makes expand retry and is named, while others go on', () =>
    withUsers(server, async (database) => {
      const blocker = await connect(`${database.url}?application_name=nightly%20report`)
      await blocker.query('begin; select count(*) from users')
      const m = migrator(database, undefined, { lockTimeout: 200 })
      const expanding = m.expand()
      const retried = async (): Promise<void> => {
        while (!m.events.some((event) => event.kind === 'retry' && event.blockers.length > 0)) await sleep(50)
      }
      await retried()
      await withClient(database.url, (client) => client.query(`update users set age = 1 where id = 1`))
      await blocker.query('commit')
      await expanding
      const event = m.events.find((each) => each.kind === 'retry' && each.blockers.length > 0)
      expect(event?.kind === 'retry' && event.blockers.join()).toContain('nightly report')
      await blocker.end()
      await m.close()
    }))

  it('a reader with an old snapshot lets an index build wait, and it becomes valid', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [addIndex({ table: 'users', name: 'users_age', columns: ['age'] })] })
      await m.expand()
      const reader = await connect(database.url)
      await reader.query('begin isolation level repeatable read; select count(*) from users')
      const building = m.backfill()
      await sleep(700)
      await reader.query('commit')
      await building
      const { rows } = await withClient(database.url, (client) =>
        client.query(`select indisvalid from pg_index where indexrelid = 'users_age'::regclass`),
      )
      expect(rows).toEqual([{ indisvalid: true }])
      await reader.end()
      await m.close()
    }))

  it('an invalid index of a build that died is found and built again', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [addIndex({ table: 'users', name: 'users_age', columns: ['age'] })] })
      await m.expand()
      const reader = await connect(database.url)
      await reader.query('begin isolation level repeatable read; select count(*) from users')
      await withClient(database.url, async (client) => {
        await client.query('set lock_timeout = 100')
        await expect(client.query('create index concurrently users_age on users (age)')).rejects.toThrow('lock timeout')
      })
      await reader.end()
      await m.backfill()
      const { rows } = await withClient(database.url, (client) =>
        client.query(`select indisvalid from pg_index where indexrelid = 'users_age'::regclass`),
      )
      expect(rows).toEqual([{ indisvalid: true }])
      await m.close()
    }))

  it('a pause from elsewhere holds the backfill, and a resume lets it go on', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        const other = migrator(database)
        await m.expand()
        const filling = m.backfill({ maxRate: 4000 })
        while ((await other.pause()).migrations.length === 0) await sleep(20)
        while (!m.events.some((event) => event.kind === 'waiting')) await sleep(20)
        expect((await other.status()).migrations[0]).toMatchObject({ state: 'backfilling', backfill: { paused: true } })
        await other.resume()
        await filling
        expect((await other.status()).migrations[0]?.state).toBe('backfilled')
        await m.close()
        await other.close()
      },
      5000,
    ))

  it('up is refused while others use a database that is not empty', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      const app = await connect(database.url)
      expect(await outcome(m.up())).toBe('3 up.traffic')
      expect(await outcome(m.up({ allowTraffic: true }))).toBe('0')
      await app.end()
      await m.close()
    }))
})
