import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, describeEachServer, type TestDatabase, withClient } from '../../servers/databases.ts'
import { type Asked, cell, check, row } from './support.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const

describeEachServer('check', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(
      'create table users (id bigint generated always as identity primary key, name text not null, age integer)',
    )
  })
  afterEach(() => database.drop())

  const run = (sql: string) => withClient(database.url, (client) => client.query(sql))
  const of = (asked: Omit<Asked, 'database' | 'intents'>, intents: Asked['intents'] = [rename]) =>
    check({ database: database.url, intents, ...asked })

  it('judges a rename cell by cell', async () => {
    const result = await of({
      old: {
        read: { sql: 'select name from users where id = $1', source: 'users.ts:3' },
        all: 'select * from users',
        write: 'insert into users (name, age) values ($1, $2)',
      },
      new: {
        read: { sql: 'select full_name from users where id = $1', params: ['bigint'], source: 'users.ts:4' },
        write: 'insert into users (full_name) values ($1) returning id',
      },
    })
    expect(result.states).toEqual(['before', 'expanded', 'backfilled', 'contracted'])
    expect(result.migration).toBe('change')
    expect(row(result, 'v1')).toEqual(['ok', 'changes', 'changes', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(cell(result, 'v1', 'expanded')).toEqual(['all changes SHAPE prepared-star'])
    expect(cell(result, 'v1', 'backfilled')).toEqual(['all changes SHAPE prepared-star'])
    expect(cell(result, 'v1', 'contracted')).toEqual([
      'read fails NAME 42703',
      'all changes SHAPE prepared-star',
      'write fails NAME 42703',
    ])
    expect(cell(result, 'v2', 'before')).toEqual(['read fails NAME 42703', 'write fails NAME 42703'])
    const hints = result.matrix.flatMap(({ findings }) => findings.map(({ hint }) => hint))
    expect(hints).toContain('As it should be: deploy v2 after the backfill.')
    expect(hints).toContain('As it should be: contract when nothing of v1 runs any more.')
    expect(result).toMatchObject({ ok: false, exitCode: 4, unverifiable: 0, notices: [] })
  })

  it('passes when no statement of the old version takes all columns', async () => {
    const result = await of({
      old: { read: 'select name from users where id = $1' },
      new: { read: 'select full_name from users where id = $1' },
    })
    expect(result).toMatchObject({ ok: true, exitCode: 0 })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
  })

  it('only warns of a star that the driver never keeps prepared', async () => {
    const result = await of({ old: { all: { sql: 'select * from users', prepared: false } } })
    expect(cell(result, 'v1', 'expanded')).toEqual(['all changes SHAPE result-columns'])
    expect(result.ok).toBe(true)
  })

  it('fails for a new statement that works in no state, and names its place', async () => {
    const result = await of({ new: { broken: { sql: 'select ful_name from users', source: 'orders.ts:12' } } })
    expect(row(result, 'v2')).toEqual(['fails', 'fails', 'fails', 'fails'])
    const found = result.matrix.at(-1)?.findings[0]
    expect(found).toMatchObject({ statement: 'broken', level: 'NAME', code: '42703', source: 'orders.ts:12' })
    expect(found?.hint).toBe('Correct the statement at orders.ts:12, or the migration.')
    expect(result.ok).toBe(false)
  })

  it('holds nothing against an old statement that does not work today', async () => {
    const asked = { old: { odd: 'select nowhere from users', copy: 'copy users from stdin' } }
    const result = await of(asked)
    expect(row(result, 'v1')).toEqual(['unverifiable', 'unverifiable', 'unverifiable', 'unverifiable'])
    expect(cell(result, 'v1', 'expanded')).toEqual(['odd unverifiable NAME 42703', 'copy unverifiable NAME utility'])
    expect(result).toMatchObject({ ok: true, unverifiable: 2 })
    expect(await of({ ...asked, strict: true })).toMatchObject({ ok: false, exitCode: 4 })
  })

  it('sees a declared parameter of another type', async () => {
    const result = await of({ new: { read: { sql: 'select full_name from users where id = $1', params: ['uuid'] } } })
    expect(cell(result, 'v2', 'contracted')).toEqual(['read fails TYPE 42883'])
  })

  it('prints no value that a statement holds', async () => {
    const result = await of({ new: { bad: "select full_name from users where age = 'secret-7'" } })
    expect(cell(result, 'v2', 'contracted')).toEqual(['bad fails TYPE 22P02'])
    expect(JSON.stringify(result)).not.toContain('secret-7')
  })

  it('finds unqualified names where the database looks for them', async () => {
    await run(`create schema "My Shop"; create table "My Shop".t (a integer, b integer)`)
    await run(`alter database ${database.name} set search_path = "My Shop", public`)
    const result = await of({ old: { read: 'select a, b from t' } })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  it('takes hostile names as names', async () => {
    const table = `ro"w'; drop table users; --`
    await run(`create table "ro""w'; drop table users; --" ("se lect" integer primary key, "a""b" text)`)
    const result = await of(
      {
        old: { read: `select "a""b" from "ro""w'; drop table users; --"` },
        new: { read: `select "c$1" from "ro""w'; drop table users; --"` },
      },
      [{ renameColumn: { table, from: 'a"b', to: 'c$1' } }],
    )
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect((await run('select count(*)::int as n from users')).rows).toEqual([{ n: 0 }])
  })

  it('leaves the target as it was', async () => {
    await of({ old: { read: 'select name from users' } })
    const { rows } = await run("select nspname from pg_namespace where nspname like 'bellows%'")
    expect(rows).toEqual([])
  })
})
