import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, describeEachDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { type Asked, cell, check, row } from './support.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const

describeEachDatabase('check', everywhere, (server) => {
  const { at, code, key, postgres, quote } = wordsOf(server)
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(`create table users (id ${key}, name varchar(60) not null, age integer)`)
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (asked: Omit<Asked, 'database' | 'intents'>, intents: Asked['intents'] = [rename]) =>
    check({ database: database.url, intents, ...asked })

  it('judges a rename cell by cell', async () => {
    const result = await of({
      old: {
        read: { sql: `select name from users where id = ${at(1)}`, source: 'users.ts:3' },
        all: 'select * from users',
        write: `insert into users (name, age) values (${at(1)}, ${at(2)})`,
      },
      new: {
        read: { sql: `select full_name from users where id = ${at(1)}`, params: ['bigint'], source: 'users.ts:4' },
        write: `insert into users (full_name) values (${at(1)})`,
      },
    })
    expect(result.states).toEqual(['before', 'expanded', 'backfilled', 'contracted'])
    expect(result.migration).toBe('change')
    // On MySQL and MariaDB the copy is invisible until the backfill is over, and a star that is prepared already gets it then.
    const star = `all changes SHAPE ${postgres ? 'prepared-star' : 'result-columns'}`
    expect(row(result, 'v1')).toEqual(['ok', postgres ? 'changes' : 'ok', 'changes', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(cell(result, 'v1', 'expanded')).toEqual(postgres ? [star] : [])
    expect(cell(result, 'v1', 'backfilled')).toEqual([star])
    expect(cell(result, 'v1', 'contracted')).toEqual([
      `read fails NAME ${code.column}`,
      star,
      `write fails NAME ${code.column}`,
    ])
    expect(cell(result, 'v2', 'before')).toEqual([`read fails NAME ${code.column}`, `write fails NAME ${code.column}`])
    const hints = result.matrix.flatMap(({ findings }) => findings.map(({ hint }) => hint))
    expect(hints).toContain('As it should be: deploy v2 after the backfill.')
    expect(hints).toContain('As it should be: contract when nothing of v1 runs any more.')
    expect(result).toMatchObject({ unverifiable: 0, notices: [] })
    expect(result).toMatchObject(postgres ? { ok: false, exitCode: 4 } : { ok: true, exitCode: 0 })
  })

  it('passes when no statement of the old version takes all columns', async () => {
    const result = await of({
      old: { read: `select name from users where id = ${at(1)}` },
      new: { read: `select full_name from users where id = ${at(1)}` },
    })
    expect(result).toMatchObject({ ok: true, exitCode: 0 })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
  })

  it('only warns of a star that the driver never keeps prepared', async () => {
    const result = await of({ old: { all: { sql: 'select * from users', prepared: false } } })
    expect(cell(result, 'v1', 'backfilled')).toEqual(['all changes SHAPE result-columns'])
    expect(result.ok).toBe(true)
  })

  it('fails for a new statement that works in no state, and names its place', async () => {
    const result = await of({ new: { broken: { sql: 'select ful_name from users', source: 'orders.ts:12' } } })
    expect(row(result, 'v2')).toEqual(['fails', 'fails', 'fails', 'fails'])
    const found = result.matrix.at(-1)?.findings[0]
    expect(found).toMatchObject({ statement: 'broken', level: 'NAME', code: code.column, source: 'orders.ts:12' })
    expect(found?.hint).toBe('Correct the statement at orders.ts:12, or the migration.')
    expect(result.ok).toBe(false)
  })

  it('holds nothing against an old statement that does not work today', async () => {
    const later = postgres ? 'truncate users' : "load data infile 'x' into table users"
    const asked = { old: { odd: 'select nowhere from users', later } }
    const result = await of(asked)
    expect(row(result, 'v1')).toEqual(['unverifiable', 'unverifiable', 'unverifiable', 'unverifiable'])
    expect(cell(result, 'v1', 'expanded')).toEqual([
      `odd unverifiable NAME ${code.column}`,
      'later unverifiable NAME utility',
    ])
    expect(result).toMatchObject({ ok: true, unverifiable: 2 })
    expect(await of({ ...asked, strict: true })).toMatchObject({ ok: false, exitCode: 4 })
  })

  it('prints no value that a statement holds', async () => {
    const bad = postgres
      ? "select full_name from users where age = 'secret-7'"
      : "select full_name from users where age = 'secret-7' '"
    const result = await of({ new: { bad } })
    expect(cell(result, 'v2', 'contracted')).toEqual([postgres ? 'bad fails TYPE 22P02' : 'bad fails SHAPE 1064'])
    expect(JSON.stringify(result)).not.toContain('secret-7')
  })

  it('takes hostile names as names', async () => {
    const table = `ro"w\`'; drop table users; --`
    await run(`create table ${quote(table)} (${quote('se lect')} integer primary key, ${quote('a"b`')} varchar(9))`)
    const result = await of(
      {
        old: { read: `select ${quote('a"b`')} from ${quote(table)}` },
        new: { read: `select ${quote('c$1')} from ${quote(table)}` },
      },
      [{ renameColumn: { table, from: 'a"b`', to: 'c$1' } }],
    )
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(await run('select name from users')).toEqual([])
  })

  it('leaves the target as it was', async () => {
    await of({ old: { read: 'select name from users' } })
    const all = postgres
      ? "select nspname from pg_namespace where nspname like 'bellows%'"
      : "select table_name from information_schema.tables where table_schema = database() and table_name <> 'users'"
    expect(await run(all)).toEqual([])
  })

  it('has an error in a list told before anything is looked at', async () => {
    await expect(of({ old: { twice: 'select 1' }, new: {} }, [])).rejects.toMatchObject({ exitCode: 2 })
  })
})

// MySQL and MariaDB convert every parameter, and have one place where a name is looked up: the database.
describeEachServer('check of types and schemas', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await runOn(database.url, 'create table users (id bigint primary key, name text not null)')
  })
  afterEach(() => database.drop())

  const of = (asked: Omit<Asked, 'database' | 'intents'>) =>
    check({ database: database.url, intents: [rename], ...asked })

  it('sees a declared parameter of another type', async () => {
    const result = await of({ new: { read: { sql: 'select full_name from users where id = $1', params: ['uuid'] } } })
    expect(cell(result, 'v2', 'contracted')).toEqual(['read fails TYPE 42883'])
  })

  it('finds unqualified names where the database looks for them', async () => {
    await runOn(database.url, `create schema "My Shop"; create table "My Shop".t (a integer, b integer)`)
    await runOn(database.url, `alter database ${database.name} set search_path = "My Shop", public`)
    const result = await of({ old: { read: 'select a, b from t' } })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'ok'])
  })
})
