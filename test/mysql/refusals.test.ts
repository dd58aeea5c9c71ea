import { expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  createMigrator,
  createTable,
  dropColumn,
  dropNotNull,
  type Intent,
  rawSql,
  renameColumn,
  setDefault,
  setNotNull,
} from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'
import { schema } from './schema.ts'

const rename = (table: string, from: string): Intent => renameColumn({ table, from, to: 'fresh' })

const tables: readonly string[] = [
  'create table squeezed (id int primary key, name text) row_format = compressed',
  'create table searched (id int primary key, name text, fulltext (name))',
  'create table keyless (name text)',
  'create table plain (id int primary key, name text) engine = MyISAM',
  'create table checked (id int primary key, n int check (n > 0), made timestamp null, word varchar(9) default "x", moment datetime on update current_timestamp)',
  "create table smiling (id int primary key, mood varchar(9) not null default '😀', tone varchar(9) not null default (concat('😀')), face enum('😀', 'b')) charset utf8mb4",
  'create table wide (id int primary key, word varchar(1000)) charset utf8mb4',
  'create table doubled (id int primary key, n int, made int generated always as (id * 2) stored)',
  'create table linked (id int primary key, owner int, foreign key (owner) references owners (id) on update cascade)',
]

/** What is not one scalar over the columns of the row. */
const expressions = [
  '(select 1)',
  'exists (select 1)',
  'max(id)',
  'count(*) over ()',
  'nothing',
  'owners.id',
  'items.nothing',
  '`id``',
  'id; drop table items',
  'id, name',
  'id -- name',
  'id /* name */',
  '@id',
  '@@version',
  'id + ?',
  'user()',
  'current_user',
  'last_insert_id()',
  'from_unixtime(touched)',
  '(id',
  'id)',
  "'open",
]

describeEachMysql('what cannot be done without stopping writers, or whose value would depend on who asks', (server) => {
  it('is refused before anything is done', async () => {
    const database = await createDatabase(server)
    try {
      await withMysql(database.url, async (client) => {
        for (const statement of [...schema, ...tables]) await client.query(statement)
      })
      const before = await mysqlRows(database.url, 'show tables')
      const asked: readonly (readonly [string, Intent])[] = [
        ['3 plan.not-online', rename('squeezed', 'name')],
        ['3 plan.not-online', rename('searched', 'name')],
        ['3 plan.no-key', rename('keyless', 'name')],
        ['3 plan.engine', rename('plain', 'name')],
        ['3 plan.cascade', rename('linked', 'owner')],
        ['3 plan.auto-increment', rename('items', 'id')],
        // A trigger BEFORE INSERT reads 0.
        ['3 plan.auto-increment', addColumn({ table: 'items', column: 'fresh', type: 'text', up: "concat('C', id)" })],
        [
          '3 plan.auto-increment',
          changeType({ table: 'items', column: 'code', to: 'text', up: "concat(code, '/', ID)" }),
        ],
        [
          '3 plan.auto-increment',
          changeType({ table: 'items', column: 'touched', to: 'bigint', down: 'touched - id' }),
        ],
        ['3 plan.auto-increment', dropColumn({ table: 'items', column: 'touched', down: 'id' })],
        ['3 plan.auto-increment', setNotNull({ table: 'items', column: 'code', up: 'id' })],
        ['3 plan.primary-key', rename('owners', 'id')],
        ['3 plan.table', rename('nowhere', 'name')],
        ['3 plan.column', rename('items', 'nothing')],
        ['3 plan.column-exists', renameColumn({ table: 'items', from: 'name', to: 'CODE' })],
        ['3 plan.time-zone', changeType({ table: 'checked', column: 'made', to: 'datetime' })],
        ['3 plan.foreign-key', changeType({ table: 'items', column: 'owner', to: 'bigint' })],
        ['3 plan.foreign-key', dropColumn({ table: 'items', column: 'owner' })],
        ['3 plan.unique-down', dropColumn({ table: 'items', column: 'code', down: 'name' })],
        ['3 plan.named-in-check', changeType({ table: 'checked', column: 'n', to: 'bigint' })],
        ['3 plan.on-update', changeType({ table: 'checked', column: 'moment', to: 'datetime(3)' })],
        ['3 plan.index-kind', addIndex({ table: 'items', name: 'fresh', columns: ['name'], where: 'id > 5' })],
        ['3 plan.index-kind', addIndex({ table: 'items', name: 'fresh', columns: ['name'], method: 'hash' })],
        // MariaDB would take it, as a hash.
        [
          server.kind === 'mariadb' ? '3 plan.not-online' : '3 plan.cannot-carry',
          addIndex({ table: 'wide', name: 'fresh', columns: ['word'], unique: true }),
        ],
        [
          server.kind === 'mariadb' ? '3 plan.not-online' : '3 plan.cannot-carry',
          changeType({ table: 'items', column: 'code', to: 'text' }),
        ],
        ['3 plan.index-exists', addIndex({ table: 'items', name: 'ITEMS_code', columns: ['name'] })],
        ['2 migration.expression', setDefault({ table: 'items', column: 'code', default: 'name' })],
        ['2 migration.raw-sql', rawSql({ expand: 'delimiter //\nselect 1 //', reason: 'to see' })],
        ['2 migration.raw-sql', rawSql({ expand: 'select 1', rollback: 'set @a = 1', reason: 'to see' })],
        ['3 plan.cannot-carry', changeType({ table: 'checked', column: 'word', to: 'int' })],
        ['3 plan.cannot-carry', addColumn({ table: 'items', column: 'fresh', type: 'int', default: "'x'" })],
        ['3 plan.cannot-carry', addColumn({ table: 'items', column: 'fresh', type: 'nonsense' })],
        ['3 plan.generated', addColumn({ table: 'doubled', column: 'fresh', type: 'int', up: 'made + 1' })],
        ['3 plan.generated', changeType({ table: 'doubled', column: 'n', to: 'bigint', up: 'made', down: 'n' })],
        ['3 plan.untold-default', dropNotNull({ table: 'smiling', column: 'tone' })],
        ['3 plan.untold-type', rename('smiling', 'face')],
        ['3 plan.untold-type', setDefault({ table: 'smiling', column: 'face', default: "'b'" })],
        ['3 plan.untold-default', setDefault({ table: 'smiling', column: 'tone', default: "'x'" })],
        ['3 plan.primary-key', dropNotNull({ table: 'checked', column: 'id' })],
        ['3 plan.nothing', dropNotNull({ table: 'items', column: 'code' })],
        ['2 migration.not-null', addColumn({ table: 'items', column: 'fresh', type: 'int', nullable: false })],
        [
          '2 migration.not-null',
          addColumn({ table: 'items', column: 'fresh', type: 'int', nullable: false, default: 'null' }),
        ],
        ['2 migration.type', addColumn({ table: 'items', column: 'fresh', type: 'int default 5' })],
        ['2 migration.down', dropColumn({ table: 'items', column: 'name' })],
        [
          '2 migration.volatile',
          changeType({ table: 'items', column: 'code', to: 'text', up: 'concat(code, rand())' }),
        ],
        ...expressions.map((up): [string, Intent] => [
          '2 migration.expression',
          addColumn({ table: 'items', column: 'fresh', type: 'text', up }),
        ]),
      ]
      for (const [wanted, intent] of asked) {
        const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [intent] } } })
        expect(await outcome(migrator.plan()), JSON.stringify(intent)).toBe(wanted)
        expect(await outcome(migrator.expand()), JSON.stringify(intent)).toBe(wanted)
        await migrator.close()
      }
      const others = (rows: readonly object[]): readonly string[] =>
        rows.map((row) => String(Object.values(row)[0])).filter((name) => !name.startsWith('bellows_'))
      expect(others(await mysqlRows(database.url, 'show tables'))).toEqual(others(before))
      expect(await mysqlRows(database.url, 'show triggers')).toEqual([])
    } finally {
      await database.drop()
    }
  })

  it('takes names of 64 characters, and says what to do about an index or a period that is in the way', async () => {
    const database = await createDatabase(server)
    const mariadb = server.kind === 'mariadb'
    const plan = async (...intents: readonly Intent[]): Promise<unknown> => {
      const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [...intents] } } })
      return migrator.plan().finally(() => migrator.close())
    }
    try {
      await withMysql(database.url, async (client) => {
        await client.query('create table `small table` (id int primary key, word varchar(20), key by_word (word))')
        if (mariadb)
          await client.query(
            'create table spans (id int primary key, n int, a date not null, b date not null, period for span (a, b))',
          )
      })
      const longest = 'é'.repeat(64)
      const table = 'small table'
      const columns = { id: { type: 'int', nullable: false } }
      for (const name of [longest, `${longest}é`]) {
        const wanted = name === longest ? '0' : '3 plan.name-too-long'
        expect(await outcome(plan(renameColumn({ table, from: 'word', to: name })))).toBe(wanted)
        expect(await outcome(plan(addIndex({ table, name, columns: ['id'] })))).toBe(wanted)
        expect(await outcome(plan(createTable({ table: name, columns, primaryKey: ['id'] })))).toBe(wanted)
      }
      await expect(plan(renameColumn({ table: 'Small Table', from: 'word', to: 'x' }))).rejects.toMatchObject({
        code: 'plan.table',
        hint: expect.stringMatching(/^It has a table .*small table, in lower case\./),
      })
      const text = plan(changeType({ table, column: 'word', to: 'text' }))
      // MariaDB gives such an index a length by itself.
      if (mariadb) await text
      else await expect(text).rejects.toMatchObject({ hint: expect.stringContaining('Drop the index') })
      if (!mariadb) return
      await expect(plan(renameColumn({ table: 'spans', from: 'n', to: 'm' }))).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringMatching(/PERIOD FOR/),
        hint: expect.stringMatching(/^Drop that period first/),
      })
    } finally {
      await database.drop()
    }
  })

  it('a view that names the column keeps contract closed', async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
    })
    try {
      await withMysql(database.url, async (client) => {
        for (const statement of schema) await client.query(statement)
        await client.query('create view named as select id, name from items')
      })
      await migrator.expand()
      await migrator.backfill()
      expect(await outcome(migrator.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
      await withMysql(database.url, (client) =>
        client.query('create or replace view named as select id, full_name as name from items'),
      )
      expect(await outcome(migrator.contract({ quietPeriod: 0 }))).toBe('0')
      expect(await mysqlRows(database.url, 'select count(*) as n from named')).toEqual([{ n: 1000 }])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
