import { expect, it } from 'vitest'
import { addIndex } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { connect, withClient } from '../servers/connect.ts'
import { describeEachServer, describeEveryServer } from '../servers/databases.ts'
import { migrator, needs, outcome, rows, run, withUsers } from './shop.ts'

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const waitingBuild =
  "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike 'create index concurrently%'"

describeEveryServer('several at once', (server) => {
  const family = familyOf(server)
  const indexed = addIndex({ table: 'users', name: 'users_age', columns: ['age'] })

  it('ten runners carry each step out once', () =>
    withUsers(server, async (database) => {
      const runners = Array.from({ length: 10 }, () => migrator(database))
      const ends = await Promise.all(runners.map((runner) => outcome(runner.expand({ backfill: true }))))
      expect(new Set(ends)).toEqual(new Set(['0']))
      const found = await rows(database, `select id, attempts, state from ${family.state('steps')} order by seq`)
      expect(found.length).toBeGreaterThan(3)
      expect(found.filter((row) => row.attempts !== 1 || row.state !== 'done')).toEqual([])
      for (const runner of runners) await runner.close()
    }))

  it('a long transaction makes expand retry and is named, while others go on', () =>
    withUsers(server, async (database) => {
      const blocker = await family.session(database.url, 'nightly report')
      await blocker.run('start transaction; select count(*) from users')
      const m = migrator(database, undefined, { lockTimeout: 200 })
      const expanding = m.expand()
      const retried = async (): Promise<void> => {
        while (!m.events.some((event) => event.kind === 'retry' && event.blockers.length > 0)) await sleep(50)
      }
      await retried()
      await run(database, `update users set age = 1 where id = 1`)
      await blocker.run('commit')
      await expanding
      const event = m.events.find((each) => each.kind === 'retry' && each.blockers.length > 0)
      // MariaDB as it comes knows no more than the account, and says how to let it know more.
      expect(event?.kind === 'retry' && event.blockers.join()).toMatch(/nightly report|root.*not told by the server/)
      await blocker.end()
      await m.close()
    }))

  it('a reader with an old snapshot lets an index build wait, and it becomes valid', (context) =>
    withUsers(server, async (database) => {
      await needs(context, server, database, indexed)
      const m = migrator(database, { m: [indexed] })
      await m.expand()
      const reader = await family.session(database.url, 'reader')
      await reader.run(family.beginSnapshot)
      const building = m.backfill()
      // PostgreSQL waits for the reader; the others do so for a second, and try again.
      const waits = async (): Promise<boolean> =>
        family.name === 'mysql'
          ? m.events.some(({ kind }) => kind === 'retry')
          : (await rows(database, waitingBuild)).length > 0
      while (!(await waits())) await sleep(20)
      await reader.run('commit')
      await building
      const [index] = /^(.*users_age.*)$/m.exec(await family.catalog(database.url)) ?? []
      expect(index).toBeDefined()
      expect(index).not.toContain('"valid":false')
      await reader.end()
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

  it('a backfill is never faster than its greatest rate, from the first batch to the last', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      const begun = Date.now()
      await m.backfill({ maxRate: 2000 })
      expect(Date.now() - begun).toBeGreaterThanOrEqual(500)
      const batches = m.events.flatMap((each) => (each.kind === 'progress' && each.doing === 'backfill' ? [each] : []))
      expect(batches.length).toBeGreaterThan(2)
      for (const each of batches) {
        expect(each.batchRows).toBeLessThanOrEqual(400)
        expect(each.rowsPerSecond).toBeLessThanOrEqual(2000)
      }
      const [recorded] = await rows<{ rate: number }>(database, `select rate from ${family.state('backfills')}`)
      expect(Number(recorded?.rate)).toBeLessThanOrEqual(2000)
      await m.close()
    }))

  it.for([
    ['backfill', 'data:m', 'pending', '3 phase.order'],
    ['contract', 'ddl', 'pending', '3 phase.order'],
    ['contract', 'ddl', 'rolling-back', '3 phase.order'],
    ['contract', 'ddl', 'expanded', '5 gate.backfill'],
    ['rollback', 'ddl', 'completed', '3 rollback.completed'],
  ] as const)('%s, which waited for the lease %s, does not go on with what is %s by then', ([verb, lease, by, end]) =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand({ backfill: true })
      const state = family.state('migrations')
      if (verb === 'backfill') await run(database, `update ${state} set state = 'expanded'`)
      const other = await family.session(database.url, 'runner')
      await other.run(family.takeLease.replace("'ddl'", `'${lease}'`))
      const ending = outcome(verb === 'backfill' ? m.backfill() : m[verb]({ quietPeriod: 0 }))
      while (!m.events.some(({ kind }) => kind === 'waiting')) await sleep(20)
      const before = await family.catalog(database.url)
      await other.run(`update ${state} set state = '${by}'`)
      await other.end()
      expect(await ending).toBe(end)
      expect(await family.catalog(database.url)).toBe(before)
      await m.close()
    }),
  )

  it('up is refused while others use a database that is not empty', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      const app = await family.session(database.url, 'app')
      expect(await outcome(m.up())).toBe('3 up.traffic')
      expect(await outcome(m.up({ allowTraffic: true }))).toBe('0')
      await app.end()
      await m.close()
    }))
})

// Only PostgreSQL leaves an index behind that a build did not end.
describeEachServer('one after another', (server) => {
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
      const found = await rows(database, `select indisvalid from pg_index where indexrelid = 'users_age'::regclass`)
      expect(found).toEqual([{ indisvalid: true }])
      await m.close()
    }))
})
