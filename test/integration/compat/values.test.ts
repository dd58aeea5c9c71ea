import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CheckResult } from '../../../src/compat/check.ts'
import { createDatabase, describeEachDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { type Asked, cell, check } from './support.ts'

const compare = (a: string, b: string): number => (a < b ? -1 : 1)

const findingsOf = (result: CheckResult): CheckResult['matrix'][number]['findings'] =>
  result.matrix.flatMap(({ findings }) => findings)

describeEachDatabase('round trips of values', everywhere, (server) => {
  const { at, key, postgres } = wordsOf(server)
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run('create table shops (id integer primary key)')
    await run(`create table items (id ${key}, shop integer not null, name varchar(20) not null, price numeric(8,2),
      amount integer not null, stock integer, code varchar(9) not null, constraint items_shop foreign key (shop) references shops (id))`)
  })
  afterEach(() => database.drop())

  const run = (sql: string) => runOn(database.url, sql)
  const of = (asked: Omit<Asked, 'database'>) => check({ database: database.url, ...asked })

  it('tell what is lost, what cannot be converted and what is refused, with a verdict for each', async () => {
    const intents: Asked['intents'] = [
      { renameColumn: { table: 'items', from: 'name', to: 'title' } },
      { changeType: { table: 'items', column: 'price', as: 'euros', to: 'integer' } },
      { changeType: { table: 'items', column: 'stock', to: 'smallint' } },
      { changeType: { table: 'items', column: 'amount', as: 'many', to: 'bigint' } },
      { dropColumn: { table: 'items', column: 'code', down: "'none'" } },
    ]
    const write = {
      sql: `insert into items (shop, title, many) values (${at(1)}, ${at(2)}, ${at(3)})`,
      samples: [
        [1, 'pen', 12],
        [1, 'ink', 4123456789],
      ],
      source: 'items.ts:7',
    }
    const lists = { old: { read: 'select name, amount from items' }, new: { read: 'select title from items', write } }
    const result = await of({ intents, ...lists })
    expect(cell(result, 'v1', 'backfilled')).toEqual([
      '(values) changes VALUE down-fails',
      '(values) changes WRITE write-refused',
    ])
    expect([...cell(result, 'v2', 'backfilled')].sort(compare)).toEqual(
      [
        '(values) changes VALUE lossy-up',
        // Where the server says it of the statement as a whole, it is told once.
        `write fails WRITE ${postgres ? '23502' : 'write-refused'}`,
      ].sort(compare),
    )
    // Under one name the new version reads what was converted from contract on.
    expect(cell(result, 'v2', 'contracted')).toEqual(['(values) changes VALUE up-fails'])
    const [refused, lost] = ['write', '(values)'].map((statement) =>
      result.matrix
        .find(({ version, state }) => version === 'v2' && state === 'backfilled')
        ?.findings.find((each) => each.statement === statement),
    )
    expect(refused).toMatchObject({ source: 'items.ts:7' })
    if (!postgres) expect(refused?.message).toContain('amount → many')
    expect(refused?.warning).toBeUndefined()
    expect(lost?.message).toContain('the old version writes a fraction (0.15)')
    expect(lost?.message).toContain("'0.15' is read as '0', and that is '0.00' again")
    expect(lost?.warning).toBeUndefined()
    expect(JSON.stringify(result)).not.toContain('4123456789')
    expect(result).toMatchObject({ ok: false, unverifiable: 0 })
    // What was made up, and is told by the server when it comes to it, fails no check.
    const made = findingsOf(result).filter(({ statement, code }) => statement === '(values)' && code !== 'lossy-up')
    expect(made.map(({ warning }) => warning)).toEqual([true, true, true])

    const accept = [{ id: 'lossy-up', reason: 'as it is meant' }]
    const accepted = await of({
      ...lists,
      intents: intents.slice(1, 2),
      accept,
      new: { read: 'select euros from items' },
    })
    expect(accepted).toMatchObject({ ok: true, exitCode: 0 })
    expect(findingsOf(accepted).map(({ hint }) => hint)).toContain('The migration accepts it: as it is meant')
    expect(await run('select * from items')).toEqual([])
  })

  it('find what is lost also where a trigger refuses every DELETE', async () => {
    await run(
      postgres
        ? `create function kept() returns trigger language plpgsql as $$ begin raise 'rows are kept'; end $$;
           create trigger a before delete on items for each row execute function kept()`
        : `create trigger a before delete on items for each row signal sqlstate '45000' set message_text = 'rows are kept'`,
    )
    const intents: Asked['intents'] = [{ changeType: { table: 'items', column: 'price', as: 'euros', to: 'integer' } }]
    const asked = { intents, old: { read: 'select price from items' }, new: { read: 'select euros from items' } }
    expect(cell(await of(asked), 'v2', 'backfilled')).toEqual(['(values) changes VALUE lossy-up'])
  })

  it('say so where no row can be made', async () => {
    await run(
      postgres
        ? `create function never() returns trigger language plpgsql as $$ begin raise 'not here'; end $$;
           create trigger a before insert on items for each row execute function never()`
        : `create trigger a before insert on items for each row signal sqlstate '45000' set message_text = 'not here'`,
    )
    const intents: Asked['intents'] = [{ changeType: { table: 'items', column: 'stock', as: 'many', to: 'bigint' } }]
    const asked = { intents, old: { read: 'select stock from items' }, new: { read: 'select many from items' } }
    const result = await of(asked)
    expect(cell(result, 'v2', 'backfilled')).toEqual(['(values) unverifiable VALUE not-tried'])
    expect(cell(result, 'v1', 'backfilled')).toEqual(['(values) unverifiable VALUE not-tried'])
    expect(result.ok).toBe(true)
  })
})

describeEachServer('round trips of values on PostgreSQL', (server) => {
  it('find a trigger that changes one of the two columns', async () => {
    const database = await createDatabase(server)
    try {
      await runOn(
        database.url,
        `create table users (id bigint primary key, name text);
         create function low() returns trigger language plpgsql as $$ begin new.name := lower(new.name); return new; end $$;
         create trigger "~~low" before insert or update on users for each row execute function low()`,
      )
      const result = await check({
        database: database.url,
        intents: [{ renameColumn: { table: 'users', from: 'name', to: 'full_name' } }],
        old: { read: 'select name from users' },
        new: { read: 'select full_name from users' },
      })
      expect(cell(result, 'v1', 'backfilled')).toContain('(values) changes VALUE not-in-sync')
      expect(result.ok).toBe(false)
    } finally {
      await database.drop()
    }
  })
})
