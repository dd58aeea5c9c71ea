import { expect, it } from 'vitest'
import { createMigrator, renameColumn } from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

/** A column with a default, and another value of it. */
const columns: readonly { readonly type: string; readonly other: string; readonly only?: 'mysql' | 'mariadb' }[] = [
  { type: 'int default 7', other: '8' },
  { type: 'int(5) unsigned zerofill default 7', other: '8' },
  { type: 'decimal(6,2) zerofill default 1.5', other: '2' },
  { type: 'decimal(10,3) not null default 0.1', other: '0.2' },
  { type: 'float default 0.1', other: '0.2' },
  { type: 'float not null default 0.1', other: '0.2' },
  { type: 'double default 0.1', other: '0.2' },
  { type: 'float(7,3) default 0.1', other: '0.2' },
  { type: "varchar(9) character set latin1 default 'é'", other: "'e'" },
  { type: "varchar(9) character set utf16 default 'a'", other: "'b'" },
  { type: "varchar(9) character set utf8mb4 default 'a?b😀'", other: "'a?b?'" },
  { type: "varchar(9) character set utf8mb4 not null default 'what?'", other: "'what'" },
  { type: "char(5) character set latin1 default 'a '", other: "'A'" },
  { type: "varbinary(9) default 'ab'", other: "'abc'" },
  { type: "varbinary(9) not null default '0x6162'", other: "'ab'" },
  { type: "varbinary(9) default x'61003f'", other: "'a'" },
  { type: "binary(4) default 'ab'", other: "'abc'" },
  { type: "bit(9) default b'101'", other: "b'100'" },
  { type: "date default '2020-01-01'", other: "'2020-01-02'" },
  { type: "datetime(3) default '2020-01-01 00:00:00'", other: "'2020-01-02'" },
  { type: "time(2) default '1:2:3'", other: "'1:2:4'" },
  { type: 'year default 20', other: '21' },
  { type: "enum('x', 'é') character set latin1 default 'é'", other: "'x'" },
  { type: "set('x', 'y') default 'y,x'", other: "'y'" },
  { type: "varchar(9) default (concat('a', 'e'))", other: "'a'" },
  { type: 'json default (json_array(1))', other: "'[2]'" },
]

describeEachMysql('an INSERT below a rename', (server) => {
  it('is counted for the side that it names, whatever the default of the other is', { timeout: 120_000 }, async () => {
    const database = await createDatabase(server)
    const here = columns.map((each, index) => ({ ...each, name: `c${index}` }))
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m: { intents: here.map(({ name }) => renameColumn({ table: 'items', from: name, to: `${name}_new` })) },
      },
    })
    const run = (sql: string): Promise<unknown> => withMysql(database.url, (client) => client.query(sql))
    const counted = async (): Promise<readonly string[]> => {
      const rows = await mysqlRows(
        database.url,
        "select side, count(distinct lens) as n from bellows_writes where side in ('old', 'new') group by side order by side",
      )
      await run('delete from bellows_writes')
      return rows.map(({ side, n }) => `${String(side)} ${String(n)}`)
    }
    const all = here.map(({ name }) => name)
    const coming = all.map((name) => `${name}_new`)
    const values = here.map(({ other }) => other)
    try {
      await run(
        `create table items (id int primary key auto_increment, ${here.map(({ name, type }) => `${name} ${type}`).join(', ')}) charset utf8mb4`,
      )
      // Of an empty table MariaDB does not tell the default of a NOT NULL column to the byte.
      await run('insert into items () values ()')
      await migrator.expand()
      await run('insert into items () values ()')
      expect(await counted()).toEqual([])
      await run(`insert into items (${all.join(', ')}) values (${values.join(', ')})`)
      expect(await counted()).toEqual([`old ${all.length}`])
      await run(`insert into items (${coming.join(', ')}) values (${values.join(', ')})`)
      expect(await counted()).toEqual([`new ${all.length}`])
      await run(`insert into items (${[...all, ...coming].join(', ')}) values (${[...values, ...values].join(', ')})`)
      expect(await counted()).toEqual([`new ${all.length}`])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('that names no side gets the same default, to the byte, after contract and after the way back', {
    timeout: 120_000,
  }, async () => {
    const database = await createDatabase(server)
    const here = columns.filter(({ type }) => /[?é]|binary/.test(type)).map((each, at) => ({ ...each, name: `c${at}` }))
    const all = here.map(({ name }) => name)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m: { intents: all.map((name) => renameColumn({ table: 'items', from: name, to: `${name}_new` })) },
      },
    })
    const run = (sql: string): Promise<unknown> => withMysql(database.url, (client) => client.query(sql))
    try {
      await run(
        `create table items (id int primary key auto_increment, ${here.map(({ name, type }) => `${name} ${type}`).join(', ')}) charset utf8mb4; insert into items () values ()`,
      )
      await migrator.expand()
      await migrator.backfill()
      await migrator.contract({ quietPeriod: 0 })
      await run('insert into items () values ()')
      await migrator.rollback()
      await run('insert into items () values ()')
      for (const suffix of ['', '_new']) {
        const bytes = all.map((name) => `hex(${name}${suffix}) as ${name}`).join(', ')
        expect(await mysqlRows(database.url, `select distinct ${bytes} from items`)).toHaveLength(1)
      }
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('of a column whose default reads another one goes on', { timeout: 60_000 }, async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m: {
          intents: [renameColumn({ table: 'items', from: 'b', to: 'b_new' })],
          accept: server.kind === 'mysql' ? [{ id: 'default-reads-columns', reason: 'the test is about it' }] : [],
        },
      },
    })
    try {
      await withMysql(database.url, async (client) => {
        await client.query('create table items (id int primary key, a int, b int default (a + 1))')
        await migrator.expand()
        await client.query('insert into items (id, a) values (1, 1)')
        await client.query('insert into items (id, b) values (2, 5)')
      })
      expect(await mysqlRows(database.url, 'select b, b_new from items order by id')).toEqual([
        // MySQL stores that below any trigger.
        server.kind === 'mysql' ? { b: null, b_new: null } : { b: 2, b_new: 2 },
        { b: 5, b_new: 5 },
      ])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
