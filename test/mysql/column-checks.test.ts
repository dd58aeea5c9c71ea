import { expect, it } from 'vitest'
import { changeType, createMigrator, dropNotNull } from '../../src/index.ts'
import {
  createDatabase,
  describeEachDatabase,
  describeEachMysql,
  describeEachStartableMysql,
  mysqlRows,
  withMysql,
} from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'

// The CHECK of a column goes by the name that its column had; it may name another one, several, or none at all.
const table = [
  `create table items (
    id int primary key auto_increment,
    a int not null check (a > 0),
    b int not null,
    z varchar(30) not null check (z <> 'about \`a\`, it''s' and b > 0),
    y int not null comment 'a CHECK (1 = 1)' check (a > 3),
    k int not null check (1 = 1),
    l int not null check (1 = 1),
    p int not null check (b < 100 and k < 100),
    r int not null check (b < 100 and k < 100),
    m int not null check (n > 0),
    n int not null,
    face varchar(9) not null check (face <> '😀?'),
    doc json not null
  )`,
  'alter table items rename column a to q',
  'alter table items rename column b to a',
  `alter table items modify column a int not null check (a <> 5)`,
  // The CHECK of o goes by the name m, and names m.
  'alter table items rename column m to o',
  'alter table items rename column n to m',
]

describeEachDatabase('a CHECK in the definition of a column', ['mariadb'], (server) => {
  it('stays with its column when that is defined again', { timeout: 60_000 }, async () => {
    const database = await createDatabase(server)
    const columns = ['q', 'a', 'z', 'y', 'k', 'l', 'p', 'r', 'm', 'o', 'face', 'doc']
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: columns.map((column) => dropNotNull({ table: 'items', column })) } },
    })
    const definition = async (): Promise<string> =>
      String((await mysqlRows(database.url, 'show create table items'))[0]?.['Create Table'])
    try {
      await withMysql(database.url, async (client) => {
        for (const statement of table) await client.query(statement)
      })
      const before = await definition()
      expect(before.match(/CHECK \(/g)).toHaveLength(12)
      await migrator.expand()
      expect(await definition()).toBe(
        before.replace(new RegExp(`(?<=\`(?:${columns.join('|')})\` .*) NOT NULL`, 'g'), ' DEFAULT NULL'),
      )
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})

describeEachStartableMysql('a server that quotes no names in SHOW CREATE', (server) => {
  it('tells all the same whose a CHECK is', { timeout: 60_000 }, async () => {
    const own = await startOwn(server)
    if (own === null) throw new Error('it was startable')
    const database = await createDatabase(own)
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [dropNotNull({ table: 'items', column: 'b' })] } },
    })
    try {
      await withMysql(database.url, async (client) => {
        await client.query('set global sql_quote_show_create = 0')
        await client.query('create table items (id int primary key, a int, b int not null check (b > 2))')
      })
      await migrator.expand()
      await expect(mysqlRows(database.url, 'insert into items values (1, 2, 1)')).rejects.toThrow(/constraint/i)
    } finally {
      await migrator.close()
      await database.drop()
      await own.stop()
    }
  })
})

describeEachMysql('a CHECK', (server) => {
  it('names no column by a word in a literal', { timeout: 60_000 }, async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [changeType({ table: 'items', column: 'name', to: 'varchar(40)' })] } },
    })
    try {
      await withMysql(database.url, (client) =>
        client.query(
          `create table items (id int primary key, name varchar(20), kind varchar(30), constraint kinds check (kind <> 'it''s a name, \`name\`'))`,
        ),
      )
      await migrator.plan()
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
