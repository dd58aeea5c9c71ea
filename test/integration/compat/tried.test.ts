import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { run as runOn } from './dialects.ts'
import { type Asked, cell, check, row } from './support.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const
const atContract = (contract: string) => ({ rawSql: { contract, reason: 'test' } }) as never
const fine = ['ok', 'ok', 'ok', 'ok']

/*
 * What PREPARE does not see on PostgreSQL: planning and execution do. Each finding beside what looks like it and is none.
 */
describeEachServer('statements that are planned and tried', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(
      `create type kind as enum ('p', 'q');
       create table users (id bigint generated always as identity primary key, name varchar(60), code char(3) not null default 'x',
         born date, kind kind, tags text[], changed int not null default 0)`,
    )
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (asked: Omit<Asked, 'database' | 'intents'>, intents: Asked['intents'] = [rename]) =>
    check({ database: database.url, intents, ...asked })

  it('ON CONFLICT without its index', async () => {
    await run('alter table users add unique (code), add unique (changed)')
    const upsert = (column: string) => `insert into users (code) values ($1) on conflict (${column}) do nothing`
    const result = await of(
      {
        old: { upsert: upsert('code'), never: upsert('born') },
        new: { upsert: upsert('code'), other: upsert('changed') },
      },
      [atContract('alter table users drop constraint users_code_key')],
    )
    expect(cell(result, 'v1', 'backfilled')).toEqual(['never unverifiable WRITE 42P10'])
    expect(cell(result, 'v1', 'contracted')).toContain('upsert fails WRITE 42P10')
    expect(cell(result, 'v2', 'backfilled')).toEqual([])
    expect(cell(result, 'v2', 'contracted')).toEqual(['upsert fails WRITE 42P10'])
    expect(result.ok).toBe(false)
  })

  it('a column that has to be given', async () => {
    await run('alter table users alter code drop default')
    const result = await of({
      old: { without: 'insert into users (name) values ($1)', with: 'insert into users (name, code) values ($1, $2)' },
      new: {
        without: 'insert into users (full_name) values ($1)',
        with: 'insert into users (full_name, code) values ($1, $2)',
        empty: { sql: 'insert into users (full_name, code) values ($1, $2)', samples: [['a', null]] },
        found: 'insert into users (code) values ((select code from users))',
      },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual(['without unverifiable WRITE 23502'])
    expect(cell(result, 'v2', 'contracted')).toEqual(['without fails WRITE 23502'])
    expect(result.ok).toBe(false)
  })

  it('a NOT NULL at contract, where the values say so', async () => {
    const listed = {
      omits: 'insert into users (code) values ($1)',
      gives: { sql: 'insert into users (name) values ($1)', samples: [['a']] },
      nulls: { sql: 'insert into users (name) values ($1)', samples: [['a'], [null]] },
      made: 'insert into users (name) values ($1)',
    }
    const result = await of({ old: listed, new: listed }, [
      { setNotNull: { table: 'users', column: 'name', up: "coalesce(name, '')" } } as never,
    ])
    expect(cell(result, 'v1', 'backfilled')).toEqual([])
    expect(cell(result, 'v2', 'contracted')).toEqual(['omits fails WRITE 23502', 'nulls fails WRITE 23502'])
  })

  it('values that do not fit any more, and only those of the author', async () => {
    const all = 'insert into users (name, born, kind, tags) values ($1, $2, $3, $4)'
    const listed = {
      long: { sql: 'insert into users (name) values ($1)', samples: [['abc'], ['longer than that']] },
      short: { sql: 'insert into users (name) values ($1)', samples: [['abc']] },
      never: { sql: 'insert into users (born) values ($1)', samples: [['no day']] },
      all: { sql: all, samples: [['abc', '2024-02-29', 'q', ['a "b"', null]]] },
      made: all,
      checked: 'insert into users (changed) values ($1)',
      says: { sql: 'insert into users (changed) values ($1)', samples: [[7]] },
    }
    const result = await of({ old: listed, new: listed }, [
      { changeType: { table: 'users', column: 'name', to: 'varchar(3)', onError: "'-'" } } as never,
      atContract('alter table users add check (changed = 0 or changed > 10)'),
    ])
    const found = ['long fails WRITE 22001', 'says fails WRITE 23514']
    expect(cell(result, 'v1', 'backfilled')).toEqual(['long changes VALUE up-fails'])
    expect(cell(result, 'v2', 'contracted').filter((each) => each.includes(' fails '))).toEqual(found)
    expect(JSON.stringify(result)).not.toContain('longer')
  })

  it('a function or a trigger that names what is gone', async () => {
    await run(
      `create function named(who bigint) returns text language plpgsql as 'begin return (select name from users where id = who); end';
       create function tell() returns trigger language plpgsql as 'begin perform name from users; return new; end';
       create table logs (a integer); create trigger tell before insert on logs for each row execute function tell()`,
    )
    const result = await of({
      old: { call: 'select named($1)', write: 'insert into logs values ($1)', read: 'select a from logs' },
      new: { call: 'select named($1)' },
    })
    expect(row(result, 'v1').slice(0, 3)).toEqual(['ok', 'ok', 'ok'])
    const dropped = await of(
      {
        old: { call: 'select named($1)', write: 'insert into logs values ($1)', read: 'select a from logs' },
        new: { call: 'select named($1)' },
      },
      [atContract('alter table users drop column name')],
    )
    expect(cell(dropped, 'v1', 'contracted')).toEqual(['call fails NAME 42703', 'write fails NAME 42703'])
    expect(cell(dropped, 'v2', 'contracted')).toEqual(['call fails NAME 42703'])
  })

  it('keys are none of it: the tables are empty', async () => {
    await run('create table posts (user_id bigint not null references users, slug text unique)')
    const twice = "insert into posts (user_id, slug) values ($1, 'a'), ($1, 'a')"
    const result = await of({ old: { write: 'insert into posts values ($1, $2)', twice } })
    expect(row(result, 'v1')).toEqual(fine)
  })

  it('and nothing of them is left', async () => {
    const result = await of({
      old: {
        insert: 'insert into users (name) values ($1) returning id',
        update: 'update users set name = $1 where id = $2',
        delete: 'with gone as (delete from users where id = $1 returning id) select count(id) from gone',
      },
      new: { insert: 'insert into users (full_name) values ($1) returning id' },
    })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(await run('select count(*)::int as n from users')).toEqual([{ n: 0 }])
  })

  it('but not when they call what may do something else', async () => {
    await run(
      `create table log (a integer); create sequence here;
       create function sleeps() returns integer language sql as 'select 1 from pg_sleep(100)';
       create function runs(what text) returns void language plpgsql as 'begin execute what; end';
       create function fires() returns trigger language plpgsql as 'begin perform runs(''select 1''); perform pg_sleep(100); return new; end';
       create trigger fires before insert on log for each row execute function fires();
       create view seen as select id, code, sleeps() as s from users;
       create function steps() returns void language plpgsql as 'begin perform nextval(''here''); perform nowhere(); end'`,
    )
    const started = Date.now()
    const result = await of({
      old: {
        sleep: 'insert into users (changed) select 1 from pg_sleep(100)',
        inside: 'insert into users (changed) values (sleeps())',
        trigger: 'insert into log values (1)',
        view: 'update seen set code = $1',
        text: "select runs('select pg_sleep(100)')",
        plain: 'select sleeps()',
      },
      new: { steps: 'select steps()' },
    })
    expect(row(result, 'v1')).toEqual(fine)
    expect(cell(result, 'v2', 'expanded')).toEqual(['steps fails NAME 42883'])
    expect(Date.now() - started).toBeLessThan(60_000)
  })

  it('COPY, whose names are looked at without it', async () => {
    const result = await of({
      old: {
        all: 'copy users from stdin',
        listed: 'copy users (name, code) from stdin with (format csv)',
        out: 'copy users to stdout',
        query: 'copy (select name from users) to stdout',
        program: { sql: "copy users (name) to program 'touch /tmp/never-made'" },
        gone: 'copy users (nowhere) from stdin',
      },
      new: { listed: 'copy users (full_name, code) from stdin' },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual([
      'all changes WRITE copy-columns',
      'out changes SHAPE result-columns',
      'gone unverifiable NAME 42703',
    ])
    expect(cell(result, 'v1', 'contracted')).toContain('listed fails NAME 42703')
    expect(cell(result, 'v1', 'contracted')).toContain('query fails NAME 42703')
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(result.ok).toBe(false)
  })
})
