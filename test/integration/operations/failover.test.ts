import { expect, it } from 'vitest'
import { createMigrator, type Migrator, type RunnerEvent } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { whole } from '../../scenarios/sample.ts'
import { createDatabase, describeEveryStartableServer } from '../../servers/databases.ts'
import { openForwarder } from '../../servers/forwarder.ts'
import { startReplicated } from '../../servers/replicas.ts'
import { outcome, rename, rows, run } from '../shop.ts'

const count = 10_000

// Two servers are started. One that is killed and comes back is in ../connection/trouble.test.ts and ../../mysql/server-killed.test.ts.
describeEveryStartableServer('a failover in the middle of a backfill', (server) => {
  it.runIf(whole)(
    'is 75; at the same address the same command goes on, on the replica that was promoted, and ends right',
    { timeout: 240_000 },
    async () => {
      const both = await startReplicated(server)
      const forwarder = await openForwarder()
      const migrators: Migrator[] = []
      try {
        const database = await createDatabase(both.primary)
        await run(database, familyOf(server).users(count))
        const at = new URL(database.url)
        if (server.kind !== 'postgres') {
          await run(database, `create user mover identified by 'pass-word'; grant all on *.* to mover`)
          Object.assign(at, { username: 'mover', password: 'pass-word' })
        }
        at.port = String(forwarder.port)
        const open = (onEvent: (event: RunnerEvent) => void = () => undefined): Migrator => {
          const made = createMigrator({
            database: at.href,
            migrations: { m: { intents: [rename] } },
            connectTimeout: 5000,
            onEvent,
          })
          migrators.push(made)
          return made
        }
        const portOf = ({ url }: { readonly url: string }): number => Number(new URL(url).port)
        forwarder.to(portOf(both.primary))
        await open().expand()
        const other = Object.assign(new URL(at), { port: String(portOf(both.replica)) }).href
        await open().wait({ for: 'expanded', replicas: [other] })

        let batches = 0
        let failing: Promise<void> | null = null
        const first = open((event) => {
          if (event.kind === 'progress' && event.doing === 'backfill' && ++batches === 5) failing = both.failOver()
        })
        expect(await outcome(first.backfill({ maxRate: 3000 }))).toMatch(/^75 database\./)
        await failing
        forwarder.to(portOf(both.replica))

        const promoted = { url: other }
        const [before] = await rows<{ done: unknown }>(
          promoted,
          `select rows_done as done from ${familyOf(server).state('backfills')}`,
        )
        expect(Number(before?.done)).toBeLessThan(count)
        // An app goes on there, too.
        await run(
          promoted,
          `update users set name = 'v1 after' where id = 7; update users set full_name = 'v2 after' where id = ${count}`,
        )
        const again = open()
        await again.backfill()
        expect((await again.verify()).migrations).toMatchObject([
          { ok: true, lenses: [{ rows: count, mismatches: 0 }] },
        ])
        expect(await rows(promoted, `select name, full_name from users where id in (7, ${count}) order by id`)).toEqual(
          [
            { name: 'v1 after', full_name: 'v1 after' },
            { name: 'v2 after', full_name: 'v2 after' },
          ],
        )
        await again.contract({ quietPeriod: 0 })
        expect((await again.status()).migrations).toMatchObject([{ state: 'contracted' }])
      } finally {
        await Promise.all(migrators.map((each) => each.close()))
        await forwarder.close()
        await both.stop()
      }
    },
  )
})
