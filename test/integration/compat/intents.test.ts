import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkCompatibility } from '../../../src/compat/check.ts'
import { createMigrator } from '../../../src/runner/migrator.ts'
import { createDatabase, describeEachDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { type Asked, cell, check, listFile, row } from './support.ts'

describeEachDatabase('check of', everywhere, (server) => {
  const { at, code, postgres } = wordsOf(server)
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run('create table orders (id integer primary key, total integer not null, note varchar(60))')
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (intents: Asked['intents'], asked: Omit<Asked, 'database' | 'intents'>) =>
    check({ database: database.url, intents, ...asked })

  it('a changed type with its own name', async () => {
    const result = await of([{ changeType: { table: 'orders', column: 'total', to: 'bigint', as: 'amount' } }], {
      old: { read: `select total from orders where total > ${at(1)}` },
      new: { read: `select amount from orders where amount > ${at(1)}` },
    })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(result.ok).toBe(true)
  })

  it('a changed type under the same name', async () => {
    const result = await of([{ changeType: { table: 'orders', column: 'total', to: 'bigint' } }], {
      old: { read: `select total from orders where total > ${at(1)}`, double: "select concat(total, 'x') from orders" },
      new: { read: { sql: `select total from orders where total > ${at(1)}`, params: ['bigint'] } },
    })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'changes'])
    // MariaDB tells nothing of a parameter; to MySQL any integer is a bigint, and the text gets longer.
    expect(cell(result, 'v1', 'contracted')).toEqual([
      'read changes TYPE result-type',
      postgres ? 'read changes TYPE parameter-type' : 'double changes TYPE result-type',
    ])
    expect(cell(result, 'v2', 'contracted')).toEqual(['read changes TYPE result-type'])
    expect(result.ok).toBe(true)
  })

  it('a column that is added, and one that goes', async () => {
    const intents = [
      { addColumn: { table: 'orders', column: 'state', type: 'varchar(9)', default: "'new'" } },
      { dropColumn: { table: 'orders', column: 'note' } },
    ]
    const result = await of(intents, {
      old: {
        read: 'select note from orders',
        star: postgres ? 'insert into orders values ($1, $2, $3) returning *' : 'select * from orders',
      },
      new: { read: 'select state from orders' },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual(postgres ? ['star changes SHAPE prepared-star'] : [])
    expect(cell(result, 'v1', 'contracted')).toContain(`read fails NAME ${code.column}`)
    expect(row(result, 'v2')).toEqual(['fails', 'ok', 'ok', 'ok'])
  })

  it('an index that goes, which a statement of the old version names, or needs', async () => {
    await run('create unique index orders_note on orders (note)')
    const insert = `insert into orders (id, total, note) values (${at(1)}, ${at(2)}, ${at(3)})`
    const result = await of([{ dropIndex: { table: 'orders', name: 'orders_note' } }], {
      old: {
        needs: postgres
          ? `${insert} on conflict (note) do nothing`
          : `select id from orders use index (orders_note) where note = ${at(1)}`,
      },
      new: { insert },
    })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'v2')).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(result.ok).toBe(true)
  })

  it('a name that becomes ambiguous', async () => {
    await run('create table items (id integer primary key, state varchar(9))')
    const result = await of([{ addColumn: { table: 'orders', column: 'state', type: 'varchar(9)' } }], {
      old: { join: 'select state from orders join items using (id)' },
    })
    expect(cell(result, 'v1', 'expanded')).toEqual([`join fails NAME ${code.ambiguous}`])
    expect(result.ok).toBe(false)
  })

  it('several migrations together, or one after those before it', async () => {
    const migrations = {
      '1_note': { intents: [{ renameColumn: { table: 'orders', from: 'note', to: 'remark' } }] },
      '2_total': { intents: [{ renameColumn: { table: 'orders', from: 'total', to: 'amount' } }] },
      '3_later': { intents: [{ renameColumn: { table: 'orders', from: 'amount', to: 'sum' } }] },
    }
    const { path, remove } = await listFile('v1', { both: 'select note, total from orders' })
    const { '3_later': _, ...two } = migrations
    try {
      const together = await checkCompatibility({
        migrator: { database: database.url, migrations: two },
        old: [path],
        new: [],
        shadow: 'target',
      })
      expect(together.migration).toBe('1_note, 2_total')
      expect(row(together, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
      const second = await checkCompatibility({
        migrator: { database: database.url, migrations },
        name: '2_total',
        old: [path],
        new: [],
        shadow: 'target',
      })
      expect(second.migration).toBe('2_total')
      expect(row(second, 'v1')).toEqual(['unverifiable', 'unverifiable', 'unverifiable', 'unverifiable'])
    } finally {
      await remove()
    }
  })

  it('a migration that was begun is refused, and none that is pending says so', async () => {
    const migrator = {
      database: database.url,
      migrations: { change: { intents: [{ renameColumn: { table: 'orders', from: 'note', to: 'remark' } }] } },
    }
    const running = createMigrator(migrator)
    await running.expand()
    await running.close()
    const { path, remove } = await listFile('v1', { read: 'select note from orders' })
    try {
      const asked = { migrator, old: [path], new: [], shadow: 'target' } as const
      await expect(checkCompatibility({ ...asked, name: 'change' })).rejects.toMatchObject({
        exitCode: 3,
        code: 'check.begun',
      })
      expect(await checkCompatibility(asked)).toMatchObject({
        ok: true,
        matrix: [],
        notices: ['no migration is pending: nothing was checked', expect.stringContaining('change is expanded')],
      })
      await expect(checkCompatibility({ ...asked, name: 'nowhere' })).rejects.toMatchObject({ exitCode: 2 })
      const next = { other: { intents: [{ renameColumn: { table: 'orders', from: 'total', to: 'sum' } }] } }
      const second = await checkCompatibility({
        ...asked,
        migrator: { ...migrator, migrations: { ...migrator.migrations, ...next } },
      })
      expect(second.migration).toBe('other')
      expect(row(second, 'v1')).toEqual(['ok', 'ok', 'ok', 'ok'])
    } finally {
      await remove()
    }
  })

  it('a migration that a dependent keeps from contract says which, and nothing about that state', async () => {
    await run(
      postgres
        ? 'create function notes() returns setof text language sql as $$ select note from orders $$'
        : 'create procedure notes() select note from orders',
    )
    const result = await of([{ renameColumn: { table: 'orders', from: 'note', to: 'remark' } }], {
      new: { read: 'select remark from orders', none: 'begin' },
    })
    expect(cell(result, 'v2', 'contracted')).toEqual(['read unverifiable NAME not-reached'])
    expect(result).toMatchObject({ ok: false, exitCode: 4 })
    const silent = await of([{ renameColumn: { table: 'orders', from: 'note', to: 'remark' } }], {
      new: { none: 'begin' },
    })
    expect(cell(silent, 'v2', 'contracted')).toEqual(['(any) unverifiable NAME not-reached'])
    expect(result.notices).toEqual([expect.stringMatching(/^the shadow could not be contracted: .*notes/)])
  })
})

// On MySQL and MariaDB every expression takes every type, and what a statement uses is looked for in it (rows.test.ts).
describeEachServer('on PostgreSQL, check of', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run('create table orders (id integer primary key, total integer not null, note text)')
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (intents: Asked['intents'], asked: Omit<Asked, 'database' | 'intents'>) =>
    check({ database: database.url, intents, ...asked })

  it('a changed type that an expression does not take', async () => {
    const intent = {
      changeType: { table: 'orders', column: 'note', to: 'integer', up: 'length(note)', down: 'note::text' },
    }
    const result = await of([intent], {
      old: { search: "select id from orders where note like 'a%'" },
      new: { search: "select id from orders where note like 'a%'" },
    })
    expect(cell(result, 'v1', 'contracted')).toEqual(['search fails TYPE 42883'])
    expect(cell(result, 'v2', 'contracted')).toEqual(['search fails TYPE 42883', '(values) changes VALUE lossy-up'])
    expect(result.ok).toBe(false)
  })

  it('a statement that needs what the shadow lacks holds nothing against it', async () => {
    await run(`create aggregate totals(integer) (sfunc = int4pl, stype = integer, initcond = '0')`)
    const result = await of([{ renameColumn: { table: 'orders', from: 'note', to: 'remark' } }], {
      old: { sum: 'select totals(total) from orders' },
      new: { sum: 'select totals(total), 1 from orders', wrong: 'select nowhere from orders' },
    })
    expect(result.notices).toEqual([expect.stringMatching(/^aggregate (public\.)?totals\(integer\) is not copied/)])
    expect(cell(result, 'v1', 'backfilled')).toEqual(['sum unverifiable NAME 42883'])
    expect(cell(result, 'v2', 'backfilled')).toEqual(['sum unverifiable NAME 42883', 'wrong fails NAME 42703'])
  })
})
