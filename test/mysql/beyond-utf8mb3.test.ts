import { expect, it } from 'vitest'
import { migrator, outcome, run, withUsers } from '../integration/shop.ts'
import { connectMysql, describeEachMysql } from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'

/** A statement that has not ended, with a character of four bytes in it; also one of a transaction that holds no row of ours. */
async function busy(url: string, seconds: number, inTransaction = false): Promise<() => Promise<void>> {
  const app = await connectMysql(url)
  if (inTransaction) {
    await app.query('create table elsewhere (id int primary key)')
    await app.query('start transaction; insert into elsewhere values (1)')
  }
  const said = app.query(`select sleep(${seconds}), '😀' as face`).catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 200))
  return async () => {
    app.destroy()
    await said
  }
}

describeEachMysql('while a session says something that information_schema cannot hold', (server) => {
  it('all phases go their way, and what looks at sessions sees them', () =>
    withUsers(server, async (database) => {
      const end = await busy(database.url, 300)
      const m = migrator(database)
      try {
        await m.expand({ backfill: true })
        const [ready] = (await m.ready({ quietPeriod: 0, oldApp: ['nobody'] })).migrations
        expect(ready?.gates.find(({ name }) => name === 'sessions')?.status).not.toBe('failed')
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      } finally {
        await m.close()
        await end()
      }
    }))

  it('in a transaction, whoever has to know of transactions waits for it, or says that it is to come again (75)', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand({ backfill: true })
      const short = await busy(database.url, 0.6, true)
      expect((await m.doctor()).checks.filter(({ status }) => status === 'fail')).toEqual([])
      await short()
      await run(database, 'drop table elsewhere')
      const end = await busy(database.url, 300, true)
      try {
        expect(['0', '75 database.sessions-untold']).toContain(await outcome(m.contract({ quietPeriod: 0 })))
      } finally {
        await m.close()
        await end()
      }
    }))

  it('and nothing else keeps a list of sessions, that statement is waited for', async () => {
    const own = await startOwn(server, { 'performance-schema': 'OFF' })
    if (own === null) throw new Error(`there are no binaries of ${server.name} to start`)
    await withUsers(own, async (database) => {
      const m = migrator(database)
      const end = await busy(database.url, 0.6)
      await m.expand()
      await end()
      await m.close()
    }).finally(() => own.stop())
  })
})
