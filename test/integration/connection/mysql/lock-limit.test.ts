import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Session } from '../../../../src/dialects/dialect.ts'
import { underLockLimit } from '../../../../src/dialects/mysql/lock-limit.ts'
import { connectMysql, createDatabase, describeEachMysql, type TestDatabase } from '../../../servers/databases.ts'
import { open, rowsOf, untilWaiting } from './open.ts'

describeEachMysql('a statement under a lock limit', (server) => {
  let database: TestDatabase
  let app: Connection
  let worker: Session
  let observer: Session
  beforeAll(async () => {
    database = await createDatabase(server)
    app = await connectMysql(database.url)
    await app.query('create table items (id int primary key auto_increment, qty int)')
  })
  afterAll(async () => {
    await app.end()
    await database.drop()
  })
  beforeEach(async () => {
    ;[worker, observer] = [await open(database.url), await open(database.url)]
    await rowsOf(worker, 'set session lock_wait_timeout = 20')
  })
  afterEach(async () => {
    await app.query('rollback')
    await Promise.all([worker.close(), observer.close()])
  })
  const limited = (milliseconds: number, sql: string): Promise<unknown> =>
    underLockLimit({ worker, observer }, milliseconds, () => rowsOf(worker, sql))

  it.each([
    ['ALTER', 'alter table items add column n int'],
    ['CREATE TRIGGER', 'create trigger t before insert on items for each row set new.qty = 1'],
    ['LOCK TABLES', 'lock tables items write'],
  ])('%s is ended at the time (75), not at the second, and nothing was done', async (_, sql) => {
    await app.query('start transaction; select * from items')
    for (const limit of [300, 700]) {
      const started = Date.now()
      await expect(limited(limit, sql)).rejects.toMatchObject({ exitCode: 75, code: 'database.lock-timeout' })
      const took = Date.now() - started
      expect(took).toBeGreaterThanOrEqual(limit)
      expect(took).toBeLessThan(limit + 400)
    }
    expect(await rowsOf(worker, 'show columns from items')).toHaveLength(2)
    expect(await rowsOf(worker, 'show triggers')).toEqual([])
  })

  it('lets those behind it go on when it is ended', async () => {
    await app.query('start transaction; select * from items')
    const reader = await connectMysql(database.url)
    const limit = limited(300, 'alter table items add column n int').catch(() => undefined)
    await sleep(100)
    const started = Date.now()
    await reader.query('select * from items')
    expect(Date.now() - started).toBeLessThan(700)
    await limit
    await reader.end()
  })

  it('runs when the lock is free, and gives its result', async () => {
    expect(await limited(300, 'select 1 + 1 as two')).toEqual([{ two: 2 }])
    await limited(300, "alter table items comment = 'seen'")
  })

  it('is left alone while it works, however long', async () => {
    expect(await limited(200, 'select sleep(1) as slept, 2 as two')).toMatchObject([{ two: 2 }])
  })

  it('fails as it fails, not as a time-out', async () => {
    await expect(limited(300, 'alter table no_such add column n int')).rejects.toMatchObject({
      code: 'database.missing-table',
    })
    await expect(limited(300, 'select * from items where')).rejects.toMatchObject({ code: 'database.statement' })
  })

  it('that somebody else ends is cancelled, not timed out', async () => {
    await app.query('start transaction; select * from items')
    const waiting = limited(20_000, 'alter table items add column n int').catch((error: unknown) => error)
    await untilWaiting(database.url, worker.identity.pid)
    await observer.query({ sql: `kill query ${worker.identity.pid}`, parameters: [] })
    expect(await waiting).toMatchObject({ code: 'database.cancelled' })
  })

  it('is ended without harm to any statement after it, whenever the lock comes', async () => {
    // The lock is given up around the very time of the kill, now a little before, now a little after.
    let ended = 0
    for (let round = 0; round < 40; round++) {
      await app.query('start transaction; select * from items')
      const release = sleep(25 + (round % 20)).then(() => app.query('commit'))
      await limited(35, `alter table items comment = 'round ${round}'`).catch((error: { code: string }) => {
        expect(error.code).toBe('database.lock-timeout')
        ended++
      })
      for (let after = 0; after < 3; after++) {
        expect(await rowsOf(worker, 'select sleep(0.002) as ok')).toMatchObject([{ ok: expect.anything() }])
      }
      await release
    }
    expect(ended).toBeGreaterThan(0)
    expect(ended).toBeLessThan(40)
  })
})
