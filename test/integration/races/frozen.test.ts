import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeEachServer, type TestDatabase, withClient } from '../../servers/databases.ts'
import { startProxy } from '../../servers/proxy.ts'
import { migrator, rename, withUsers } from '../shop.ts'

const runner = fileURLToPath(new URL('runner.mjs', import.meta.url))
const leaseTtl = 2000

/** What the frozen runner could still write: the rows, and the ledger. Row versions, so that the same value again counts. */
async function versions(database: TestDatabase): Promise<string> {
  return withClient(database.url, async (client) => {
    const { rows } = await client.query<{ digest: string }>(
      `select md5(string_agg(x, '' order by x)) as digest from (
        select id || ' ' || xmin || ' ' || full_name from users
        union all select id || ' ' || xmin || ' ' || state || ' ' || attempts from bellows.steps
        union all select name || ' ' || xmin || ' ' || state from bellows.migrations
        union all select step || ' ' || xmin || ' ' || rows_done from bellows.backfills
        union all select name || ' ' || token || ' ' || coalesce(pid, 0) from bellows.lease) as t (x)`,
    )
    return rows[0]!.digest
  })
}

/** Freezes a backfill when the server has carried out the nth statement like `sql`, and the runner has not heard of it. */
async function frozenBackfill(database: TestDatabase, sql: RegExp, nth: number) {
  let seen = 0
  let freeze = (): void => undefined
  const frozen = new Promise<void>((resolve) => {
    freeze = resolve
  })
  const proxy = await startProxy({
    target: database.url,
    onReady: (message) => {
      if (!sql.test(message.sql) || ++seen !== nth) return
      child.kill('SIGSTOP')
      freeze()
    },
  })
  const order = {
    verb: 'backfill',
    options: { database: proxy.url, migrations: { m: { intents: [rename] } }, leaseTtl },
    input: {},
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

describeEachServer('a runner that is frozen in the middle of a backfill', (server) => {
  it.each([
    ['in the transaction of a batch', /^update "public"\."users"/, 2],
    ['between two batches', /^commit/, 5],
  ])(
    '%s, is fenced off: another one ends the work, and it writes nothing more',
    { timeout: 90_000 },
    (_when, sql, nth) =>
      withUsers(
        server,
        async (database) => {
          const other = migrator(database, undefined, { leaseTtl, leaseWait: 60_000 })
          await other.expand()
          const frozen = await frozenBackfill(database, sql, nth)
          try {
            const unfilled = await withClient(database.url, (client) =>
              client.query<{ count: number }>('select count(*)::int as count from users where full_name is null'),
            )
            expect(unfilled.rows[0]!.count, 'the backfill was over before it was frozen').toBeGreaterThan(0)
            await other.backfill()
            expect((await other.status()).migrations[0]!.state).toBe('backfilled')
            const waited = other.events.filter((event) => event.kind === 'waiting' && event.what === 'lease data:m')
            expect(waited.length, 'it took the lease of a living session').toBe(1)
            await other.close()
            const before = await versions(database)
            const end = await frozen.thaw()
            expect(end).toMatchObject({ code: 75, signal: null })
            await sleep(leaseTtl)
            expect(await versions(database)).toBe(before)
          } finally {
            await frozen.close()
          }
        },
        6000,
      ),
  )
})
