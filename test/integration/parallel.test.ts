import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Migrator } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { migrator, rows, run, withUsers } from './shop.ts'

const users = 6000

const count = async (database: TestDatabase, from: string): Promise<number> =>
  Number((await rows<{ n: unknown }>(database, `select count(*) as n from ${from}`))[0]?.n)

async function progress(m: Migrator): Promise<{ readonly rowsDone: number; readonly rowsTotal: number } | null> {
  return (await m.status()).migrations[0]?.backfill ?? null
}

describeEveryServer('a backfill by several workers', (server) => {
  const family = familyOf(server)
  const lease = family.state('lease')
  const lanes = `${lease} where name like 'lane:%:data:m' and token > 0`

  it('fills every row, each worker under a lease that is given back', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        await m.expand()
        // Batches of the least size, so that there is something for each.
        await m.backfill({ parallel: 3, batchTime: 1 })
        expect(await count(database, 'users where full_name is null or full_name <> name')).toBe(0)
        expect(await progress(m)).toMatchObject({ rowsDone: users, rowsTotal: users })
        expect(await count(database, lanes)).toBe(2)
        expect(await count(database, `${lanes} and pid is not null`)).toBe(0)
        expect(m.events.filter(({ kind }) => kind === 'retry' || kind === 'warning')).toEqual([])
        await m.close()
      },
      users,
    ))

  it('stands before a row that an app has locked, with nothing behind it committed, and goes on', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, undefined, { lockTimeout: 200 })
        await m.expand()
        const app = await family.session(database.url, 'app')
        await app.run('begin')
        await app.run('update users set age = age + 1 where id = 3000')
        const filling = m.backfill({ parallel: 4, batchTime: 1 })
        while (m.events.filter(({ kind }) => kind === 'retry').length < 3) await sleep(20)
        const done = (await progress(m))?.rowsDone ?? -1
        expect(done).toBeLessThan(3000)
        expect(await count(database, 'users where full_name is not null')).toBe(done)
        await app.run('commit')
        await filling
        expect(await count(database, 'users where full_name is null')).toBe(0)
        expect(await progress(m)).toMatchObject({ rowsDone: users })
        await app.end()
        await m.close()
      },
      users,
    ))

  it('is held by a pause, and goes on with the workers that are left when the session of one is ended', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        const other = migrator(database)
        await m.expand()
        const filling = m.backfill({ parallel: 3, batchTime: 1 })
        while ((await other.pause()).migrations.length === 0) await sleep(5)
        while (!m.events.some((event) => event.kind === 'waiting')) await sleep(5)
        const done = (await progress(other))?.rowsDone ?? -1
        expect(done).toBeLessThan(users)
        expect(await count(database, 'users where full_name is not null')).toBe(done)
        const [lane] = await rows<{ pid: unknown }>(database, `select pid from ${lanes} and pid is not null`)
        await run(database, family.endSession(Number(lane?.pid)))
        await other.resume()
        await filling
        expect(await count(database, 'users where full_name is null')).toBe(0)
        await m.close()
        await other.close()
      },
      users,
    ))
})
