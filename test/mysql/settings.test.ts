import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { toBellowsError } from '../../src/dialects/mysql/driver-errors.ts'
import type { MysqlSettings } from '../../src/embedded/mysql/settings.ts'
import { changeType, createMigrator, renameColumn } from '../../src/index.ts'
import { mysqlFamily } from '../families/mysql/family.ts'
import { outcome } from '../integration/shop.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { describeEachStartableMysql, mysqlRows, withMysql } from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'

/** Settings of a whole server, each of which changes what statements mean that do not say everything. */
const servers: Readonly<Record<string, { readonly settings: MysqlSettings; readonly lasting?: MysqlSettings }>> = {
  'values are bent to fit, names are in lower case, nobody tells who waits': {
    lasting: { 'lower-case-table-names': 1 },
    settings: {
      'sql-mode': '',
      'performance-schema': 'OFF',
      'explicit-defaults-for-timestamp': 'OFF',
      'character-set-server': 'latin1',
      'collation-server': 'latin1_swedish_ci',
      'default-time-zone': '+05:30',
      'innodb-strict-mode': 'OFF',
    },
  },
  'quotes are names, a backslash is a backslash, every session is in a transaction': {
    settings: {
      'sql-mode':
        'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,NO_AUTO_VALUE_ON_ZERO,NO_UNSIGNED_SUBTRACTION',
      'character-set-server': 'utf8mb4',
      'collation-server': 'utf8mb4_bin',
      'default-time-zone': '-11:00',
      'transaction-isolation': 'SERIALIZABLE',
      autocommit: 0,
      'completion-type': 'CHAIN',
      'lock-wait-timeout': 1,
    },
  },
}

const documented = new URL('../../docs/privileges.md', import.meta.url)
const intents = [
  renameColumn({ table: 'items', from: 'name', to: 'full_name' }),
  renameColumn({ table: 'items', from: 'made', to: 'created' }),
  changeType({ table: 'items', column: 'qty', to: 'bigint' }),
  changeType({ table: 'items', column: 'mark', to: 'int', as: 'number' }),
]

/** What an app writes: text with what the settings take for something else, a moment of its own time zone, and NULLs. */
const writes = (name: string, made: string, id: number): readonly string[] => [
  `insert into items (id, ${name}, ${made}, qty) values (${id}, 'a\\b"c''d', '2020-05-05 12:00:00', 7), (${id + 1}, 'ü', null, -3)`,
  `insert into items (id, ${name}) values (${id + 2}, ' ')`,
  `update items set ${name} = upper(${name}), ${made} = '2021-01-01 00:00:00' where id = ${id}`,
  `update items set qty = qty + 1 where id in (1, ${id})`,
]

describeEachStartableMysql('a server that logs statements', (server) => {
  it('is refused by every command that plans or writes, before anything is made', { timeout: 120_000 }, async () => {
    const own = await startOwn(server, { 'log-bin': 'log', 'binlog-format': 'STATEMENT' })
    if (own === null) throw new Error(`${server.name} is not there to be started`)
    await withMysql(own.url, (client) =>
      client.query(`create database log_of_statements; create table log_of_statements.items (id int primary key, name varchar(60), made int,
        qty int not null, mark varchar(20))`),
    )
    const url = new URL(own.url)
    url.pathname = '/log_of_statements'
    const migrator = createMigrator({ database: url.href, migrations: { m: { intents } } })
    try {
      for (const doing of ['plan', 'expand', 'up'] as const)
        expect(await outcome(migrator[doing]())).toBe('3 server.binlog-format')
      expect(await outcome(migrator.baseline({ name: 'm' }))).toBe('3 server.binlog-format')
      expect(await mysqlRows(url.href, 'show tables')).toHaveLength(1)
      // What the server itself says to who writes without having asked.
      await withMysql(url.href, async (client) => {
        await client.query('set session transaction isolation level read committed')
        const error = await client.query('insert into items values (1, null, 1, 1, null)').catch(toBellowsError)
        expect(error).toMatchObject({ code: 'server.binlog-format', exitCode: 3 })
      })
    } finally {
      await migrator.close()
      await own.stop()
    }
  })
})

console.log(`a few on each server, all with MATRIX=full: SEED=${seed}`)

describeEachStartableMysql('a rename and a change of type on a server where', (server) => {
  it.each(pick(Object.entries(servers), 1, seed + server.name.length))(
    '%s: the whole way, by an account without SUPER',
    {
      timeout: 120_000,
    },
    async (_, { settings, lasting }) => {
      const own = await startOwn(server, settings, lasting)
      if (own === null) throw new Error(`${server.name} is not there to be started`)
      const at = (user: string | null): string => {
        const url = new URL(own.url)
        if (user !== null) {
          url.username = user
          url.password = 'pw'
        }
        url.pathname = '/Shop_of_Mine'
        return url.href
      }
      const migrator = createMigrator({ database: at('migrator'), migrations: { m: { intents } } })
      const app = (statements: readonly string[]): Promise<void> =>
        withMysql(at('app'), async (client) => {
          for (const statement of statements) await client.query(statement)
          await client.query('commit')
        })
      const inSync = async (names: readonly (readonly [string, string])[]): Promise<void> => {
        const differ = names.map(([a, b]) => `not (cast(${a} as binary) <=> cast(${b} as binary))`).join(' or ')
        expect(await mysqlRows(at('app'), `select id, ${names.flat().join(', ')} from items where ${differ}`)).toEqual(
          [],
        )
      }
      // The server writes names as its own settings say.
      const catalog = async (): Promise<string> => (await mysqlFamily.catalog(at(null))).replaceAll('"', '`')
      const both = [
        ['name', 'full_name'],
        ['made', 'created'],
      ] as const
      try {
        const [grant = ''] = [
          ...(await readFile(documented, 'utf8')).matchAll(/```mysql\n(GRANT SELECT, INSERT.*?)```/gs),
        ].map(([, text = '']) => text)
        await withMysql(own.url, async (client) => {
          await client.query('create database Shop_of_Mine')
          await client.query("create user migrator@'%' identified by 'pw'; create user app@'%' identified by 'pw'")
          await client.query(grant.replace('shop', 'Shop_of_Mine').replace('TO migrator', "TO migrator@'%'"))
          await client.query("grant select, insert, update, delete on Shop_of_Mine.* to app@'%'")
          await client.query('set global log_bin_trust_function_creators = 1')
        })
        await withMysql(at(null), (client) =>
          client.query(`create table items (id bigint unsigned not null auto_increment primary key, name varchar(60) not null, qty int not null default 5 comment 'how\\many "x" it''s',
            mark varchar(20), made timestamp null, changed timestamp not null default current_timestamp on update current_timestamp, key by_qty (qty));
          insert into items (name, qty, mark, made, changed) values ('x\\y"z', 1, '12', '2019-03-03 03:03:03', '2018-01-01 00:00:00'), ('', 2, '4x', null, '2018-01-01 00:00:00'); commit`),
        )
        const before = await catalog()
        await migrator.expand()
        await migrator.rollback({ quietPeriod: 0 })
        expect(await catalog()).toBe(before)
        await migrator.expand()
        await app([...writes('name', 'made', 10), ...writes('full_name', 'created', 20)])
        await migrator.backfill()
        await app([...writes('name', 'made', 30), ...writes('full_name', 'created', 40)])
        await inSync(both)
        const kept = await mysqlRows(at('app'), 'select changed from items where id = 2')
        expect(kept).toEqual([{ changed: '2018-01-01 00:00:00' }])
        // What is no number is NULL and on record, and never bent to 4.
        expect(await mysqlRows(at('app'), 'select mark, number from items where id in (1, 2) order by id')).toEqual([
          { mark: '12', number: 12 },
          { mark: '4x', number: null },
        ])
        expect((await migrator.status()).migrations[0]?.conversionFailures).toBe(1)
        await app([`update items set mark = '7' where id = 2`])
        await migrator.contract({ quietPeriod: 0 })
        await app(writes('full_name', 'created', 50))
        expect((await migrator.verify()).migrations[0]?.ok).toBe(true)
        await migrator.rollback()
        await app([...writes('name', 'made', 60), ...writes('full_name', 'created', 70)])
        await inSync(both)
        await migrator.contract({ quietPeriod: 0 })
        await migrator.purge({ ignoreRetention: true })
        const wider = await catalog()
        const wanted = mysqlFamily.renamed(mysqlFamily.renamed(before, 'name', 'full_name'), 'made', 'created')
        const others = (text: string): string => text.replace(/^.*`(mark|number)`.*$/gm, '')
        expect(others(wider)).toBe(
          others(wanted.replace(/`qty` int(\(\d+\))?/, /`qty` bigint(\(\d+\))?/.exec(wider)?.[0] ?? '')),
        )
        expect(await mysqlRows(at('app'), 'select qty from items where id in (10, 11) order by id')).toEqual([
          { qty: 8 },
          { qty: -3 },
        ])
      } finally {
        await migrator.close()
        await own.stop()
      }
    },
  )
})
