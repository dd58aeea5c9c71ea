import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { cleanEnvironment } from '../../src/embedded/environment.ts'
import { createDatabase, describeEachMysql, type TestDatabase, withMysql } from '../servers/databases.ts'
import { mysqlCatalog } from './mysql.ts'

const run = promisify(execFile)

const base = `
  create table parents (id int primary key, code varchar(20) unique);
  create table things (id bigint auto_increment primary key, name varchar(40) not null default 'x', size int check (size > 0), parent int, mood enum('good', 'bad'),
    at timestamp not null default current_timestamp, twice int generated always as (size * 2) virtual, key things_name (name(5)), constraint things_parent foreign key (parent) references parents (id)) comment 'all things';
  create view small as select id, name from things where size < 10;
  create procedure nothing() begin end;
  create trigger touched before update on things for each row set new.size = new.size;
  insert into parents values (1, 'one'); insert into things (name, size) values ('a', 1)`

/** A small change, and whether the schema is another one after it. */
const differences: readonly (readonly [title: string, sql: string, differs: boolean])[] = [
  ['nothing', 'select 1', false],
  ['rows', `insert into parents values (2, 'a')`, false],
  ['a counter that has moved', `insert into things (name) values ('b'), ('c')`, false],
  [
    'a default that is taken away and put back',
    `alter table things alter name drop default; alter table things alter name set default 'x'`,
    false,
  ],
  ['a column type', 'alter table parents modify code varchar(9)', true],
  ['a default', `alter table things alter name set default 'y'`, true],
  ['a default that is an expression', `alter table things alter name set default (concat('y', 1))`, true],
  ['NOT NULL', `alter table things modify name varchar(40) default 'x'`, true],
  [
    'ON UPDATE',
    'alter table things modify at timestamp not null default current_timestamp on update current_timestamp',
    true,
  ],
  ['the order of columns', 'alter table parents modify code varchar(20) first', true],
  ['the name of a column', 'alter table parents rename column code to kode', true],
  ['the length of an index', 'alter table things drop key things_name, add key things_name (name(6))', true],
  ['the order of an index', 'alter table things drop key things_name, add key things_name (name(5) desc)', true],
  ['the name of an index', 'alter table things rename index things_name to other', true],
  ['an index', 'create index more on things (size)', true],
  ['a check', 'alter table things add constraint low check (size < 100)', true],
  [
    'a rule of a foreign key',
    'alter table things drop foreign key things_parent; alter table things add constraint things_parent foreign key (parent) references parents (id) on delete cascade',
    true,
  ],
  [
    'a generated column',
    'alter table things drop twice; alter table things add twice int generated always as (size * 3) virtual',
    true,
  ],
  ['a label', `alter table things modify mood enum('good', 'bad', 'so so')`, true],
  [
    'a comment of a column',
    `alter table things modify name varchar(40) not null default 'x' comment 'what it is called'`,
    true,
  ],
  ['a comment of a table', `alter table things comment 'some things'`, true],
  ['a character set', 'alter table parents modify code varchar(20) character set latin1', true],
  ['a collation', 'alter table parents modify code varchar(20) collate utf8mb4_bin', true],
  ['an engine', 'create table other (id int primary key) engine = MyISAM', true],
  ['a view', 'create or replace view small as select id, name from things where size < 11', true],
  [
    'who a view runs as',
    'create or replace sql security invoker view small as select id, name from things where size < 10',
    true,
  ],
  [
    'the body of a trigger',
    'drop trigger touched; create trigger touched before update on things for each row set new.size = new.size + 1',
    true,
  ],
  [
    'the time of a trigger',
    'drop trigger touched; create trigger touched before insert on things for each row set new.size = new.size',
    true,
  ],
  [
    'the mode of a trigger',
    `drop trigger touched; set sql_mode = ''; create trigger touched before update on things for each row set new.size = new.size`,
    true,
  ],
  ['a procedure', 'drop procedure nothing; create procedure nothing() begin select 1; end', true],
  ['a function', 'create function one() returns int deterministic return 1', true],
  ['an event', 'create event nightly on schedule every 1 day do set @x = 1', true],
]

describeEachMysql('the canonical catalog says what the dump of the server’s own client says', (server) => {
  it('for every small change', { timeout: 180_000 }, async (context) => {
    const program =
      process.env[`${server.kind.toUpperCase()}_DUMP`] ?? (server.kind === 'mysql' ? 'mysqldump' : 'mariadb-dump')
    const there = await run(program, ['--version']).then(
      () => true,
      () => false,
    )
    if (!there) console.warn(`LEFT OUT on ${server.name}: no ${program}; mysqlCatalog is not compared with it`)
    const read = async ({ url, name }: TestDatabase): Promise<{ dump: string; catalog: string }> => {
      const { hostname, port, username, password } = new URL(url)
      const args = [
        '--no-data',
        '--routines',
        '--triggers',
        '--events',
        '--skip-dump-date',
        '--skip-comments',
        '--single-transaction',
      ]
      const to = ['-h', hostname, '-P', port, '-u', username, '--protocol=tcp', name]
      const env = { ...cleanEnvironment(), MYSQL_PWD: password }
      const { stdout } = there ? await run(program, ['--no-defaults', ...args, ...to], { env }) : { stdout: '' }
      const dump = stdout.replaceAll(/ AUTO_INCREMENT=\d+/g, '').replaceAll(name, 'the_database')
      return { dump, catalog: await withMysql(url, (client) => mysqlCatalog(client)) }
    }
    const database = async (sql: string): Promise<{ dump: string; catalog: string }> => {
      const made = await createDatabase(server)
      try {
        await withMysql(made.url, (client) => client.query(`${base}; ${sql}`))
        return await read(made)
      } finally {
        await made.drop()
      }
    }
    const same = await database('select 1')
    for (const [title, sql, differs] of differences) {
      const { dump, catalog } = await database(sql)
      if (there) expect.soft(dump !== same.dump, `${title}, by ${program}`).toBe(differs)
      expect.soft(catalog !== same.catalog, `${title}, by ours`).toBe(differs)
    }
    if (!there) context.skip(`no ${program}`)
  })

  it('and grants, which no dump has; our state tables only when asked for', async () => {
    const made = await createDatabase(server)
    const user = `'${made.name.slice(-12)}'@'%'`
    try {
      await withMysql(made.url, async (client) => {
        await client.query(base)
        const before = await mysqlCatalog(client)
        await client.query('create table bellows_steps (id int primary key)')
        expect(await mysqlCatalog(client)).toBe(before)
        expect(await mysqlCatalog(client, { own: true })).toContain('table bellows_steps\n')
        await client.query(`create user ${user}; grant select (name) on things to ${user}`)
        expect(await mysqlCatalog(client)).not.toBe(before)
        await client.query(`drop user ${user}`)
        expect(await mysqlCatalog(client)).toBe(before)
      })
    } finally {
      await made.drop()
    }
  })
})
