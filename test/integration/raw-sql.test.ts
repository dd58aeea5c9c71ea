import { expect, it } from 'vitest'
import { type Intent, rawSql } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { failureOf } from './input/setup.ts'
import { migrator, outcome, rows, run, withUsers } from './shop.ts'

const build = {
  postgres: 'create index concurrently late on users (age)',
  mysql: 'alter table users add index late (age), lock=none',
}
const drop = { postgres: 'drop index concurrently late', mysql: 'alter table users drop index late, lock=none' }
const isThere = {
  postgres: "select exists (select 1 from pg_indexes where indexname = 'late')",
  mysql: "select count(*) from information_schema.statistics where table_schema = database() and index_name = 'late'",
}
const alone = { expand: build, rollback: drop, reason: 'to see' }

describeEveryServer('a statement of one’s own that no transaction ties to its record', (server) => {
  const family = familyOf(server)
  const indexes = async (database: TestDatabase): Promise<number> =>
    Number(Object.values((await rows(database, isThere[family.name]))[0]!)[0])

  /** Runs the command, and breaks the connection at the statement: before the server sees it, or when it is done. */
  async function broken(
    database: TestDatabase,
    intents: readonly Intent[],
    at: 'before' | 'after',
    statement: string,
    command: 'expand' | 'rollback',
  ): Promise<void> {
    let cut = false
    const fate = (sql: string): 'cut' | 'forward' => {
      cut ||= sql === statement
      return cut ? 'cut' : 'forward'
    }
    const proxy = await family.proxy(database.url, { [at]: ({ sql }: { readonly sql: string }) => fate(sql) })
    const through = migrator({ ...database, url: proxy.url }, { m: intents })
    expect(await outcome(through[command](command === 'rollback' ? { quietPeriod: 0 } : {}))).not.toBe('0')
    await through.close()
    await proxy.close()
    await family.settled(database.url)
    expect(cut).toBe(true)
  }

  it('is told with what lint finds in it, of the phase in which it runs', () =>
    withUsers(server, async (database) => {
      const expand = 'alter table users rename column age to years'
      const contract = 'alter table users rename column years to age'
      const m = migrator(database, { m: [rawSql({ expand, contract, reason: 'to see' })] })
      const { migrations } = await m.plan()
      expect(migrations[0]!.hazards.filter(({ code }) => code === 'rename-column')).toMatchObject([
        { severity: 'warn', statement: expand, docs: 'docs/lint.md#rename-column' },
      ])
      await m.close()
    }))

  it.for(['before', 'after'] as const)('is not run again when nobody knows whether it was done (cut off %s it)', (at) =>
    withUsers(server, async (database) => {
      const intents = [rawSql(alone)]
      await broken(database, intents, at, build[family.name], 'expand')
      const m = migrator(database, { m: intents })
      expect(await outcome(m.expand())).toBe('3 step.unknown')
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('3 step.unknown')
      expect((await m.repair({ dryRun: true })).findings).toMatchObject([{ done: false }])
      expect(await outcome(m.repair({ done: ['expand.raw.1'] }))).toBe('2 repair.name')
      expect(await outcome(m.repair({ name: 'm', done: ['expand.raw.2'] }))).toBe('2 repair.step')
      const found = at === 'after' ? 'done' : 'undone'
      expect((await m.repair({ name: 'm', [found]: ['expand.raw.1'] })).findings).toMatchObject([{ done: true }])
      expect(await outcome(m.expand())).toBe('0')
      expect(await indexes(database)).toBe(1)
      expect((await m.repair()).findings).toEqual([])
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      expect(await indexes(database)).toBe(0)
      await m.close()
    }),
  )

  it('is looked for with the query that the author gives', () =>
    withUsers(server, async (database) => {
      const isGone = {
        postgres: isThere.postgres.replace('select exists', 'select not exists'),
        mysql: `select 0 = (${isThere.mysql})`,
      }
      const probe = { expand: isThere, rollback: isGone }
      const intents = [rawSql({ ...alone, probe })]
      const plan = migrator(database, { m: intents })
      expect(await plan.planSql()).toContain(`-- asked before: ${isThere[family.name]};\n${build[family.name]};`)
      await plan.close()
      for (const at of ['before', 'after'] as const) {
        await broken(database, intents, at, build[family.name], 'expand')
        const ends = async (command: 'expand' | 'rollback', count: number): Promise<void> => {
          const m = migrator(database, { m: intents })
          expect(await outcome(m[command](command === 'rollback' ? { quietPeriod: 0 } : {}))).toBe('0')
          expect(await indexes(database)).toBe(count)
          await m.close()
        }
        await ends('expand', 1)
        await broken(database, intents, at, drop[family.name], 'rollback')
        await ends('rollback', 0)
      }
    }))

  it('that only changes rows is one with its record, wherever the runner dies', () =>
    withUsers(server, async (database) => {
      const insert = `insert into users (name) values ('raw')`
      const intents = [rawSql({ expand: insert, rollback: `delete from users where name = 'raw'`, reason: 'to see' })]
      await broken(database, intents, 'after', insert, 'expand')
      const m = migrator(database, { m: intents })
      expect(await outcome(m.expand())).toBe('0')
      expect(await rows(database, `select name from users where name = 'raw'`)).toEqual([{ name: 'raw' }])
      await m.close()
    }))

  it('is tried again when the server refused it', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [rawSql(alone)] })
      await run(database, 'create index late on users (email)')
      expect(await outcome(m.expand())).toMatch(/^3 database\./)
      await run(database, family.name === 'mysql' ? 'drop index late on users' : 'drop index late')
      expect(await outcome(m.expand())).toBe('0')
      expect(await indexes(database)).toBe(1)
      await m.close()
    }))

  it('needs a probe that is a question, about one statement', () =>
    withUsers(server, async (database) => {
      for (const probe of ['drop table users', 'select 1; select 2']) {
        const m = migrator(database, { m: [rawSql({ ...alone, probe: { expand: probe } })] })
        expect(await outcome(m.plan())).toBe('2 migration.raw-sql')
        await m.close()
      }
      const two = migrator(database, {
        m: [rawSql({ expand: 'select 1; select 2', probe: { expand: 'select 1' }, reason: 'to see' })],
      })
      expect(await outcome(two.plan())).toBe('2 migration.raw-sql')
      await two.close()
    }))

  it.for(['expand', 'backfill', 'contract', 'rollback'] as const)('ends no transaction of ours (%s)', (script) =>
    withUsers(server, async (database) => {
      const one = { expand: `insert into users (name) values ('one')`, reason: 'to see' }
      const m = migrator(database, { m: [rawSql({ ...one, [script]: `${one.expand}; commit; rollback` })] })
      expect(await outcome(m.expand())).toBe('2 migration.raw-sql')
      expect(await rows(database, `select name from users where name = 'one'`)).toEqual([])
      await m.close()
    }),
  )

  it.for([
    ['3 database.statement', { postgres: 'do $$begin commit; end$$', mysql: `signal sqlstate '45000'` }],
    ['3 database.statement', { postgres: `do $$begin raise 'no'; end$$`, mysql: `signal sqlstate '45000'` }],
    [
      '3 database.statement',
      { postgres: `select set_config('role', 'nosuch', true)`, mysql: `signal sqlstate '45000'` },
    ],
    ['3 database.missing-table', { postgres: 'delete from nosuch', mysql: 'delete from nosuch' }],
    [
      '4 data.conversion',
      {
        postgres: `insert into users (age) values ('x'::text::int)`,
        mysql: `insert into users (name, age) values ('n', 'x')`,
      },
    ],
  ] as const)('that the server refuses is the author’s to mend: %s', ([end, expand]) =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [rawSql({ expand, reason: 'to see' })] })
      const failure = await failureOf(m.expand())
      expect(`${failure.exitCode} ${failure.code}`).toBe(end)
      expect(failure.message).toMatch(/^expand\.raw\.1: /)
      expect(failure.message).toContain(expand[family.name])
      expect(failure.hint).toContain('this statement of rawSql')
      await m.close()
      // What may be half done there says so, and is not taken for undone.
      if (failure.hint?.includes('a part') === true) return
      const other = migrator(database, { m: [rawSql({ expand: 'select 1', reason: 'to see' })] })
      expect(await outcome(other.rollback({ quietPeriod: 0 }))).toBe('0')
      expect(await outcome(other.expand())).toBe('0')
      await other.close()
    }),
  )
})
