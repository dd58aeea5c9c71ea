import { expect, it, vi } from 'vitest'
import { familyOf } from '../../families/family.ts'
import { generator, seed, whole } from '../../scenarios/sample.ts'
import { describeEveryServer, type TestDatabase, type TestServer } from '../../servers/databases.ts'
import { openForwarder } from '../../servers/forwarder.ts'
import { rows, withUsers } from '../shop.ts'
import { confinement, mounted, type Pod, runPod, startPod } from './pod.ts'

console.log(`jobs run as: ${confinement}; signals at random times: SEED=${seed}`)

const migrations = { 'm.yaml': 'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n' }
const patience = { timeout: 60_000, interval: 20 }

/** A password where the server asks for none; else its own. */
function secretive(url: string): { readonly url: string; readonly words: readonly string[] } {
  const made = new URL(url)
  if (made.password === '') made.password = 'Gehe%25im&mehr'
  return { url: made.href, words: [made.password, decodeURIComponent(made.password)] }
}

/** Everything that the state tables hold, as text. */
async function ledger(server: TestServer, database: TestDatabase): Promise<string> {
  const { state } = familyOf(server)
  const names = ['migrations', 'phases', 'steps', 'backfills', 'events', 'samples', 'lease', 'lenses']
  const all = await Promise.all(names.map((name) => rows(database, `select * from ${state(name)}`)))
  return JSON.stringify(all)
}

const stateOf = async (server: TestServer, database: TestDatabase): Promise<unknown> =>
  (await rows<{ state: string }>(database, `select state from ${familyOf(server).state('migrations')}`))[0]?.state

describeEveryServer('a Job', (server) => {
  it(
    'runs with nothing to write to, without HOME or terminal; the next one finds nothing to do; nobody sees the password',
    { timeout: 120_000 },
    () =>
      withUsers(
        server,
        async (database) => {
          const secret = secretive(database.url)
          const folder = await mounted(secret.url, migrations)
          const seen: string[] = []
          const run = async (...argv: readonly string[]): Promise<{ code: number | null; stdout: string }> => {
            const pod = startPod(folder, [...argv, '--json', '--log-format', 'json', '--verbose'])
            await vi.waitUntil(() => pod.arguments().includes('main.js'), patience)
            seen.push(pod.arguments())
            const ended = await pod.ended
            seen.push(ended.stdout, ended.stderr)
            return ended
          }
          expect(await run('expand', '--backfill'), seen.join('\n')).toMatchObject({ code: 0 })
          expect(await stateOf(server, database)).toBe('backfilled')
          const before = await ledger(server, database)
          const begun = performance.now()
          const again = await run('expand', '--backfill')
          expect(performance.now() - begun).toBeLessThan(30_000)
          expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, result: { migrations: [] } })
          // Not even a lease was taken.
          expect(await ledger(server, database)).toBe(before)
          // One that fails says more than one that succeeds.
          expect(await run('contract')).toMatchObject({ code: 5 })
          seen.push(await ledger(server, database))
          for (const text of seen) for (const word of secret.words) expect(text).not.toContain(word)
        },
        100,
      ),
  )

  it.runIf(whole)('waits for a database that is not there for the first 30 s', { timeout: 180_000 }, () =>
    withUsers(
      server,
      async (database) => {
        const forwarder = await openForwarder()
        const url = Object.assign(new URL(database.url), { port: String(forwarder.port) }).href
        const folder = await mounted(url, migrations)
        try {
          const short = await runPod(folder, ['expand', '--json', '--connect-timeout', '2s'])
          expect(short.code).toBe(75)
          expect(JSON.parse(short.stdout).error.code).toMatch(/^database\.(connection-lost|refused|unreachable)$/)
          setTimeout(() => forwarder.to(Number(new URL(database.url).port)), 30_000)
          const begun = performance.now()
          const ended = await runPod(folder, ['expand', '--connect-timeout', '90s'])
          expect(ended.code, ended.stderr).toBe(0)
          expect(performance.now() - begun).toBeGreaterThan(29_000)
          expect(await stateOf(server, database)).toBe('expanded')
        } finally {
          await forwarder.close()
        }
      },
      10,
    ),
  )

  it.runIf(whole)(
    'that is stopped or killed at random times is gone on with, and comes to the same end',
    { timeout: 600_000 },
    () =>
      withUsers(
        server,
        async (database) => {
          const random = generator(seed)
          const folder = await mounted(database.url, migrations)
          const commands = [
            ['expand', '--lease-ttl', '3s'],
            ['backfill', '--lease-ttl', '3s', '--max-rate', '4000'],
            ['contract', '--quiet-period', '0', '--lease-ttl', '3s'],
          ]
          const ends: string[] = []
          for (const argv of commands) {
            for (let stops = 0; ; stops++) {
              const pod: Pod = startPod(folder, argv)
              const signal = random() < 0.3 ? 'SIGKILL' : 'SIGTERM'
              const timer = stops < 5 ? setTimeout(() => pod.kill(signal), 200 + random() * 3000) : undefined
              const ended = await pod.ended
              clearTimeout(timer)
              ends.push(`${argv[0]} ${ended.code ?? ended.signal}`)
              if (ended.code === 0) break
              // As long as Node starts, a signal does what it does to every process.
              const stopped = ended.code === 143 || ended.signal === signal
              expect(stopped, `${argv[0]}: ${ended.code} ${ended.signal} ${ended.stderr}`).toBe(true)
              if (ended.code !== 143) continue
              // A clean stop gives its leases back.
              const held = await rows(
                database,
                `select name from ${familyOf(server).state('lease')} where pid is not null`,
              )
              expect(held).toEqual([])
            }
          }
          expect(await stateOf(server, database), ends.join()).toBe('contracted')
          expect(ends.filter((end) => /143|SIG/.test(end)).length, ends.join()).toBeGreaterThan(3)
          const { same, state } = familyOf(server)
          const [wrong] = await rows<{ n: unknown }>(
            database,
            `select count(*) as n from users where not (${same('full_name', `concat('n', id)`)})`,
          )
          expect(Number(wrong?.n)).toBe(0)
          expect(await rows(database, `select id from ${state('steps')} where state <> 'done'`)).toEqual([])
        },
        20_000,
      ),
  )

  it.runIf(whole)('that runs twice at once is done once', { timeout: 180_000 }, () =>
    withUsers(
      server,
      async (database) => {
        const folder = await mounted(database.url, migrations)
        const both = await Promise.all([1, 2].map(() => runPod(folder, ['expand', '--backfill'])))
        expect(
          both.map(({ code }) => code),
          both.map(({ stderr }) => stderr).join(),
        ).toEqual([0, 0])
        const found = await rows<{ attempts: unknown }>(
          database,
          `select attempts from ${familyOf(server).state('steps')} where state = 'done'`,
        )
        expect(new Set(found.map(({ attempts }) => Number(attempts)))).toEqual(new Set([1]))
      },
      5000,
    ),
  )
})
