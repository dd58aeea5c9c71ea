import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { familyOf } from '../../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, rename, rows, withUsers } from '../shop.ts'

const runner = fileURLToPath(new URL('runner.mjs', import.meta.url))
/** On a busy machine a renewal, which comes each third of it, may be late. */
const leaseTtl = 4000

/** Freezes a backfill when the server has carried out the update of its second batch, or the commit of its first, and the runner has not heard of it. */
async function frozenBackfill(database: TestDatabase, at: 'update' | 'commit', parallel: number) {
  let updates = 0
  let freeze = (): void => undefined
  const frozen = new Promise<void>((resolve) => {
    freeze = resolve
  })
  const proxy = await familyOf(database).proxy(database.url, {
    after: (statement) => {
      if (/^update (?:\/\* bellows \*\/ )?(["`]\w+["`]\.)?["`]users["`]/i.test(statement.sql)) updates++
      else if (at === 'update' || updates === 0 || !/^commit/i.test(statement.sql)) return 'forward'
      if (at === 'update' && updates !== 2) return 'forward'
      if (at === 'commit' && !/^commit/i.test(statement.sql)) return 'forward'
      child.kill('SIGSTOP')
      freeze()
      return 'forward'
    },
  })
  const order = {
    verb: 'backfill',
    options: { database: proxy.url, migrations: { m: { intents: [rename] } }, leaseTtl },
    input: { parallel },
  }
  const child = spawn(process.execPath, [runner, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal, errors }))
  await Promise.race([frozen, ended.then((end) => Promise.reject(new Error(`never frozen: ${JSON.stringify(end)}`)))])
  return {
    thaw: async () => {
      child.kill('SIGCONT')
      return ended
    },
    close: async () => {
      child.kill('SIGKILL')
      await proxy.close()
    },
  }
}

describeEveryServer('a runner that is frozen in the middle of a backfill', (server) => {
  const family = familyOf(server)
  it.each([
    ['in the transaction of a batch', 'update', 1],
    ['between two batches', 'commit', 1],
    ['in the transactions of several batches', 'update', 3],
  ] as const)(
    '%s, is fenced off: another one ends the work, and it writes nothing more',
    { timeout: 90_000 },
    (_when, at, parallel) =>
      withUsers(
        server,
        async (database) => {
          const other = migrator(database, undefined, { leaseTtl, leaseWait: 60_000 })
          await other.expand()
          const frozen = await frozenBackfill(database, at, parallel)
          try {
            const [unfilled] = await rows<{ n: unknown }>(
              database,
              'select count(*) as n from users where full_name is null',
            )
            expect(Number(unfilled?.n), 'the backfill was over before it was frozen').toBeGreaterThan(0)
            await other.backfill()
            expect((await other.status()).migrations[0]!.state).toBe('backfilled')
            const waited = other.events.filter((event) => event.kind === 'waiting' && event.what === 'lease data:m')
            expect(waited.length, 'it took the lease of a living session').toBe(1)
            await other.close()
            const before = await family.versions(database.url)
            const end = await frozen.thaw()
            expect(end).toMatchObject({ code: 75, signal: null })
            await family.settled(database.url)
            expect(await family.versions(database.url)).toBe(before)
          } finally {
            await frozen.close()
          }
        },
        6000,
      ),
  )
})
