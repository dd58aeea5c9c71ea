import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, describeEachDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { type Asked, cell, check, row } from './support.ts'

const fine = ['ok', 'ok', 'ok', 'ok']

/*
 * Nothing fails, and a statement means something else: beside each the ones that look like it, and are as they were.
 */
describeEachDatabase('what names come to mean', everywhere, (server) => {
  const { at } = wordsOf(server)
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(
      `create table users (id integer primary key, name varchar(60), state varchar(9));
       create table orders (id integer primary key, user_id integer, total integer)`,
    )
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (asked: Omit<Asked, 'database' | 'intents'>, ...intents: readonly object[]) =>
    check({ database: database.url, intents: intents as Asked['intents'], ...asked })
  const add = (table: string, column: string) => ({ addColumn: { table, column, type: 'varchar(9)' } })

  it('a name of an outer query that a new column takes', async () => {
    const exists = (name: string) =>
      `select u.name from users u where exists (select 1 from orders o where o.user_id = u.id and ${name} = ${at(1)})`
    const result = await of(
      {
        old: {
          captured: exists('state'),
          qualified: exists('u.state'),
          other: exists('total'),
          updates: `update users set name = ${at(1)} where exists (select 1 from orders where user_id = users.id and state = ${at(2)})`,
          deletes: `delete from users where id in (select user_id from orders where state = ${at(1)})`,
          fills: `insert into users (id, name, state) select id, name, state from users where exists (select 1 from orders where total > 1)`,
          star: `select * from users where exists (select 1 from orders where user_id = users.id and state = ${at(1)})`,
        },
      },
      add('orders', 'state'),
    )
    const found = ['captured', 'updates', 'deletes', 'star'].map((id) => `${id} changes VALUE captured-name`)
    expect(cell(result, 'v1', 'expanded')).toEqual(found)
    expect(result.ok).toBe(false)
    const [finding] = result.matrix.find(({ state }) => state === 'expanded')?.findings ?? []
    expect(finding?.message).toMatch(/^a name means o\.state, and meant u\.state/)
  })

  it('a name that goes, and is found in an outer query', async () => {
    await run('alter table orders add state varchar(9)')
    const statement = `select name from users where exists (select 1 from orders where user_id = users.id and state = ${at(1)})`
    const result = await of(
      { old: { inner: statement }, new: { inner: statement, outer: statement.replace('state', 'users.state') } },
      { dropColumn: { table: 'orders', column: 'state' } },
    )
    expect(row(result, 'v1').slice(0, 3)).toEqual(['ok', 'ok', 'ok'])
    expect(cell(result, 'v2', 'contracted')).toEqual(['inner changes VALUE captured-name'])
  })

  it('a NATURAL JOIN over one column more', async () => {
    await run('create table notes (user_id integer, note varchar(9))')
    const result = await of(
      {
        old: {
          natural: 'select users.name from users natural join orders',
          star: { sql: 'select * from users natural join orders', prepared: false },
          using: 'select users.name from users join orders using (id)',
          on: 'select users.name from users join orders on users.id = orders.id',
          other: 'select note from orders natural join notes',
        },
      },
      { addColumn: { table: 'orders', column: 'state', type: 'varchar(9)', visible: 'expand' } },
    )
    const joins = (id: string) => `${id} changes VALUE join-columns`
    expect(cell(result, 'v1', 'expanded').filter((each) => each.includes('VALUE'))).toEqual([
      joins('natural'),
      joins('star'),
    ])
    expect(result.ok).toBe(false)
  })

  it('the exchange of names at contract is none of it, nor is another type', async () => {
    const read = (name: string) => ({
      read: `select ${name} from users where ${name} like ${at(1)} order by ${name}`,
      joined: `select u.${name}, total from users u join orders o on o.user_id = u.id where state = ${at(1)} group by u.${name}, total`,
      sub: `with x as (select id, ${name} from users) select x.${name} from x where x.id in (select user_id from orders where total > ${at(1)})`,
      write: `update users set ${name} = coalesce(${name}, ${at(1)}) where id = ${at(2)}`,
    })
    const result = await of(
      { old: read('name'), new: read('full_name') },
      { renameColumn: { table: 'users', from: 'name', to: 'full_name' } },
      { changeType: { table: 'orders', column: 'total', to: 'bigint' } },
    )
    const silent = (version: string) =>
      result.matrix
        .filter((each) => each.version === version)
        .flatMap(({ findings }) => findings.filter(({ level }) => level === 'VALUE'))
    expect(silent('v1')).toEqual([])
    expect(silent('v2')).toEqual([])
    expect(row(result, 'v2').slice(1)).toEqual(['ok', 'ok', 'changes'])
  })
})

describeEachServer('what an INSERT by place fills', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await runOn(
      database.url,
      `create table users (id integer primary key, name text, state text);
       create table old_users (id integer, name text, state text, gone_at text)`,
    )
  })
  afterEach(() => database.drop())

  it('is told when its values land elsewhere, or from elsewhere', async () => {
    const listed = {
      place: 'insert into users values ($1, $2, $3)',
      few: 'insert into users values ($1, $2)',
      named: 'insert into users (id, name, state) values ($1, $2, $3)',
      move: 'insert into old_users select * from users',
      into: 'insert into old_users (id, name, state, gone_at) select *, null from users',
      list: 'insert into old_users (id, name) select id, name from users',
    }
    const expand = 'alter table users drop column state, add column nick text; alter table users add column state text'
    const result = await check({
      database: database.url,
      old: { few: listed.few, move: listed.move, list: listed.list },
      intents: [{ addColumn: { table: 'users', column: 'nick', type: 'text' } }],
    })
    expect(row(result, 'v1')).toEqual(['ok', 'changes', 'changes', 'changes'])
    expect(cell(result, 'v1', 'expanded')).toEqual(['move changes SHAPE insert-columns'])
    const swapped = await check({
      database: database.url,
      old: listed,
      intents: [{ rawSql: { expand, reason: 'test' } } as never],
    })
    expect(cell(swapped, 'v1', 'expanded')).toEqual([
      'place changes SHAPE insert-columns',
      'move changes SHAPE insert-columns',
      'into fails SHAPE 42601',
    ])
  })

  it('and what the columns of the same table are exchanged with', async () => {
    const result = await check({
      database: database.url,
      intents: [{ changeType: { table: 'users', column: 'state', to: 'varchar(9)', onError: "'-'" } } as never],
      old: { place: 'insert into users values ($1, $2, $3)' },
    })
    expect(row(result, 'v1').slice(0, 3)).toEqual(fine.slice(1))
  })
})
