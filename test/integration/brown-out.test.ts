import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  changeType,
  type Intent,
  type MigratorOptions,
  type RunnerEvent,
  renameColumn,
  setDefault,
} from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEachStartableMysql, describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'
import { migrator, outcome, rename, rows, run, withUsers } from './shop.ts'

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

const isWatching = (event: RunnerEvent): boolean => event.kind === 'brown-out' && event.doing === 'watching'

/** Backfilled, and ready to be contracted. */
async function backfilled(database: TestDatabase, options: Partial<MigratorOptions> = {}) {
  const m = migrator(database, undefined, { quietPeriod: 0, ...options })
  await m.expand({ backfill: true })
  return m
}

const stateOf = async (m: ReturnType<typeof migrator>) => (await m.status()).migrations[0]?.state

/** A client that goes on, whatever fails. */
function client(database: TestDatabase, app: string, statement: (n: number) => string) {
  const tally = { done: 0, failed: [] as string[] }
  let over = false
  let begin = (): void => undefined
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const loop = (async () => {
    const session = await familyOf(database).session(database.url, app)
    await begun
    while (!over) {
      await session.run(statement(tally.done)).then(
        () => tally.done++,
        (error: Error) => tally.failed.push(error.message),
      )
      await sleep(10)
    }
    await session.end()
  })()
  const stop = async (): Promise<void> => {
    over = true
    begin()
    await loop
  }
  return { tally, begin, stop }
}

/** An old client that comes back when the old shape is hidden finds it there again within seconds, and the new one notices nothing. */
async function comesBack(database: TestDatabase, old: (n: number) => string): Promise<void> {
  const m = await backfilled(database)
  const v2 = client(database, 'shop v2', (n) => `update users set full_name = 'v2 ${n}' where id = ${1 + (n % 400)}`)
  v2.begin()
  const v1 = client(database, 'shop v1', old)
  const contract = m.contract({ brownOut: 2000 }).catch((error: unknown) => error)
  await expect.poll(() => m.events.some(isWatching), { timeout: 50_000 }).toBe(true)
  v1.begin()
  const error = await contract
  const failed = v1.tally.failed.length
  expect(error).toMatchObject({
    exitCode: 5,
    code: 'brown-out.used',
    details: {
      brownOut: { counted: expect.arrayContaining([expect.objectContaining({ count: expect.any(Number) })]) },
    },
  })
  expect(failed).toBeGreaterThan(0)
  expect(await stateOf(m)).toBe('backfilled')
  const done = v1.tally.done
  await expect.poll(() => v1.tally.done, { timeout: 20_000 }).toBeGreaterThan(done + 5)
  await Promise.all([v1.stop(), v2.stop()])
  expect(v1.tally.failed.length, 'old statements failed after it was back').toBe(failed)
  expect(v2.tally.failed).toEqual([])
  expect(await m.verify()).toMatchObject({ migrations: [{ ok: true }] })
  const ended = (await m.history()).events.filter(({ kind }) => kind === 'brown-out-ended')
  expect(ended.map(({ detail }) => JSON.parse(detail))).toMatchObject([{ end: 'used' }])
  await m.close()
}

/** Nobody uses the old shape: it is contracted. */
async function isQuiet(database: TestDatabase): Promise<void> {
  const m = await backfilled(database)
  const v2 = client(database, 'shop v2', (n) => `update users set full_name = 'v2 ${n}' where id = ${1 + (n % 400)}`)
  v2.begin()
  const result = await m.contract({ brownOut: 1000 })
  await v2.stop()
  expect(result.migrations).toMatchObject([{ state: 'contracted', brownOut: { seconds: 1, counted: [] } }])
  expect(result.migrations[0]?.brownOut?.looks).toBeGreaterThan(1)
  expect(v2.tally.failed).toEqual([])
  expect(await outcome(m.rollback())).toBe('0')
  await m.close()
}

const reads = (): string => 'select name from users where id = 3'
const writes = (n: number): string => `update users set name = 'v1 ${n}' where id = 450`

/** It takes its time: on one server of each kind, and with MATRIX=full on all, and all of it. */
const full = process.env.MATRIX === 'full'
const chosen = new Set<string>(['postgres18', 'mysql97', 'mariadb118'])

describeEveryServer('a brown-out', (server) => {
  const family = familyOf(server)
  // The statistics of a server that has run all tests have no place for more statements.
  const there = { url: server.url }
  let stop: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const own = server.kind === 'mysql' && here ? await startOwn(server, {}) : null
    if (own === null) return
    there.url = own.url
    stop = own.stop
  }, 120_000)
  afterAll(() => stop?.())
  const here = full || chosen.has(server.name)
  // MariaDB comes without performance_schema, and counts no failures then.
  const tells = !server.name.startsWith('mariadb')
  const forced = tells ? {} : ({ forceGates: ['brown-out'], reason: 'nothing is counted here' } as const)

  it.runIf(here && tells)('brings the old shape back when somebody reads it', () =>
    withUsers(there, (database) => comesBack(database, reads), 500),
  )

  it.runIf(full && tells)('that nobody notices is a contract', () => withUsers(there, isQuiet, 500))

  it.runIf(here && !tells)('is not begun where nothing tells who fails, unless that is forced', () =>
    withUsers(
      there,
      async (database) => {
        const m = await backfilled(database)
        const closed = await m.contract({ brownOut: 1000 }).catch((error: unknown) => error)
        expect(closed).toMatchObject({
          exitCode: 5,
          code: 'gate.closed',
          message: expect.stringContaining('performance_schema is off'),
          hint: expect.stringContaining('performance_schema = ON'),
        })
        expect(await stateOf(m)).toBe('backfilled')
        const result = await m.contract({ brownOut: 1000, ...forced })
        expect(result.migrations).toMatchObject([{ state: 'contracted', brownOut: { seconds: 1 } }])
        await m.close()
      },
      3,
    ),
  )

  it.runIf(here)('is refused before anything is done where nothing is hidden, or it might not come back', () =>
    withUsers(
      there,
      async (database) => {
        const tried = async (intents: readonly Intent[]): Promise<readonly string[]> => {
          const m = migrator(database, { m: intents }, { quietPeriod: 0, brownOut: 60_000 })
          await m.expand({ backfill: true })
          const outcomes = [await outcome(m.contract({ brownOut: 1000 })), await outcome(m.contract({ dryRun: true }))]
          expect(await stateOf(m)).toBe('backfilled')
          await m.rollback({ quietPeriod: 0 })
          await m.close()
          return outcomes
        }
        const bigger = changeType({ table: 'users', column: 'age', to: 'bigint' })
        expect(await tried([rename, bigger])).toEqual(['3 brown-out.one-way', '3 brown-out.one-way'])
        // What the config wishes is for what has something to hide.
        const nothing = [setDefault({ table: 'users', column: 'age', default: '5' })]
        expect(await tried(nothing)).toEqual(['3 brown-out.nothing', '0'])
        expect(await tried([bigger])).toEqual(['3 brown-out.nothing', '0'])
        // Who is locked out is not to be seen.
        const m = migrator(database, { m: [rename] }, { quietPeriod: 0, brownOut: 60_000 })
        await m.expand({ backfill: true })
        const fence = ['shop_v1']
        expect(await outcome(m.contract({ brownOut: 1000, fence }))).toBe('2 brown-out.fence')
        expect(await outcome(m.contract({ fence, dryRun: true }))).toBe('2 fence.user')
        const { notices = [] } = await m.contract({ brownOut: 1000, dryRun: true })
        expect(notices.join()).toContain('would hide the old shape on trial for 1 s')
        // Nor is it told only when there is something to contract.
        await m.rollback({ quietPeriod: 0 })
        expect(await outcome(m.contract({ brownOut: 1000, fence }))).toBe('2 brown-out.fence')
        await m.close()
      },
      3,
    ),
  )

  it.runIf(here)('that is stopped brings the old shape back first', () =>
    withUsers(
      there,
      async (database) => {
        const stop = new AbortController()
        const m = await backfilled(database, { signal: stop.signal, brownOut: 60_000 })
        const contract = outcome(m.contract({ brownOut: 1500, ...forced }))
        await expect.poll(() => m.events.some(isWatching), { timeout: 50_000 }).toBe(true)
        expect((await migrator(database).status()).migrations[0]).toMatchObject({
          state: 'contracting',
          brownOut: { seconds: 1.5, watched: true },
        })
        stop.abort()
        expect(await contract).toBe('130 interrupted')
        await run(database, writes(0))
        await m.close()
        const again = migrator(database)
        expect(await stateOf(again)).toBe('backfilled')
        await again.close()
      },
      500,
    ),
  )

  it.runIf(here)('of several tables that a gate closes at the second one has begun, and is taken back', () =>
    withUsers(
      there,
      async (database) => {
        await run(database, 'create table notes (id int primary key, note varchar(20))')
        await run(database, "insert into notes values (1, 'a')")
        const second = renameColumn({ table: 'notes', from: 'note', to: 'remark' })
        const m = migrator(database, { m: [rename, second] }, { quietPeriod: 2000, lockTimeout: 200 })
        await m.expand({ backfill: true })
        await sleep(3500)
        const reader = await family.session(database.url, 'report')
        await reader.run('begin; select count(*) from notes')
        const contract = outcome(m.contract({ brownOut: 200, ...forced }))
        await expect.poll(() => m.events.some(({ kind }) => kind === 'retry'), { timeout: 50_000 }).toBe(true)
        const other = await family.session(database.url, 'shop v1')
        await other.run("update notes set note = 'b' where id = 1")
        await reader.run('rollback')
        expect(await contract).toBe('5 gate.closed')
        await Promise.all([reader.end(), other.end()])
        await run(database, writes(0))
        expect(await stateOf(m)).toBe('backfilled')
        const kinds = (await m.history()).events.flatMap(({ kind, detail }) =>
          kind === 'brown-out-ended'
            ? [`${kind} ${JSON.parse(detail).end}`]
            : kind === 'rollback-finished'
              ? [kind]
              : [],
        )
        expect(kinds).toEqual(['rollback-finished', 'brown-out-ended stopped'])
        await m.close()
      },
      3,
    ),
  )

  it.runIf(here)('that cannot be taken back for now goes on trying, and is not begun again', () =>
    withUsers(
      there,
      async (database) => {
        const stop = new AbortController()
        const options = { signal: stop.signal, lockTimeout: 100, lockBudget: 300, brownOut: 60_000 }
        const m = await backfilled(database, options)
        const contract = outcome(m.contract({ brownOut: 1500, wait: 60_000, ...forced }))
        await expect.poll(() => m.events.some(isWatching), { timeout: 50_000 }).toBe(true)
        const reader = await family.session(database.url, 'report')
        await reader.run('begin; select count(*) from users')
        stop.abort()
        await sleep(2500)
        await reader.run('rollback')
        expect(await contract).toBe('130 interrupted')
        await reader.end()
        await run(database, writes(0))
        await m.close()
      },
      500,
    ),
  )

  it.runIf(full)('whose sessions are ended brings the old shape back on others', () =>
    withUsers(
      there,
      async (database) => {
        const m = await backfilled(database)
        const contract = outcome(m.contract({ brownOut: 2000, ...forced }))
        await expect.poll(() => m.events.some(isWatching), { timeout: 50_000 }).toBe(true)
        const holder = await rows<{ pid: number }>(
          database,
          `select pid from ${family.state('lease')} where name = 'ddl'`,
        )
        await run(database, family.endSession(Number(holder[0]?.pid)))
        expect(await contract).toMatch(/^75 /)
        await run(database, writes(0))
        const again = migrator(database)
        expect(await stateOf(again)).toBe('backfilled')
        await again.close()
        await m.close()
      },
      500,
    ),
  )

  describe('whose runner died', () => {
    /** As `kill -9` leaves it in the middle of the watch. */
    const left = async (database: TestDatabase) => {
      const m = await backfilled(database)
      await m.contract()
      await run(
        database,
        `update ${family.state('migrations')} set state = 'contracting', contracted_at = null, quarantined_until = null;
         insert into ${family.state('events')} (migration, kind, detail, actor) values ('m', 'brown-out-started', '{"generation": 0, "milliseconds": 300000}', 'x')`,
      )
      expect((await m.status()).migrations[0]).toMatchObject({ brownOut: { seconds: 300, watched: false } })
      return m
    }

    it.runIf(here)('is taken back by the next contract, which then goes on', () =>
      withUsers(
        there,
        async (database) => {
          const m = await left(database)
          expect(await outcome(m.contract())).toBe('0')
          expect(m.events.some((event) => event.kind === 'notice' && /the old shape is back/.test(event.message))).toBe(
            true,
          )
          expect(await stateOf(m)).toBe('contracted')
          const kinds = (await m.history()).events.map(({ kind }) => kind)
          expect(kinds).toEqual(expect.arrayContaining(['rollback-finished', 'brown-out-ended']))
          await m.close()
        },
        3,
      ),
    )

    it.runIf(full)('is taken back by rollback', () =>
      withUsers(
        there,
        async (database) => {
          const m = await left(database)
          expect(await outcome(m.rollback())).toBe('0')
          expect(await stateOf(m)).toBe('backfilled')
          await run(database, reads())
          await m.close()
        },
        3,
      ),
    )
  })
})

describeEveryServer('a brown-out with names of sessions', (server) => {
  it.runIf(full && !server.name.startsWith('mariadb'))(
    'ends when one of the old version connects, and keeps it in mind',
    () =>
      withUsers(
        server,
        async (database) => {
          const m = await backfilled(database, { oldApp: ['shop v1'], quietPeriod: 1500 })
          const contract = m.contract({ brownOut: 2000, wait: 30_000 }).catch((error: unknown) => error)
          await expect.poll(() => m.events.some(isWatching), { timeout: 50_000 }).toBe(true)
          const old = await familyOf(server).session(database.url, 'shop v1')
          // It is not tried on him again, however long may be waited.
          expect(await contract).toMatchObject({ code: 'brown-out.used', message: expect.stringContaining('shop v1') })
          await old.end()
          expect(await stateOf(m)).toBe('backfilled')
          const { migrations } = await m.ready({ quietPeriod: 3_600_000 })
          expect(migrations[0]?.gates.find(({ name }) => name === 'sessions')).toMatchObject({
            status: 'failed',
            reason: expect.stringMatching(/seen at .*: shop v1 as/),
          })
          await m.close()
        },
        500,
      ),
  )
})

// A server of its own, for MariaDB has performance_schema off.
describe.runIf(full)('with performance_schema', () => {
  describeEachStartableMysql('a brown-out', (server) => {
    let own: Awaited<ReturnType<typeof startOwn>> = null
    beforeAll(async () => {
      own = await startOwn(server, { 'performance-schema': 'ON' })
    })
    afterAll(() => own?.stop())

    it.each([
      ['reads', reads],
      ['writes', writes],
    ] as const)('brings the old shape back when somebody %s it', (_how, statement) =>
      withUsers({ url: own?.url ?? '' }, (database) => comesBack(database, statement), 500),
    )

    it('that nobody notices is a contract', () => withUsers({ url: own?.url ?? '' }, isQuiet, 500))
  })
})
