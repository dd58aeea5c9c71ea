import { expect, it } from 'vitest'
import { addColumn, changeType, createMigrator, setNotNull } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEachServer, describeEveryServer } from '../servers/databases.ts'
import { migrator, needs, outcome, rename, rows, run, withUsers } from './shop.ts'

describeEveryServer('the order of the phases', (server) => {
  const family = familyOf(server)

  it('is held, each wrong step with its own exit code', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      const named = { name: 'm' }
      expect(await outcome(m.backfill(named))).toBe('3 phase.order')
      expect(await outcome(m.contract(named))).toBe('3 phase.order')
      expect(await outcome(m.purge(named))).toBe('3 phase.order')
      expect(await outcome(m.rollback(named))).toBe('3 phase.order')
      expect(await outcome(m.expand({ name: 'nobody' }))).toBe('2 migration.unknown')
      expect(await outcome(m.expand(named))).toBe('0')
      expect(await outcome(m.expand(named))).toBe('0')
      expect(await outcome(m.contract(named))).toBe('5 gate.backfill')
      expect(await outcome(m.backfill(named))).toBe('0')
      expect(await outcome(m.contract({ ...named, quietPeriod: 0 }))).toBe('0')
      expect(await outcome(m.purge(named))).toBe('5 purge.retention')
      expect((await m.purge()).migrations).toEqual([])
      expect(await outcome(m.purge({ ...named, ignoreRetention: true }))).toBe('0')
      expect(await outcome(m.rollback(named))).toBe('3 rollback.completed')
      expect((await m.status()).migrations[0]).toMatchObject({ state: 'completed', quarantinedUntil: null })
      await m.close()
    }))

  it('finds that a file was edited after expand', () =>
    withUsers(server, async (database) => {
      const first = migrator(database)
      await first.expand()
      await first.close()
      const edited = migrator(database, { m: [rename, setNotNull({ table: 'users', column: 'age', up: '0' })] })
      for (const verb of [edited.expand(), edited.backfill(), edited.contract()]) {
        expect(await outcome(verb)).toBe('6 migration.edited')
      }
      await edited.close()
    }))

  it('leaves out, unnamed, what was rolled back and has no file any more', () =>
    withUsers(server, async (database) => {
      const first = migrator(database, { bad: [rename] })
      await first.expand()
      const without = migrator(database, { m: [setNotNull({ table: 'users', column: 'age', up: '0' })] })
      await first.rollback({ quietPeriod: 0 })
      await first.close()
      const notices = ['bad is pending and has no file here: it is left out']
      const names = ({ migrations }: { migrations: readonly { name: string }[] }) => migrations.map(({ name }) => name)
      expect(names(await without.status())).toEqual(['bad', 'm'])
      expect((await without.status()).migrations[0]?.gone).toBe(true)
      const planned = await without.plan()
      expect([names(planned), planned.notices]).toEqual([['m'], notices])
      for (const verb of [() => without.plan({ name: 'bad' }), () => without.expand({ name: 'bad' })])
        expect(await outcome(verb())).toBe('2 migration.no-file')
      const expanded = await without.expand()
      expect([names(expanded), expanded.notices]).toEqual([['m'], notices])
      const run = await without.up({ allowTraffic: true })
      expect([names(run), run.notices]).toEqual([['m'], notices])
      await without.close()
      // Without a folder nobody can say that a file is gone.
      const nowhere = createMigrator({ database: database.url })
      expect(await outcome(nowhere.expand())).toBe('2 migration.no-file')
      await nowhere.close()
    }))

  it('goes back and forth without losing a write of either version', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      const write = (sql: string): Promise<unknown> => run(database, sql)
      await m.expand()
      await m.backfill()
      await write(`insert into users (full_name) values ('from v2'); update users set full_name = 'v2' where id = 1`)
      await m.contract({ quietPeriod: 0 })
      await write(
        `insert into users (full_name) values ('after contract'); update users set full_name = null where false`,
      )
      await m.rollback()
      await write(`update users set name = 'v1' where id = 2`)
      const found = await rows(
        database,
        'select name, full_name from users where id in (1, 2) or id > 1000 order by id',
      )
      expect(found.map((row) => [row.name, row.full_name])).toEqual([
        ['v2', 'v2'],
        ['v1', 'v1'],
        ['from v2', 'from v2'],
        ['after contract', 'after contract'],
      ])
      await m.rollback({ quietPeriod: 0 })
      const after = await rows(database, 'select * from users order by id desc limit 1')
      expect(after[0]).toEqual({ id: expect.any(Number), name: 'after contract', age: null, email: null })
      await m.close()
    }))

  it('refuses to lose what only the new shape can hold, naming the rows', (context) =>
    withUsers(server, async (database) => {
      const nick = addColumn({ table: 'users', column: 'nick', type: 'text' })
      await needs(context, server, database, nick)
      const m = migrator(database, { m: [nick] })
      await m.expand()
      await m.backfill()
      await run(database, `update users set nick = 'x' where id = 7`)
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('4 rollback.loss')
      expect(await outcome(m.rollback({ acceptLoss: true }))).toBe('2 rollback.reason')
      expect(await outcome(m.rollback({ acceptLoss: true, reason: 'test', quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('keeps apart what is in flight at the same time', (context) =>
    withUsers(server, async (database) => {
      const wider = changeType({ table: 'users', column: 'age', to: 'bigint' })
      await needs(context, server, database, wider)
      const m = migrator(database, { a: [rename], b: [wider], c: [setNotNull({ table: 'users', column: 'name' })] })
      await m.expand({ name: 'a' })
      await m.expand({ name: 'b' })
      expect(await outcome(m.expand({ name: 'c' }))).toMatch(/^3 plan\./)
      // Not one set for each migration: one for each replication role, or one for each event.
      expect((await family.catalog(database.url)).match(/^trigger .*users.*$/gm)?.length).toBe(2)
      await run(database, `insert into users (name, age) values ('both', 5)`)
      await m.backfill()
      await m.contract({ name: 'b', quietPeriod: 0, retention: 0 })
      await run(database, `insert into users (full_name, age) values ('later', 6)`)
      const found = await rows(
        database,
        `select name, full_name, ${family.text('age')} as age from users where id > 1000 order by id`,
      )
      expect(found).toEqual([
        { name: 'both', full_name: 'both', age: '5' },
        { name: 'later', full_name: 'later', age: '6' },
      ])
      await m.contract({ name: 'a', quietPeriod: 0, retention: 0 })
      await m.close()
    }))

  it('walks, for tests, through all states', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      const states: string[] = []
      for await (const { state } of m.walk()) states.push(state)
      expect(states).toEqual(['expanded', 'backfilled', 'contracted', 'completed'])
      await m.close()
    }))
})

// What an index or a check of MySQL and MariaDB says about a type, they convert by themselves: nothing there refuses it.
describeEachServer('what stands on a column', (server) => {
  it('is found before anything is done, when an index or a check cannot be on the new type', () =>
    withUsers(server, async (database) => {
      const toText = { m: [changeType({ table: 'users', column: 'age', to: 'text', as: 'years' })] }
      for (const ddl of [
        'alter table users add constraint grown check (age > -1)',
        'create index on users ((age + 1))',
      ]) {
        await run(database, ddl)
        const m = migrator(database, toText)
        expect(await outcome(m.expand())).toBe('3 plan.cannot-carry')
        await m.close()
        await run(database, 'alter table users drop constraint if exists grown')
      }
      const found = await rows(
        database,
        `select count(*)::int as left from pg_attribute where attrelid = 'users'::regclass and attname = 'years'`,
      )
      expect(found).toEqual([{ left: 0 }])
    }))
})
