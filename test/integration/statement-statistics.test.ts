import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { MysqlSettings } from '../../src/embedded/mysql/settings.ts'
import { startEmbedded } from '../../src/embedded/server.ts'
import type { Gate, GateOptions, Migrator } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import {
  connect,
  connectMysql,
  describeEveryServer,
  describeEveryStartableServer,
  type TestDatabase,
  type TestServer,
} from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'
import { migrator, outcome, rows, run, withUsers } from './shop.ts'

const quietPeriod = 1000
const required: GateOptions = { quietPeriod, requireGate: ['statements'] }

const gateOf = async (m: Migrator, options: GateOptions = required): Promise<Gate> =>
  (await m.ready(options)).migrations[0]?.gates.find(({ name }) => name === 'statements') as Gate

/** A server of its own that counts statements: that of all tests has seen so many that there is no place for more. */
async function counting(server: TestServer): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  if (server.kind === 'postgres') {
    const settings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': 500 }
    return startEmbedded({ major: server.major, durable: false, settings })
  }
  return ownMysql(server, {})
}

async function ownMysql(server: TestServer, settings: MysqlSettings) {
  const own = await startOwn(server, { 'performance-schema': 'ON', ...settings })
  if (own === null) throw new Error(`${server.name} is not there to be started`)
  return own
}

async function counted(own: { readonly url: string }, body: (database: TestDatabase) => Promise<void>): Promise<void> {
  const watched = async (database: TestDatabase): Promise<void> => {
    // Any schema will do.
    if (own.url.startsWith('postgres'))
      await run(database, 'create schema watch; create extension pg_stat_statements schema watch')
    await body(database)
  }
  await withUsers(own, watched, 20)
}

/** As a driver does that prepares what it says. */
async function prepared(database: TestDatabase, sql: string): Promise<void> {
  if (database.url.startsWith('postgres')) {
    const client = await connect(database.url)
    await client.query({ name: 'a', text: sql.replace('?', '$1'), values: [1] })
    await client.end()
  } else {
    const client = await connectMysql(database.url)
    await client.execute(sql, [1])
    await client.end()
  }
}

describeEveryStartableServer('statements that the server has counted', (server) => {
  let own: Awaited<ReturnType<typeof counting>>
  beforeAll(async () => {
    own = await counting(server)
  }, 120_000)
  afterAll(() => own.stop())

  it(
    'of the old version close contract, until none was executed for as long; ours and those of the new one do not',
    {
      timeout: 120_000,
    },
    () =>
      counted(own, async (database) => {
        const m = migrator(database)
        await m.expand({ backfill: true })
        expect(await gateOf(m, { ...required, quietPeriod: 3_600_000 })).toMatchObject({
          status: 'unknown',
          reason: expect.stringContaining('the backfill ended'),
        })
        await run(database, 'select name from users where id = 1')
        if (server.kind !== 'mariadb') await prepared(database, 'select age, name from users where id = ?')
        // MariaDB tells whole seconds.
        await sleep(quietPeriod + (server.kind === 'mariadb' ? 1000 : 0))
        await run(database, "select u.full_name from users u where u.id in (1, 2) and u.full_name <> 'name'")
        if (server.kind !== 'mariadb') await prepared(database, 'select full_name from users where id = ?')
        if (server.kind === 'postgres')
          expect(await gateOf(m)).toMatchObject({
            status: 'unknown',
            reason: expect.stringMatching(
              /^executed since .* is not known before the next look: select (age, )?name from/,
            ),
            retryAfterSeconds: expect.toSatisfy((seconds) => seconds === 1),
          })
        const told = await gateOf(m, { quietPeriod })
        expect([told.status, told.reason]).toEqual(
          server.kind === 'postgres'
            ? ['advisory', expect.stringContaining('executed since')]
            : ['ok', expect.stringMatching(/^no statement that names .*users\.name was executed within 1 s$/)],
        )
        let over = false
        const reader = (async () => {
          while (!over) {
            await run(database, 'select name from users where id = 7')
            await sleep(100)
          }
        })()
        const closed = await m.contract({ ...required, wait: 800 }).catch((error: Error) => error)
        over = true
        await reader
        expect(String(closed)).toMatch(/statements: executed (within|since) .* names .*users\.name.*select .*name/is)
        const { migrations } = await m.contract({ ...required, wait: 30_000 })
        expect(migrations[0]?.state).toBe('contracted')
        const [found] = await rows<{ value: unknown }>(
          database,
          `select value from ${familyOf(server).state('samples')} where kind = 'statements' order by at desc`,
        )
        expect(found === undefined).toBe(server.kind === 'mysql')
        expect(JSON.stringify(found ?? '')).not.toContain('select')
        await m.close()
      }),
  )

  it('tell nothing where they are not all there, and the gate says why', { timeout: 120_000 }, () =>
    counted(own, async (database) => {
      const m = migrator(database)
      // Seconds on MariaDB.
      const quiet = { quietPeriod: server.kind === 'mariadb' ? 2500 : 1500 }
      const gate = async (options: GateOptions = {}): Promise<string> => {
        const { status, reason } = await gateOf(m, { ...required, ...options })
        return `${status}: ${reason}`
      }
      // On a machine that is busy the moment may have passed before the look.
      const saidAfter = (sql: string, expected: RegExp): Promise<void> =>
        expect
          .poll(() => run(database, sql).then(() => gate(quiet)), { timeout: 30_000, interval: 1 })
          .toMatch(expected)
      await m.expand({ backfill: true })
      await sleep(quiet.quietPeriod)
      expect(await gate(quiet)).toMatch(/^ok: /)
      await saidAfter('select u.* from users u', /^unknown: executed within .*takes all columns.*select .?u/i)
      expect(await gateOf(m, { ...required, quietPeriod: 3_600_000, accept: ['statements'] })).toMatchObject({
        status: 'forced',
      })
      if (server.kind === 'postgres') {
        const asApp = new URL(database.url)
        asApp.username = 'app'
        await run(database, 'create role app login; grant usage on schema watch to app')
        const other = migrator({ ...database, url: asApp.href })
        expect((await gateOf(other)).reason).toMatch(/texts of statements of other roles are hidden/)
        await other.close()
        await run(database, "alter role app set pg_stat_statements.track = 'none'")
        expect(await gate()).toBe('unknown: not all statements are counted: it is off for role app')
        await run(database, 'alter role app reset all')
        const many = Array.from({ length: 800 }, (_, at) => `select ${'1, '.repeat(at)}1`).join('; ')
        await run(database, many)
        expect(await gate(quiet)).toMatch(/^unknown: .*was full and has dropped entries/)
        await run(database, 'select watch.pg_stat_statements_reset(); drop owned by app; drop role app')
        expect(await gate()).toMatch(
          /^unknown: (the statistics begin at .* within the quiet period|no look at the statistics is older)/,
        )
        await run(database, 'drop extension pg_stat_statements')
        expect(await gate()).toBe('unknown: the extension pg_stat_statements is not in this database')
      } else {
        const long = Array.from({ length: 200 }, (_, at) => `abs(id) <> ${at}`).join(' and ')
        await saidAfter(`select id from users where ${long} and name = 'a'`, /^unknown: .*cannot be seen: select .?id/i)
      }
      if (server.kind === 'mariadb') {
        await sleep(quiet.quietPeriod)
        await prepared(database, 'select full_name from users where id = ?')
        expect(await gate(quiet)).toMatch(/^unknown: .*prepared statements were executed/)
        await run(
          database,
          "update performance_schema.setup_consumers set enabled = 'NO' where name = 'statements_digest'",
        )
        expect(await gate()).toBe('unknown: not all statements are counted: the consumer statements_digest')
        await run(
          database,
          "update performance_schema.setup_consumers set enabled = 'YES' where name = 'statements_digest'",
        )
      }
      await m.close()
    }),
  )

  it.runIf(process.env.MATRIX === 'full' && server.kind !== 'postgres')(
    'that found no place are unknown',
    { timeout: 120_000 },
    async () => {
      const small = await ownMysql(server, { 'performance-schema-digests-size': 5 })
      try {
        await counted(small, async (database) => {
          const m = migrator(database)
          await m.expand({ backfill: true })
          await sleep(quietPeriod)
          expect((await gateOf(m)).reason).toMatch(/found no place in the statistics/)
          await m.close()
        })
      } finally {
        await small.stop()
      }
    },
  )
})

describeEveryServer('without statistics of statements', (server) => {
  it.skipIf(server.kind === 'mysql')('the gate tells so, and closes where it is required', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand({ backfill: true })
      expect(await gateOf(m, { quietPeriod: 0 })).toMatchObject({
        status: 'advisory',
        reason: expect.stringMatching(/^(the extension pg_stat_statements is not|performance_schema is off)/),
      })
      expect(await outcome(m.contract({ quietPeriod: 0, requireGate: ['statements'] }))).toBe('5 gate.closed')
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }),
  )
})
