import { expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  createMigrator,
  type Intent,
  type Migrator,
  renameColumn,
} from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

const table = 't'
const rename = renameColumn({ table, from: 'a', to: 'title' })
const wider = changeType({ table, column: 'b', to: 'varchar(30)' })
const larger = changeType({ table, column: 'c', to: 'bigint' })
const index = (name: string, columns: string[], more: { unique?: true; enforce?: 'backfill' } = {}): Intent =>
  addIndex({ table, name, columns, ...more })

const added = addColumn({ table, column: 'text', type: 'varchar(30)', up: "concat('no ', a)" })
const derived = changeType({ table, column: 'c', to: 'bigint', up: 'coalesce(c, a)', down: 'c' })

const columns = 'id int primary key, a int not null, b varchar(10) not null, c int'

// An index of two columns follows both of them on PostgreSQL by itself; here copies are built and exchanged.
describeEachMysql('two columns of a table in one migration', (server) => {
  const withTable = async (
    more: string,
    intents: readonly Intent[],
    body: (m: Migrator, url: string) => Promise<void>,
  ): Promise<void> => {
    const database = await createDatabase(server)
    const m = createMigrator({ database: database.url, migrations: { m: { intents: [...intents] } } })
    try {
      await withMysql(database.url, (client) =>
        client.query(
          `create table t (${columns}${more}); insert into t values (1, 1, 'x', 1), (2, 1, 'y', 2), (3, 2, 'x', 3)`,
        ),
      )
      await body(m, database.url)
    } finally {
      await m.close()
      await database.drop()
    }
  }
  const indexes = async (url: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      (
        await mysqlRows<{ name: string; keys: string }>(
          url,
          `select index_name as name, concat(if(max(non_unique) = 0, 'unique ', ''), group_concat(column_name order by seq_in_index)) as \`keys\` from information_schema.statistics where table_schema = database() and table_name = 't' and index_name <> 'PRIMARY' group by index_name`,
        )
      ).map(({ name, keys }) => [name, keys]),
    )

  it.each([
    ['both of another type, with an index on both', ', key bc (b, c)', [wider, larger]],
    ['both of another type, with a unique index on both', ', unique key bc (b, c)', [wider, larger]],
    ['a rename and a change of type, with a unique index on both', ', unique key ab (a, b)', [rename, wider]],
    ['a change of type and a rename, with a unique index on both', ', unique key ab (a, b)', [wider, rename]],
  ])('%s: refused before anything is done', (_, more, intents) =>
    withTable(more, intents, async (m) => expect(await outcome(m.expand())).toBe('3 plan.combination')),
  )

  it.each([
    ['a new column from one that is renamed before it', [rename, added]],
    ['a change of type from one that is renamed', [rename, derived]],
    ['a change of type from one that is renamed after it', [derived, rename]],
    ['a new column from one whose type changes before it', [changeType({ table, column: 'a', to: 'bigint' }), added]],
  ])('%s: refused before anything is done', (_, intents) =>
    withTable('', intents, async (m) => expect(await outcome(m.expand())).toBe('3 plan.combination')),
  )

  it('a new column from one that is renamed after it is filled, and the table can be written in every phase', () =>
    withTable('', [added, rename], async (m, url) => {
      const write = (sql: string): Promise<unknown> => withMysql(url, (client) => client.query(sql))
      await m.expand()
      await m.backfill()
      await write(`insert into t (id, a, b) values (4, 4, 'z')`)
      await m.contract({ quietPeriod: 0 })
      await write(`insert into t (id, title, b, text) values (5, 5, 'z', 'five'); update t set c = 9`)
      expect(await outcome(m.rollback())).toBe('0')
      await write(`insert into t (id, a, b) values (6, 6, 'z')`)
      await m.contract({ quietPeriod: 0, retention: 0 })
      expect(await mysqlRows(url, 'select title, text from t where id > 2 order by id')).toEqual([
        { title: 2, text: 'no 2' },
        { title: 4, text: 'no 4' },
        { title: 5, text: 'five' },
        { title: 6, text: 'no 6' },
      ])
    }))

  it.each([
    ['the rename first', [rename, wider]],
    ['the change of type first', [wider, rename]],
  ])('an index on both follows them, %s', { timeout: 60_000 }, (_, intents) =>
    withTable(', key ab (a, b)', intents, async (m, url) => {
      await m.up({ allowTraffic: true })
      expect(await indexes(url)).toEqual({ ab: 'title,b' })
    }),
  )

  it.each([
    ['said before', (made: readonly Intent[], others: readonly Intent[]): readonly Intent[] => [...made, ...others]],
    ['said after', (made: readonly Intent[], others: readonly Intent[]): readonly Intent[] => [...others, ...made]],
  ])('an index that the migration makes stays on what is there in the end, %s', { timeout: 60_000 }, (_, order) =>
    withTable(
      '',
      order(
        [
          index('b_c', ['b', 'c']),
          index('title', ['title']),
          index('title_b', ['title', 'b'], { unique: true, enforce: 'backfill' }),
          index('b_title', ['b', 'title'], { unique: true }),
        ],
        [rename, wider, larger],
      ),
      async (m, url) => {
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        expect(await outcome(m.rollback())).toBe('0')
        await m.contract({ quietPeriod: 0, retention: 0 })
        expect(await indexes(url)).toEqual({
          b_c: 'b,c',
          title: 'title',
          title_b: 'unique title,b',
          b_title: 'unique b,title',
        })
      },
    ),
  )
})
