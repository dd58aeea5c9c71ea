import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openEnvironment } from '../../src/runner/open.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from './shop.ts'

const second = ['app_versions', 'checks', 'heartbeats']

/** The state tables as the first layout had them. */
async function layoutOne(database: TestDatabase): Promise<void> {
  const { state } = familyOf(database)
  const environment = openEnvironment({ database: database.url })
  await (await environment.ledger()).ensure()
  await environment.close()
  for (const name of second) await run(database, `drop table ${state(name)}`)
  await run(database, `update ${state('meta')} set version = 1`)
}

const layoutOf = async (database: TestDatabase): Promise<number> =>
  Number(
    (await rows<{ version: number }>(database, `select version from ${familyOf(database).state('meta')}`))[0]?.version,
  )

async function tablesOf(database: TestDatabase): Promise<readonly string[]> {
  const found = await rows<{ n: string }>(
    database,
    `select table_name as n from information_schema.tables where ${familyOf(database).name === 'postgres' ? "table_schema = 'bellows'" : "table_schema = database() and left(table_name, 8) = 'bellows_'"} order by 1`,
  )
  return found.map(({ n }) => n.replace('bellows_', ''))
}

describeEveryServer('state tables of an older layout', (server) => {
  const { name: family, state } = familyOf(server)

  it('are read as they are, and brought to the new one by the first command that writes', () =>
    withUsers(
      server,
      async (database) => {
        await layoutOne(database)
        const m = migrator(database)
        expect((await m.status()).migrations).toMatchObject([{ state: 'pending' }])
        await m.history()
        await m.plan()
        expect(await outcome(m.expand({ dryRun: true }))).toBe('0')
        expect(await layoutOf(database)).toBe(1)
        await m.expand()
        expect(await layoutOf(database)).toBe(2)
        expect(await tablesOf(database)).toEqual(expect.arrayContaining(second))
        expect(await outcome(m.backfill())).toBe('0')
        await m.close()
      },
      3,
    ))

  it('go on where a runner died in the middle of that', () =>
    withUsers(
      server,
      async (database) => {
        await layoutOne(database)
        const environment = openEnvironment({ database: database.url })
        const ledger = await environment.ledger()
        const session = await environment.worker()
        const statements = (await environment.dialect()).state.upgrade('bellows', 1)
        for (let died = 1; died < statements.length; died++) {
          // What PostgreSQL has not committed is not there; what the others have done is.
          await session
            .transaction(async () => {
              for (const statement of statements.slice(0, died)) await session.query(statement)
              throw new Error('died')
            })
            .catch(() => undefined)
          expect(await ledger.layout()).toBe(1)
        }
        await ledger.ensure()
        expect(await ledger.layout()).toBe(2)
        await environment.close()
      },
      1,
    ))

  it('are brought there by several at once, and once', () =>
    withUsers(
      server,
      async (database) => {
        await layoutOne(database)
        const environments = [1, 2, 3, 4].map(() => openEnvironment({ database: database.url }))
        const ledgers = await Promise.all(environments.map((each) => each.ledger()))
        expect(await Promise.all(ledgers.map((each) => outcome(each.ensure())))).toEqual(['0', '0', '0', '0'])
        expect(await layoutOf(database)).toBe(2)
        for (const each of environments) await each.close()
      },
      1,
    ))

  it('stay as they are where a table of others has a name of the new ones (2)', () =>
    withUsers(
      server,
      async (database) => {
        await layoutOne(database)
        await run(database, `create table ${state('checks')} (id int primary key)`)
        const before = await tablesOf(database)
        const m = migrator(database)
        expect(await outcome(m.expand())).toBe('2 config.state-schema')
        expect(await tablesOf(database)).toEqual(before)
        expect(await layoutOf(database)).toBe(1)
        await m.close()
      },
      1,
    ))

  it('of a newer one are refused by every command (3)', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        await m.expand()
        await run(database, `update ${state('meta')} set version = 3`)
        expect(await outcome(m.status())).toBe('3 ledger.newer')
        expect(await outcome(m.backfill())).toBe('3 ledger.newer')
        await m.close()
      },
      1,
    ))

  it.runIf(family === 'postgres')('belong to their owner, whoever brings them there', () =>
    withUsers(
      server,
      async (database) => {
        const role = `owner_${database.url.split('/').at(-1)?.replace(/\W/g, '').slice(-20)}`
        await run(database, `create role ${role}; create role ${role}_w; grant create on schema public to ${role}`)
        try {
          await layoutOne(database)
          const names = (await tablesOf(database)).map((name) => `alter table bellows.${name} owner to ${role};`)
          await run(database, `alter schema bellows owner to ${role}; ${names.join(' ')}`)
          await run(
            database,
            `grant usage on schema bellows to ${role}_w; grant all on all tables in schema bellows to ${role}_w`,
          )
          const writer = openEnvironment({ database: database.url, setRole: `${role}_w` })
          await expect((await writer.ledger()).ensure()).rejects.toMatchObject({
            exitCode: 3,
            code: 'database.privilege',
            message: expect.stringContaining('the state tables in bellows have layout 1, and may not be brought to 2'),
          })
          await writer.close()
          expect(await layoutOf(database)).toBe(1)
          const m = migrator(database)
          await m.expand()
          await m.close()
          expect(
            await rows(database, "select distinct tableowner::text as o from pg_tables where schemaname = 'bellows'"),
          ).toEqual([{ o: role }])
        } finally {
          await run(database, `drop owned by ${role}, ${role}_w cascade; drop role ${role}, ${role}_w`)
        }
      },
      1,
    ),
  )

  it('let an app say that it runs, by the statement that the docs give', async () => {
    const docs = await readFile(new URL('../../docs/state-tables.md', import.meta.url), 'utf8')
    const [ours = ''] =
      docs.match(family === 'postgres' ? /insert into bellows[^;]+;/ : /INSERT INTO bellows_heartbeats[^;]+;/) ?? []
    const said = ["'shop'", "'v1'", "'pod-1'"].reduce((sql, value) => sql.replace(/\$\d|\?/, value), ours)
    await withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        await m.expand()
        const doctor = await m.doctor()
        expect(doctor.checks.find(({ name }) => name === 'heartbeats')).toMatchObject({ status: 'ok' })
        await m.close()
        await run(database, said)
        await run(database, said)
        const [row] = await rows<{ n: unknown; later: unknown }>(
          database,
          `select count(*) as n, max(case when at >= since then 1 else 0 end) as later from ${state('heartbeats')}`,
        )
        expect([Number(row?.n), Number(row?.later)]).toEqual([1, 1])
      },
      1,
    )
  })
})
