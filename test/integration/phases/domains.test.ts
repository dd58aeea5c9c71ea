import { expect, it } from 'vitest'
import {
  addColumn,
  changeType,
  createMigrator,
  dropColumn,
  type Intent,
  type Migrator,
  renameColumn,
  setNotNull,
} from '../../../src/index.ts'
import { createDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { outcome, rows, run } from '../shop.ts'

const table = `revoke create on schema public from public;
  create domain word as text default 'zz';
  create domain must as text not null check (value <> '');
  create domain musts as must;
  create table t (id int primary key, a word, n int);
  insert into t values (1, 'one', 1), (2, null, 2)`

// Only PostgreSQL has domains.
describeEachServer('a column of a domain', (server) => {
  const played = async (
    intent: Intent,
    body: (migrator: Migrator, database: TestDatabase) => Promise<void>,
  ): Promise<void> => {
    const database = await createDatabase(server)
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [intent] } } })
    try {
      await run(database, table)
      await body(migrator, database)
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  it('with a default is renamed without its default standing in for a value', () =>
    played(renameColumn({ table: 't', from: 'a', to: 'b' }), async (m, database) => {
      await m.expand()
      await run(
        database,
        `insert into t (id, a) values (3, 'three'); insert into t (id) values (4); insert into t (id, b) values (5, 'five')`,
      )
      await m.backfill()
      const expected = [
        { a: 'one', b: 'one' },
        { a: null, b: null },
        { a: 'three', b: 'three' },
        { a: 'zz', b: 'zz' },
        { a: 'five', b: 'five' },
      ]
      expect(await rows(database, 'select a, b from t order by id')).toEqual(expected)
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await run(database, 'insert into t (id) values (6)')
      expect(await rows(database, 'select b from t where id = 6')).toEqual([{ b: 'zz' }])
      expect(await outcome(m.rollback())).toBe('0')
      expect(await rows(database, 'select a from t where id = 6')).toEqual([{ a: 'zz' }])
    }))

  it('is what a type is changed to: the domain’s default holds from contract on, and not before', () =>
    played(changeType({ table: 't', column: 'n', to: 'word', as: 'b', down: 'b::int' }), async (m, database) => {
      await m.expand()
      await run(database, 'insert into t (id, n) values (3, 3); insert into t (id) values (4)')
      await m.backfill()
      expect(await rows(database, 'select n, b from t where id > 2 order by id')).toEqual([
        { n: 3, b: '3' },
        { n: null, b: null },
      ])
      await m.contract({ quietPeriod: 0 })
      await run(database, 'insert into t (id) values (5)')
      expect(await rows(database, 'select b from t where id = 5')).toEqual([{ b: 'zz' }])
      await run(database, `delete from t where id = 5`)
      await m.rollback()
      await run(database, 'insert into t (id, n) values (6, 6)')
      expect(await rows(database, 'select b from t where id = 6')).toEqual([{ b: '6' }])
    }))

  it('is added and filled by up, with the domain’s default from contract on', () =>
    played(addColumn({ table: 't', column: 'b', type: 'word', up: 'a' }), async (m, database) => {
      await m.expand()
      await run(database, `insert into t (id, a) values (3, 'three')`)
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      await run(database, 'insert into t (id, a) values (4, null)')
      expect(await rows(database, 'select b from t order by id')).toEqual([
        { b: 'one' },
        { b: null },
        { b: 'three' },
        { b: 'zz' },
      ])
    }))

  it.each(['must', 'musts'])('with rules (%s) is renamed without the table being made anew', (type) =>
    played(renameColumn({ table: 't', from: 'a', to: 'b' }), async (m, database) => {
      await run(
        database,
        `update t set a = 'two' where a is null; alter table t alter a type ${type}, alter a set default 'none'`,
      )
      const file = async (): Promise<unknown> => rows(database, `select pg_relation_filenode('t') as file`)
      const before = await file()
      await m.expand()
      expect(await file()).toEqual(before)
      await run(database, `insert into t (id, a) values (3, 'three'); insert into t (id, b) values (4, 'four')`)
      await expect(run(database, `insert into t (id, b) values (5, '')`)).rejects.toThrow(/must/)
      await m.backfill()
      const values = [{ a: 'one' }, { a: 'two' }, { a: 'three' }, { a: 'four' }]
      expect(await rows(database, 'select b as a from t order by id')).toEqual(values)
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      expect((await m.verify()).migrations).toMatchObject([{ ok: true }])
      await run(database, `update t set b = 'FOUR' where id = 4`)
      expect(await outcome(m.rollback())).toBe('0')
      expect(await rows(database, 'select a from t where id = 4')).toEqual([{ a: 'FOUR' }])
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      expect(await file()).toEqual(before)
    }),
  )

  it('that refuses NULL and has no default is not renamed: INSERTs of the new version would fail (3)', () =>
    played(renameColumn({ table: 't', from: 'a', to: 'b' }), async (m, database) => {
      await run(database, `update t set a = 'two' where a is null; alter table t alter a type must`)
      expect(await outcome(m.expand())).toBe('3 plan.domain-not-null')
    }))

  it.each([
    ['renamed', renameColumn({ table: 't', from: 'a', to: 'b' })],
    ['changed, under the same name', changeType({ table: 't', column: 'a', to: 'varchar(9)' })],
    ['changed', changeType({ table: 't', column: 'a', to: 'varchar(9)', as: 'b' })],
    ['dropped', dropColumn({ table: 't', column: 'a' })],
  ])('that refuses NULL by a CHECK is not %s (3)', (_, intent) =>
    played(intent, async (m, database) => {
      await run(
        database,
        `create domain given as text check (value is not null and value <> '');
         update t set a = 'two' where a is null; alter table t alter a type given, alter a drop default`,
      )
      expect(await outcome(m.expand())).toBe('3 plan.domain-not-null')
    }),
  )

  it.each([
    ['changed, under the same name', changeType({ table: 't', column: 'a', to: 'varchar(9)' })],
    ['changed', changeType({ table: 't', column: 'a', to: 'varchar(9)', as: 'b' })],
    ['dropped', dropColumn({ table: 't', column: 'a', down: `'z'` })],
    ['filled', setNotNull({ table: 't', column: 'a', up: `'z'` })],
  ])('that refuses NULL and has a default is not %s: its trigger would fail statements (3)', (_, intent) =>
    played(intent, async (m, database) => {
      await run(database, `update t set a = 'two' where a is null; alter table t alter a type must`)
      await run(database, `alter table t alter a set default 'none'`)
      expect(await outcome(m.expand())).toBe('3 plan.domain-not-null')
    }),
  )

  it.each([
    [
      'what a type is changed to',
      changeType({ table: 't', column: 'n', to: 'musts', as: 'b', down: 'b::int' }),
      '3 plan.domain-rules',
    ],
    ['added', addColumn({ table: 't', column: 'b', type: 'must' }), '3 plan.domain-rules'],
    ['added as serial', addColumn({ table: 't', column: 'b', type: 'bigserial' }), '3 plan.serial'],
    [
      'added from a sequence without a schema',
      addColumn({ table: 't', column: 'b', type: 'int', default: "nextval('s')" }),
      '2 migration.sequence',
    ],
  ])('is refused where the server would make the table anew, or it could not be filled: %s', (_, intent, expected) =>
    played(intent, async (m) => {
      expect(await outcome(m.expand())).toBe(expected)
    }),
  )
})
