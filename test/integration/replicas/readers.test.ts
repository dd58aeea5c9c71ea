import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeType, renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { whole } from '../../scenarios/sample.ts'
import { createDatabase, describeEveryStartableServer, type TestDatabase, withClient } from '../../servers/databases.ts'
import { databaseOn, type Replicated, startReplicated } from '../../servers/replicas.ts'
import { migrator, outcome, rows, run } from '../shop.ts'

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

const codeOf = (error: unknown): string =>
  String((error as { readonly code?: unknown }).code ?? (error as Error).message)

describeEveryStartableServer('readers on a standby', (server) => {
  // Each starts two servers.
  describe.runIf(whole && server.kind === 'postgres')('of both versions', () => {
    let both: Replicated
    let database: TestDatabase
    let replica: { readonly url: string }
    let replicas: readonly string[]
    beforeAll(async () => {
      both = await startReplicated(server, { replica: { max_standby_streaming_delay: '5s' } })
      database = await createDatabase(both.primary)
      replica = { url: databaseOn(both, database.name).replica }
      replicas = [replica.url]
      await run(database, familyOf(server).users(2000))
    }, 120_000)
    afterAll(() => both?.stop())

    /** Reads again and again, and tells what failed. */
    function startReading(column: string): { readonly stop: () => Promise<{ reads: number; failures: string[] }> } {
      let going = true
      const failures: string[] = []
      let reads = 0
      const loop = (async () => {
        while (going) {
          await rows(replica, `select count(*) as n, min(${column}) as least from users`).then(
            () => reads++,
            (error) => failures.push(codeOf(error)),
          )
          await sleep(5)
        }
      })()
      return {
        stop: async () => {
          going = false
          await loop
          return { reads, failures }
        },
      }
    }

    const differing = async (left: string, right: string): Promise<number> => {
      const same = familyOf(server).same(left, right)
      const [row] = await rows<{ n: unknown }>(replica, `select count(*) as n from users where not (${same})`)
      return Number(row?.n)
    }

    it('go on through every phase and back, and see both shapes the same', { timeout: 120_000 }, async () => {
      const m = migrator(database)
      const quietPeriod = 0
      const none = (reader: ReturnType<typeof startReading>) =>
        reader.stop().then(({ reads, failures }) => {
          expect(reads).toBeGreaterThan(0)
          // Whoever stands in the way of what is replayed is cancelled, and may try again.
          expect(failures.filter((code) => code !== '40001')).toEqual([])
          return failures.length
        })
      let cancelled = 0
      let v1 = startReading('name')
      await m.expand()
      await m.wait({ for: 'expanded', replicas, interval: 50 })
      const v2 = startReading('full_name')
      await run(database, "update users set name = concat(name, '!') where id < 100")
      await m.backfill()
      await run(database, "update users set full_name = concat(full_name, '?') where id < 50")
      await m.wait({ for: 'backfilled', replicas, interval: 50 })
      await sleep(300)
      expect(await differing('name', 'full_name')).toBe(0)
      cancelled += await none(v1)
      await m.contract({ quietPeriod })
      await m.wait({ for: 'contracted', replicas, interval: 50 })
      await m.rollback()
      await m.wait({ for: 'backfilled', replicas, interval: 50 })
      v1 = startReading('name')
      await sleep(300)
      expect(await differing('name', 'full_name')).toBe(0)
      cancelled += await none(v1)
      await m.contract({ quietPeriod })
      await m.purge({ ignoreRetention: true })
      await m.wait({ for: 'contracted', replicas, interval: 50 })
      cancelled += await none(v2)
      console.log(`${server.name}: short reads on the replica that were cancelled: ${cancelled}`)
      const all = 'select id, full_name, age, email from users order by id'
      expect(await rows(replica, all)).toEqual(await rows(database, all))
      await m.close()
    })

    it('that take long keep what is written after them from coming, until they end', { timeout: 120_000 }, async () => {
      const m = migrator(database, { n: [renameColumn({ table: 'users', from: 'email', to: 'address' })] })
      const brief = { name: 'n', timeout: 500, interval: 50, replicas }
      const reader = await familyOf(server).session(replica.url, 'report')
      await reader.run('begin; select count(*) from users')
      await m.expand({ name: 'n' })
      await expect(m.wait({ for: 'expanded', ...brief })).rejects.toMatchObject({
        exitCode: 75,
        message: expect.stringMatching(/it does not have n|there n is expanding/),
      })
      // Who comes later waits behind the change.
      expect(await outcomeOf(rows(replica, "set lock_timeout = '200ms'; select count(*) from users"))).toBe('55P03')
      // After max_standby_streaming_delay the reader is ended, not the replay.
      await m.wait({ for: 'expanded', ...brief, timeout: 30_000 })
      const [ended] = await rows<{ n: unknown }>(
        replica,
        'select confl_lock as n from pg_stat_database_conflicts where datname = current_database()',
      )
      expect(Number(ended?.n)).toBeGreaterThan(0)
      await expect(reader.run('select 1')).rejects.toThrow()
      await reader.end()
      expect(await outcome(m.rollback({ name: 'n', quietPeriod: 0 }))).toBe('0')
      await m.close()
    })

    it('with prepared statements meet 0A000 after a change of type, as on the primary', async () => {
      const m = migrator(database, { o: [changeType({ table: 'users', column: 'age', to: 'bigint' })] })
      const text = { name: 'ages', text: 'select age from users where id = 1' }
      await withClient(replica.url, async (client) => {
        await client.query(text)
        await m.expand({ name: 'o', backfill: true })
        await m.wait({ name: 'o', for: 'backfilled', replicas, interval: 50 })
        await client.query(text)
        await m.contract({ name: 'o', quietPeriod: 0 })
        await m.wait({ name: 'o', for: 'contracted', replicas, interval: 50 })
        await expect(client.query(text)).rejects.toMatchObject({ code: '0A000' })
        await client.query('deallocate all')
      })
      await m.close()
    })
  })
})

const outcomeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => '0', codeOf)
