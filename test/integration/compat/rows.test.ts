import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, describeEachMysql, type TestDatabase } from '../../servers/databases.ts'
import { run as runOn } from './dialects.ts'
import { type Asked, cell, check, row } from './support.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const

/*
 * Several errors show at execution only, and a rollback undoes what changes rows. For PostgreSQL: tried.test.ts.
 */
describeEachMysql('statements that change rows are executed on the shadow, and rolled back', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(
      `create table users (id bigint primary key auto_increment, name varchar(60), code char(3) not null default 'x',
         born date, kind enum('p', 'q'), changed int not null default 0)`,
    )
    await run('create table audit (user_id bigint, note varchar(9) not null default 1)')
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (asked: Omit<Asked, 'database' | 'intents'>, intents: Asked['intents'] = [rename]) =>
    check({ database: database.url, intents, ...asked })

  it('so a column that has to be given is missed', async () => {
    await run('alter table users modify code char(3) not null')
    const result = await of({
      old: { without: 'insert into users (name) values (?)', with: 'insert into users (name, code) values (?, ?)' },
      new: { without: 'insert into users (full_name) values (?)' },
    })
    expect(cell(result, 'v1', 'before')).toEqual(['without unverifiable WRITE 1364'])
    expect(cell(result, 'v1', 'expanded')).toEqual(['without unverifiable WRITE 1364'])
    expect(cell(result, 'v2', 'contracted')).toEqual(['without fails WRITE 1364'])
    expect(result.ok).toBe(false)
  })

  it('and a row that is selected, without the old column, is one that MariaDB refuses before the trigger runs', async () => {
    await run("alter table users modify name varchar(60) not null, modify code char(3) not null default 'x'")
    const result = await of({
      new: {
        select: 'insert into users (full_name) select note from audit',
        values: 'insert into users (full_name) values (?)',
      },
    })
    const mariadb = server.kind === 'mariadb'
    expect(cell(result, 'v2', 'backfilled')).toEqual(mariadb ? ['select fails WRITE 1364'] : [])
    expect(cell(result, 'v2', 'contracted')).toEqual([])
    expect(result.ok).toBe(!mariadb)
  })

  it('and messages name the target and not the shadow', async () => {
    await run('create procedure names() select name from users')
    const result = await of({ old: { call: 'select nowhere(1)' } })
    const said = [...result.matrix.flatMap(({ findings }) => findings.map(({ message }) => message)), ...result.notices]
    const { pathname } = new URL(database.url)
    expect(said).toContain(`FUNCTION ${pathname.slice(1)}.nowhere does not exist`)
    expect(said.join()).toMatch(/procedure names names .*users\.name/)
    expect(said.join()).not.toContain('bellows_check_')
  })

  it('so a trigger that names what is not there is found', async () => {
    await run(
      'create trigger tell before insert on users for each row insert into audit (user_id, missing) values (1, 1)',
    )
    const result = await of({
      old: { write: 'insert into users (code) values (?)', read: 'select code from users' },
      new: { write: 'insert into users (full_name) values (?)' },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual(['write unverifiable NAME 1054'])
    expect(cell(result, 'v2', 'contracted')).toEqual(['write fails NAME 1054'])
  })

  it('with values that fit: declared, inferred or given', async () => {
    const name = 'insert into users (name) values (?)'
    const all = 'insert into users (name, born, kind) values (?, ?, ?)'
    const listed = {
      given: { sql: name, samples: [['abc'], ['longer than that']] },
      short: { sql: name, samples: [['abc']] },
      declared: {
        sql: all,
        params: ['varchar(60)', 'date', "enum('p','q')"],
        samples: [['longer', '2024-02-29', 'q']],
      },
      made: { sql: all, params: ['varchar(60)', 'date', "enum('p','q')"] },
    }
    const result = await of({ old: listed, new: listed }, [
      { changeType: { table: 'users', column: 'name', to: 'varchar(3)', onError: "'-'" } } as never,
    ])
    const found = ['given fails WRITE 1406', 'declared fails WRITE 1406']
    expect(cell(result, 'v1', 'backfilled')).toEqual([
      'given changes VALUE up-fails',
      'declared changes VALUE up-fails',
    ])
    expect(cell(result, 'v1', 'contracted')).toEqual(found)
    expect(cell(result, 'v2', 'contracted').filter((each) => each.includes(' fails '))).toEqual(found)
  })

  it('and an error of the values is nothing where they never fitted', async () => {
    const result = await of({ old: { odd: { sql: 'insert into users (born) values (?)', samples: [['no day']] } } })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  it('and values that were made up are no fault where a rule does not take them', async () => {
    const rule = 'alter table users add constraint known check (changed <> 1)'
    const sql = 'insert into users (changed) values (?)'
    const listed = { made: { sql, params: ['int'] }, given: { sql, samples: [[1]] } }
    const result = await of({ new: listed }, [{ rawSql: { contract: rule, reason: 'test' } } as never])
    expect(cell(result, 'v2', 'contracted')).toEqual([expect.stringMatching(/^given fails WRITE (3819|4025)$/)])
  })

  it('so that nothing of them is left, in none of the states', async () => {
    const result = await of({
      old: {
        insert: 'insert into users (id, name) values (?, ?)',
        again: 'insert into users (id, name) values (?, ?)',
        update: 'update users set name = ? where id = ?',
        delete: 'delete from users where id = ?',
        replace: 'replace into users (id, name) values (?, ?)',
      },
      new: { insert: 'insert into users (id, full_name) values (?, ?)' },
    })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(await run('select count(*) as n from users')).toEqual([{ n: 0 }])
  })

  it('but not when it calls what may do something else', async () => {
    const started = Date.now()
    const result = await of({ old: { sleep: 'insert into users (changed) values (sleep(20))' } })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(Date.now() - started).toBeLessThan(20_000)
  })

  it('and one that fills columns by their place fails where there is one more', async () => {
    const values = 'insert into users values (?, ?, ?, ?, ?, ?)'
    const result = await of({ old: { place: values }, new: { place: 'insert into users select * from users' } })
    expect(cell(result, 'v1', 'expanded')).toEqual([])
    expect(cell(result, 'v1', 'backfilled')).toEqual(['place fails SHAPE 1136'])
    expect(cell(result, 'v1', 'contracted')).toEqual(['place changes SHAPE insert-columns'])
    expect(cell(result, 'v2', 'contracted')).toEqual(['place changes SHAPE insert-columns'])
    expect(result.ok).toBe(false)
  })
})

describeEachMysql('what leads out of the shadow', (server) => {
  let database: TestDatabase
  let other: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    other = await createDatabase(server)
    await run('create table users (id integer primary key, name varchar(60)); create table logs (a integer)')
    await runOn(other.url, 'create table users (id integer primary key)')
  })
  afterEach(async () => {
    await database.drop()
    await other.drop()
  })

  const run = (sql: string) => runOn(database.url, sql)
  const of = (asked: Omit<Asked, 'database' | 'intents'>, intents: Asked['intents'] = [rename]) =>
    check({ database: database.url, intents, ...asked })

  it('the own database by its name is the shadow, and other databases are not looked at', async () => {
    const result = await of({
      old: {
        own: `select ${database.name}.users.name from \`${database.name}\`.users -- ${database.name}.users`,
        write: `insert into ${database.name}.users (id, name) values (?, '${database.name}.users')`,
      },
      new: { other: `select id from ${other.name}.users`, nowhere: 'select id from nowhere.users' },
    })
    expect(cell(result, 'v1', 'backfilled')).toEqual([])
    expect(cell(result, 'v1', 'contracted')).toEqual(['own fails NAME 1054', 'write fails NAME 1054'])
    expect(cell(result, 'v2', 'contracted')).toEqual([
      'other unverifiable NAME not-copied',
      'nowhere unverifiable NAME not-copied',
    ])
    expect(await run('select * from users')).toEqual([])
  })

  it('a trigger that writes into another database is not copied, and what fires it is not judged', async () => {
    await run(
      `create trigger tell after insert on users for each row insert into ${other.name}.users values (new.id);
       create procedure fill() insert into users values (1, 'x');
       create view seen as select id from users`,
    )
    const result = await of({
      old: {
        write: 'insert into users (id, name) values (?, ?)',
        view: 'insert into seen (id) values (?)',
        read: 'select id from seen',
        elsewhere: 'insert into logs values (?)',
      },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual([
      'write unverifiable NAME not-copied',
      'view unverifiable NAME not-copied',
    ])
    expect(result.notices).toContainEqual(
      expect.stringMatching(/^trigger tell of users is not copied to the shadow: it names the/),
    )
    expect(await runOn(other.url, 'select * from users')).toEqual([])
  })

  it('a trigger that names the own database writes into the shadow', async () => {
    await run(
      `create trigger tell after insert on users for each row insert into ${database.name}.logs values (new.id)`,
    )
    const result = await of({ old: { write: 'insert into users (id, name) values (?, ?)' } })
    expect(row(result, 'v1').slice(0, 3)).toEqual(['ok', 'ok', 'ok'])
    expect(await run('select * from logs')).toEqual([])
  })

  it('a view over what is not copied says so for all that use it', async () => {
    await run(
      `create view far as select id from ${other.name}.users; create view further as select id from far;
       create function f() returns int reads sql data return (select max(id) from further)`,
    )
    const result = await of({
      old: { view: 'select id from further', call: 'select f()', plain: 'select id from users' },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual([
      'view unverifiable NAME not-copied',
      'call unverifiable NAME not-copied',
    ])
    expect(result).toMatchObject({ ok: true, unverifiable: 2 })
  })

  it('what is looked up at execution only is told', async () => {
    await run('create procedure p(a integer) select * from users')
    const result = await of({ old: { call: 'call p(?)', lock: 'lock tables users write', set: 'set @a = 1' } })
    expect(cell(result, 'v1', 'expanded')).toEqual(['call unverifiable NAME utility', 'lock unverifiable NAME utility'])
  })
})
