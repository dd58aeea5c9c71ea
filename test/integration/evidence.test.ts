import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  changeType,
  type Gate,
  heartbeat,
  type Intent,
  type Migrator,
  type MigratorOptions,
  markDeployed,
  type RunnerEvent,
  registerApp,
  renameColumn,
  setDefault,
  setNotNull,
  startHeartbeat,
} from '../../src/index.ts'
import { type AppSession, familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { migrate } from '../unit/cli/terminal.ts'
import { poolsOf } from './connection/pools.ts'
import { migrator, outcome, rename, rows, run, withUsers } from './shop.ts'

/** Backfilled, with what is to be closed at contract. */
async function backfilled(database: TestDatabase, options: Partial<MigratorOptions>) {
  const m = migrator(database, undefined, { quietPeriod: 0, ...options })
  await m.expand({ backfill: true })
  return m
}

const gateOf = async (m: Migrator, name: Gate['name'], options: Parameters<Migrator['ready']>[0] = {}): Promise<Gate> =>
  (await m.ready(options)).migrations[0]?.gates.find((gate) => gate.name === name) as Gate

const same = (found: unknown, wanted: readonly string[]): boolean =>
  Array.isArray(found) && JSON.stringify(found.sort()) === JSON.stringify([...wanted].sort())

const stateOf = async (m: Migrator): Promise<string | undefined> => (await m.status()).migrations[0]?.state

describeEveryServer('evidence before contract', (server) => {
  const family = familyOf(server)
  // MariaDB comes without performance_schema, and names nobody then.
  const names = !server.name.startsWith('mariadb')

  it('by an allow-list: whoever is on it may stay, anybody else closes the gate until he is gone', () =>
    withUsers(server, async (database) => {
      const m = await backfilled(database, { allowApp: ['Metabase%', 'shop v2'] })
      const sessions = [await family.session(database.url, 'Metabase 1'), await family.session(database.url, 'shop v2')]
      if (names) {
        expect(await gateOf(m, 'sessions')).toMatchObject({
          status: 'ok',
          reason: 'all who are connected are allowed, by this look alone',
        })
        sessions.push(await family.session(database.url, 'shop v1'), await family.session(database.url, 'shop v1'))
        expect(await gateOf(m, 'sessions')).toMatchObject({
          status: 'failed',
          reason: expect.stringMatching(/^who is not allowed is still connected: shop v1 as \w+ \(2\) since /),
        })
      } else {
        expect(await gateOf(m, 'sessions')).toMatchObject({
          status: 'unknown',
          hint: expect.stringContaining('performance_schema = ON'),
        })
        // A user is told without it.
        expect(await gateOf(m, 'sessions', { allowApp: ['root'] })).toMatchObject({ status: 'ok' })
      }
      expect(await outcome(m.contract())).toBe('5 gate.closed')
      await Promise.all(sessions.map((session) => session.end()))
      expect(await outcome(m.contract({ wait: 10_000 }))).toBe('0')
      await m.close()
    }))

  it('over the quiet period: who was seen by an earlier look keeps the gate closed, and so much was seen is told', () =>
    withUsers(server, async (database) => {
      const m = await backfilled(database, { oldApp: ['shop v1'], quietPeriod: 3000 })
      const cron = await family.session(database.url, 'shop v1')
      expect(await outcome(m.contract())).toBe('5 gate.closed')
      await cron.end()
      if (names) {
        await expect
          .poll(() => gateOf(m, 'sessions', { quietPeriod: 3_600_000 }))
          .toMatchObject({
            status: 'failed',
            reason: expect.stringMatching(
              /not connected now, but seen at .*, within the quiet period of 3600 s: shop v1/,
            ),
            retryAfterSeconds: expect.toSatisfy((seconds) => seconds > 3500),
          })
      }
      await m.contract({ wait: 30_000 })
      const looks = await rows<{ n: number }>(
        database,
        `select count(*) as n from ${family.state('samples')} where kind = 'sessions'`,
      )
      expect(Number(looks[0]?.n)).toBeGreaterThan(1)
      await m.close()
    }))

  it('behind a transaction pooler: only a user for each version tells', () =>
    withUsers(server, async (database) => {
      const m = await backfilled(database, { throughPooler: 'shared-users', oldApp: ['shop v1'] })
      expect(await gateOf(m, 'sessions')).toMatchObject({
        status: 'unknown',
        hint: expect.stringContaining('--through-pooler user-per-version'),
      })
      const other = await family.session(database.url, 'shop v1')
      const byUser = { throughPooler: 'user-per-version', oldApp: ['shop v1'] } as const
      // The name is of whoever used the session last.
      expect(await gateOf(m, 'sessions', byUser)).toMatchObject({
        status: 'ok',
        reason: expect.stringContaining('a client that is idle behind the pooler does not show'),
      })
      expect(await gateOf(m, 'sessions', { ...byUser, oldApp: ['postgres', 'root'] })).toMatchObject({
        status: 'failed',
      })
      await other.end()
      await m.close()
    }))

  it('by age: not before the backfill has been over for so long', () =>
    withUsers(server, async (database) => {
      const m = await backfilled(database, { minAge: 3_600_000 })
      expect(await gateOf(m, 'minimum-age')).toMatchObject({
        status: 'failed',
        retryAfterSeconds: expect.toSatisfy((seconds) => seconds > 3500 && seconds <= 3600),
      })
      expect(await outcome(m.contract())).toBe('5 gate.closed')
      expect(await outcome(m.contract({ minAge: 1500, wait: 10_000 }))).toBe('0')
      await m.close()
    }))

  it('a comparison that is older than a day is told', () =>
    withUsers(server, async (database) => {
      const m = await backfilled(database, {})
      expect((await gateOf(m, 'verification')).reason).toBe('1000 rows are in sync')
      await run(
        database,
        `update ${family.state('backfills')} set updated_at = ${family.name === 'postgres' ? "now() - interval '25 hours'" : 'utc_timestamp(6) - interval 25 hour'}`,
      )
      expect((await gateOf(m, 'verification')).reason).toContain('more than a day ago')
      await m.close()
    }))

  it('as the policy that docs/gates.md prints asks for it, in each environment', () =>
    withUsers(
      server,
      async (database) => {
        const docs = await readFile(new URL('../../docs/gates.md', import.meta.url), 'utf8')
        const [, policy = ''] = docs.match(/```yaml\n(policy:\n.*?)```/s) ?? []
        const folder = await mkdtemp(join(tmpdir(), 'policy-'))
        await writeFile(join(folder, 'migrate.config.yaml'), policy)
        await mkdir(join(folder, 'migrations'))
        await writeFile(join(folder, 'migrations/m.json'), JSON.stringify({ intents: [rename] }))
        const m = await backfilled(database, {})
        const ready = async (...flags: readonly string[]) => {
          const ran = await migrate(['ready', '--json', ...flags], { cwd: folder, env: { DATABASE_URL: database.url } })
          const { result, error } = JSON.parse(ran.stdout)
          return { exitCode: ran.exitCode, closed: error?.details?.gates ?? error, result }
        }
        const all = ['legacy-writes', 'minimum-age', 'heartbeats', 'check']
        expect(await ready()).toMatchObject({ exitCode: 5, closed: expect.toSatisfy((is) => same(is, all)) })
        expect(await ready('--environment', 'production')).toMatchObject({
          exitCode: 5,
          closed: expect.toSatisfy((is) => same(is, [...all, 'pods'])),
        })
        expect(await ready('--environment', 'preview')).toMatchObject({ exitCode: 0, closed: undefined })
        expect(await ready('--environment', 'preview', '--require-gate', 'pods')).toMatchObject({ closed: ['pods'] })
        // A flag takes nothing away.
        expect(await ready('--require-gate', 'consumers')).toMatchObject({
          closed: expect.toSatisfy((is) => same(is, all)),
        })
        await m.close()
        await rm(folder, { recursive: true })
      },
      3,
    ))

  it('names nobody by an empty pattern, as an unset variable gives one', () =>
    withUsers(
      server,
      async (database) => {
        const m = await backfilled(database, {})
        expect(await outcome(m.ready({ allowApp: [''] }))).toBe('2 gate.pattern')
        expect(await outcome(m.contract({ oldApp: ['shop v1', ' '] }))).toBe('2 gate.pattern')
        await m.close()
      },
      3,
    ))

  it('that the config asks for is not asked for by up', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, undefined, { minAge: 3_600_000, allowApp: ['shop v2'] })
        const somebody = await family.session(database.url, 'Metabase')
        expect(await outcome(m.up({ allowTraffic: true }))).toBe('0')
        await somebody.end()
        await m.close()
      },
      3,
    ))

  it('what the comparison found is known again after a rollback of contract', () =>
    withUsers(
      server,
      async (database) => {
        const m = await backfilled(database, {})
        await m.contract()
        await m.rollback()
        expect(await m.ready()).toMatchObject({ migrations: [{ ready: true }] })
        expect((await m.status()).migrations[0]?.backfill).toMatchObject({ rowsDone: 3, percent: 100 })
        expect(await outcome(m.contract())).toBe('0')
        await m.close()
      },
      3,
    ))

  it('that was forced is kept with who did it', () =>
    withUsers(server, async (database) => {
      const m = await backfilled(database, { minAge: 3_600_000, actor: 'somebody' })
      await m.contract({ forceGates: ['minimum-age'], reason: 'it is a test' })
      const forced = (await m.history()).events.find(({ kind }) => kind === 'gate-forced')
      expect(forced).toMatchObject({ actor: 'somebody' })
      expect(JSON.parse(forced?.detail ?? '{}')).toMatchObject({
        reason: 'it is a test',
        host: expect.any(String),
        gates: [{ name: 'minimum-age', status: 'failed' }],
      })
      await m.close()
    }))

  describe('by heartbeats', () => {
    const beats = family.state('heartbeats')
    const earlier = family.name === 'postgres' ? "at - interval '2 hours'" : 'at - interval 2 hour'
    const heartbeats = { requireGate: ['heartbeats'] } as const

    it('closes contract while a version that is retired is heard, and opens when it is silent and the new one is not', () =>
      withUsers(
        server,
        async (database) => {
          const pool = Object.values(poolsOf(database.url))[0]!(database.url)
          const send = (version: string): Promise<void> =>
            heartbeat(pool.given, { app: 'shop', version, instance: 'pod-1' })
          const m = await backfilled(database, heartbeats)
          expect(await gateOf(m, 'heartbeats')).toMatchObject({
            status: 'unknown',
            reason: 'no app ever sent a heartbeat',
          })
          const target = { migrator: { database: database.url }, app: 'shop' } as const
          for (const version of ['v1', 'v2']) {
            await registerApp({ ...target, version, statements: { app: 'shop', version, statements: [] } })
            await markDeployed({ ...target, version, only: true })
          }
          await send('v1')
          await send('v1')
          await send('v2')
          expect(await gateOf(m, 'heartbeats')).toMatchObject({
            status: 'failed',
            reason: expect.stringMatching(
              /^heard within 60 s: shop v1 \(1, since 2\S+Z, last at 2\S+Z\), which was retired at 2\S+Z$/,
            ),
            retryAfterSeconds: expect.toSatisfy((seconds) => seconds > 50 && seconds <= 60),
          })
          expect(await outcome(m.contract())).toBe('5 gate.closed')
          await run(database, `update ${beats} set at = ${earlier} where version = 'v1'`)
          await pool.end()
          expect(await gateOf(m, 'heartbeats')).toMatchObject({
            status: 'ok',
            reason: expect.stringMatching(/^heard within 60 s: only shop v2 \(1\); the last of others: shop v1 at 2/),
          })
          await run(
            database,
            `insert into ${beats} (app, version, instance, at) values ('shop', 'v0', 'x', '2020-01-01')`,
          )
          expect(await outcome(m.contract())).toBe('0')
          // What nobody can want to know any more is gone with it.
          expect(await rows(database, `select version from ${beats} order by 1`)).toEqual([
            { version: 'v1' },
            { version: 'v2' },
          ])
          await m.close()
        },
        3,
      ))

    it('does not take a version for a new one that was rolled back to', () =>
      withUsers(
        server,
        async (database) => {
          const target = { migrator: { database: database.url }, app: 'shop' } as const
          const deploy = (version: string) => markDeployed({ ...target, version, only: true })
          for (const version of ['v1', 'v2'])
            await registerApp({ ...target, version, statements: { app: 'shop', version, statements: [] } })
          await deploy('v1')
          const m = await backfilled(database, heartbeats)
          await deploy('v2')
          await deploy('v1')
          await run(database, `insert into ${beats} (app, version, instance) values ('shop', 'v1', 'x')`)
          expect(await gateOf(m, 'heartbeats')).toMatchObject({
            status: 'unknown',
            reason: expect.stringMatching(/which was deployed before this was expanded$/),
          })
          await m.close()
        },
        3,
      ))

    it('sent through whatever an app has', () =>
      withUsers(
        server,
        async (database) => {
          const m = await backfilled(database, {})
          const pools = Object.entries(poolsOf(database.url))
          for (const [name, open] of pools) {
            const pool = open(database.url)
            const given = { app: `it's "${name}" 👍`, version: name, every: 1000 }
            const errors: unknown[] = []
            const started = startHeartbeat(pool.given, {
              ...given,
              onError: (e) => errors.push(e),
            })
            await expect
              .poll(
                () => rows(database, `select app, instance from ${beats} where at > since and version = '${name}'`),
                {
                  timeout: 20_000,
                },
              )
              .toMatchObject([{ app: given.app, instance: `${hostname()}:${process.pid}` }])
            await started.stop()
            expect(errors).toEqual([])
            await pool.end()
          }
          expect(await gateOf(m, 'heartbeats')).toMatchObject({ status: 'advisory' })
          await m.close()
        },
        3,
      ))

    it('of which no failure reaches the app', () =>
      withUsers(
        server,
        async (database) => {
          const pool = Object.values(poolsOf(database.url))[0]!(database.url)
          const errors: unknown[] = []
          const onError = (error: unknown): void => {
            errors.push(error)
            throw new Error('of the app')
          }
          const { given } = pool
          const started = [
            startHeartbeat(given, { app: 'shop', version: 'v1', onError }),
            startHeartbeat(given, { app: 'shop', version: '', onError }),
          ]
          await expect.poll(() => errors.length, { timeout: 20_000 }).toBe(2)
          await Promise.all(started.map((each) => each.stop()))
          expect(String(errors)).toMatch(/heartbeats/)
          expect(await outcome(heartbeat(given, { app: 'shop', version: '' }))).toBe('2 app.name')
          await pool.end()
        },
        1,
      ))
  })

  it('by a file of pods: read anew at each look, so that it opens once the old ones are gone', () =>
    withUsers(
      server,
      async (database) => {
        const folder = await mkdtemp(join(tmpdir(), 'pods-'))
        const evidenceFile = join(folder, 'pods.json')
        const pods = (...tags: readonly string[]): Promise<void> => {
          const items = tags.map((tag) => ({
            kind: 'Pod',
            metadata: { name: `pod-${tag}`, deletionTimestamp: '2026-01-01T00:00:00Z' },
            spec: { containers: [{ name: 'app', image: `shop:${tag}` }] },
            status: { phase: 'Running' },
          }))
          return writeFile(evidenceFile, JSON.stringify({ kind: 'List', items }))
        }
        const m = await backfilled(database, { evidenceFile, allowApp: ['shop-v2', '%'], oldApp: ['shop-v1'] })
        expect(await gateOf(m, 'pods')).toMatchObject({ status: 'unknown', reason: expect.stringContaining('ENOENT') })
        await pods('v1', 'v2')
        expect(await gateOf(m, 'pods')).toMatchObject({
          status: 'failed',
          reason: expect.stringMatching(
            /^there are pods \(written \d+ s ago\): shop v1, which --old-app names: pod-v1 \(terminating\)$/,
          ),
        })
        // MariaDB comes without the names of sessions.
        const contract = { throughPooler: 'user-per-version' } as const
        expect(await outcome(m.contract(contract))).toBe('5 gate.closed')
        await pods('v2')
        expect(await outcome(m.contract(contract))).toBe('0')
        await m.close()
        await rm(folder, { recursive: true })
      },
      3,
    ))

  describe('is looked at again under the lock', () => {
    /** Holds the table while the gates open, lets the old client come, and then lets go. */
    const comesBack = async (
      database: TestDatabase,
      options: Partial<MigratorOptions>,
      come: () => Promise<AppSession>,
    ): Promise<void> => {
      const m = await backfilled(database, { lockTimeout: 300, ...options })
      const reader = await family.session(database.url, 'Metabase')
      if ((options.quietPeriod ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 2500))
      await reader.run('begin; select count(*) from users')
      const contract = outcome(m.contract())
      await expect.poll(() => m.events.some(({ kind }) => kind === 'retry'), { timeout: 30_000 }).toBe(true)
      const old = await come()
      await reader.run('rollback')
      expect(await contract).toBe('5 gate.closed')
      expect(await stateOf(m)).toBe('backfilled')
      await old.run(`update users set name = 'again' where id = 2`)
      expect(await rows(database, 'select full_name from users where id = 2')).toEqual([{ full_name: 'again' }])
      await old.end()
      await reader.end()
      if (options.allowApp !== undefined) {
        expect((await gateOf(m, 'sessions', { quietPeriod: 3_600_000 })).reason).toMatch(/seen at .*: shop v1 as/)
      }
      await m.verify()
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      expect(await family.columns(database.url, 'users')).toEqual(['id', 'name', 'age', 'email'])
      await m.close()
    }

    it('so a client that writes the old shape between gate and lock does not slip through', () =>
      withUsers(server, (database) =>
        comesBack(database, { quietPeriod: 2000 }, async () => {
          const old = await family.session(database.url, 'shop v1')
          await old.run(`update users set name = 'old' where id = 1`)
          return old
        }),
      ))

    it('also where the first table that it locks is one on which nobody counts writes', () =>
      withUsers(
        server,
        async (database) => {
          const intents = [
            setNotNull({ table: 'orders', column: 'note', up: "''" }),
            changeType({ table: 'orders', column: 'total', to: 'bigint' }),
            rename,
          ]
          await run(database, 'create table orders (id int primary key, total int, note varchar(9))')
          await run(database, `insert into orders values (1, 1, 'x'), (2, 2, null)`)
          const m = migrator(database, { m: intents }, { quietPeriod: 0 })
          await m.expand({ backfill: true })
          expect(await outcome(m.contract())).toBe('0')
          await m.close()
        },
        3,
      ))

    describe('of each table that it hides', () => {
      const orders = renameColumn({ table: 'orders', from: 'note', to: 'remark' })
      /** Contracts `users` first, waits for `orders`, and there finds an old write. */
      const closesAtTheSecond = async (
        database: TestDatabase,
        first: Intent,
        write: string,
        then: (m: Migrator, closed: Error) => Promise<void>,
      ): Promise<void> => {
        await run(database, 'create table orders (id int primary key, note varchar(9))')
        await run(database, `insert into orders values (1, 'x'), (2, null)`)
        const m = migrator(database, { m: [first, orders] }, { lockTimeout: 300, quietPeriod: 2000 })
        await m.expand({ backfill: true })
        const reader = await family.session(database.url, 'Metabase')
        await new Promise((resolve) => setTimeout(resolve, 2500))
        await reader.run('begin; select count(*) from orders')
        const contract = m.contract().catch((error: unknown) => error)
        const isHidden = (event: RunnerEvent): boolean =>
          event.kind === 'step-finished' && event.phase === 'contract' && event.step.includes('users')
        const waits = (): boolean => m.events.some(isHidden) && m.events.at(-1)?.kind === 'retry'
        await expect.poll(waits, { timeout: 30_000, interval: 10 }).toBe(true)
        await run(database, `${write}; update orders set note = 'old' where id = 1`)
        await reader.end()
        const closed = await contract
        expect(closed).toMatchObject({ exitCode: 5, code: 'gate.closed' })
        await then(m, closed as Error)
        await m.close()
      }

      it('so all is taken back where it is the second that an old client still writes', () =>
        withUsers(server, (database) =>
          closesAtTheSecond(database, rename, `update users set full_name = 'v2' where id = 1`, async (m) => {
            expect(await stateOf(m)).toBe('backfilled')
            await run(
              database,
              `update users set name = 'v1' where id = 2; update orders set note = 'again' where id = 2`,
            )
            expect(await rows(database, 'select name, full_name from users where id < 3 order by id')).toEqual([
              { name: 'v2', full_name: 'v2' },
              { name: 'v1', full_name: 'v1' },
            ])
            expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
            expect(await rows(database, 'select remark from orders order by id')).toEqual([
              { remark: 'old' },
              { remark: 'again' },
            ])
          }),
        ))

      it('or it stays, and is ended by the same command, where what came since has no place in the old shape', () =>
        withUsers(server, (database) =>
          closesAtTheSecond(
            database,
            changeType({ table: 'users', column: 'age', to: 'bigint' }),
            'update users set age = 3000000000 where id = 1',
            async (m, closed) => {
              expect(closed.message).toMatch(
                /legacy-writes: .*; what contract did before stays as it is: .*1 .* for example/,
              )
              expect(await stateOf(m)).toBe('contracting')
              expect(await outcome(m.contract({ wait: 30_000 }))).toBe('0')
              expect(await rows(database, 'select age from users where id = 1')).toEqual([
                { age: expect.toSatisfy((age) => Number(age) === 3_000_000_000) },
              ])
            },
          ),
        ))
    })

    it('and before it, where a runner died on the way: it is backfilled again where nothing was hidden', () =>
      withUsers(
        server,
        async (database) => {
          const stop = new AbortController()
          const onEvent = (event: RunnerEvent): void => {
            if (event.kind === 'phase-started' && event.phase === 'contract') stop.abort()
          }
          const dying = migrator(database, undefined, { quietPeriod: 0, signal: stop.signal, onEvent })
          await dying.expand({ backfill: true })
          expect(await outcome(dying.contract())).toBe('130 interrupted')
          await dying.close()
          const m = migrator(database, undefined, { quietPeriod: 3_600_000 })
          expect(await stateOf(m)).toBe('contracting')
          await run(database, `update users set name = 'old' where id = 1`)
          expect(await outcome(m.contract())).toBe('5 gate.closed')
          expect(await stateOf(m)).toBe('backfilled')
          expect(await m.ready({ quietPeriod: 0 })).toMatchObject({ migrations: [{ ready: true }] })
          expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
          await m.close()
        },
        3,
      ))

    it('and what is taken back of contract then is ended by the same command when that was cut off', () =>
      withUsers(server, async (database) => {
        const both = { m: [setDefault({ table: 'users', column: 'age', default: '5' }), rename] }
        const stop = new AbortController()
        const kinds: string[] = []
        const onEvent = (event: RunnerEvent): void => {
          kinds.push(event.kind)
          if (event.kind === 'step-started' && event.step.includes('~undo')) stop.abort()
        }
        const m = migrator(database, both, { lockTimeout: 300, quietPeriod: 1500, signal: stop.signal, onEvent })
        await m.expand({ backfill: true })
        const reader = await family.session(database.url, 'Metabase')
        await new Promise((resolve) => setTimeout(resolve, 2500))
        await reader.run('begin; select count(*) from users')
        const contract = outcome(m.contract())
        await expect.poll(() => kinds.includes('retry'), { timeout: 30_000 }).toBe(true)
        await run(database, `update users set name = 'old' where id = 1`)
        await reader.end()
        expect(await contract).toBe('130 interrupted')
        expect(await stateOf(m)).toBe('rolling-back')
        await m.close()
        const again = migrator(database, both, { quietPeriod: 1500 })
        expect(await outcome(again.contract({ wait: 30_000 }))).toBe('0')
        expect(await stateOf(again)).toBe('contracted')
        await again.close()
      }))

    it('nor one that only sends a heartbeat', () =>
      withUsers(
        server,
        async (database) => {
          const beats = family.state('heartbeats')
          const policy = {
            requireGate: ['heartbeats'],
            oldApp: ['shop v1'],
            throughPooler: 'user-per-version',
          } as const
          const m = await backfilled(database, { lockTimeout: 300, ...policy })
          await run(
            database,
            `insert into ${beats} (app, version, instance) values ('shop', 'v2', 'a'); insert into ${beats} (app, version, instance, at) values ('shop', 'v1', 'b', '2026-01-01')`,
          )
          const reader = await family.session(database.url, 'Metabase')
          await reader.run('begin; select count(*) from users')
          const contract = outcome(m.contract())
          await expect.poll(() => m.events.some(({ kind }) => kind === 'retry'), { timeout: 30_000 }).toBe(true)
          await run(
            database,
            `update ${beats} set at = (select x.at from (select at from ${beats} where version = 'v2') x) where version = 'v1'`,
          )
          await reader.run('rollback')
          expect(await contract).toBe('5 gate.closed')
          expect(await stateOf(m)).toBe('backfilled')
          await reader.end()
          await m.close()
        },
        3,
      ))

    it.skipIf(!names)('nor one that only connects', () =>
      withUsers(server, (database) =>
        comesBack(database, { allowApp: ['Metabase'] }, () => family.session(database.url, 'shop v1')),
      ),
    )
  })
})
