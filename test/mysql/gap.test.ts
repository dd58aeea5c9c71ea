import { expect, it } from 'vitest'
import { changeType, createMigrator, dropColumn, type Intent, type Migrator, renameColumn } from '../../src/index.ts'
import { mysqlFamily } from '../families/mysql/family.ts'
import { outcome } from '../integration/shop.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { createDatabase, describeEachMysql, mysqlRows, type TestDatabase, withMysql } from '../servers/databases.ts'

type Step = (migrator: Migrator) => Promise<unknown>

const expand: Step = (migrator) => migrator.expand()
const backfill: Step = (migrator) => migrator.backfill()
const contract: Step = (migrator) => migrator.contract({ quietPeriod: 0 })
const rollback: Step = (migrator) => migrator.rollback()

const table = `create table items (id int primary key auto_increment, name varchar(20) not null, qty int not null, note varchar(20));
  insert into items (name, qty) values ('a', 1), ('b', 2)`
const noted = `create table items (id int primary key auto_increment, name varchar(20) not null, qty int not null, note varchar(20) not null);
  insert into items (name, qty, note) values ('a', 1, 'x'), ('b', 2, 'y')`
const rename = renameColumn({ table: 'items', from: 'name', to: 'full_name' })
const retype = changeType({ table: 'items', column: 'qty', to: 'varchar(20)', as: 'amount', onError: "'0'" })

interface Case {
  readonly title: string
  readonly intent: Intent
  readonly before: readonly Step[]
  readonly verb: Step
  readonly when: 'the names are the old ones' | 'the names were exchanged'
  /** What the apps write then. */
  readonly write: string
  /** What the rows hold, in both shapes, once the command was said again. */
  readonly rows: readonly (readonly unknown[])[]
  /** The column of the new shape; the other one is found by the ledger. */
  readonly old: string
}

const inserted = `insert into items (name, qty) values ('by v1', 3); insert into items (full_name, qty) values ('by v2', 4); update items set full_name = 'B' where id = 2`
const given = [
  ['a', 'a'],
  ['B', 'B'],
  ['by v1', 'by v1'],
  ['by v2', 'by v2'],
]
const counted = `insert into items (name, qty) values ('x', 3); insert into items (name, amount) values ('y', '4'); update items set amount = '7' where id = 2`
const numbers = [
  [1, '1'],
  [7, '7'],
  [3, '3'],
  [4, '4'],
]
const byNew = `insert into items (full_name, qty) values ('by v2', 4); update items set full_name = 'B' where id = 2`

const cases: readonly Case[] = [
  {
    title: 'contract of a rename',
    intent: rename,
    before: [expand, backfill],
    verb: contract,
    when: 'the names are the old ones',
    write: inserted,
    rows: given,
    old: 'hidden',
  },
  {
    title: 'contract of a rename',
    intent: rename,
    before: [expand, backfill],
    verb: contract,
    when: 'the names were exchanged',
    write: byNew,
    rows: given.filter(([name]) => name !== 'by v1'),
    old: 'hidden',
  },
  {
    title: 'rollback of a rename',
    intent: rename,
    before: [expand, backfill, contract],
    verb: rollback,
    when: 'the names are the old ones',
    write: byNew,
    rows: given.filter(([name]) => name !== 'by v1'),
    old: 'name',
  },
  {
    title: 'rollback of a rename',
    intent: rename,
    before: [expand, backfill, contract],
    verb: rollback,
    when: 'the names were exchanged',
    write: inserted,
    rows: given,
    old: 'name',
  },
  {
    title: 'contract of a change of type',
    intent: retype,
    before: [expand, backfill],
    verb: contract,
    when: 'the names are the old ones',
    write: counted,
    rows: numbers,
    old: 'hidden',
  },
  {
    title: 'rollback of a change of type',
    intent: retype,
    before: [expand, backfill, contract],
    verb: rollback,
    when: 'the names were exchanged',
    // The old version cannot be there: NOT NULL of the new column is not taken back yet.
    write: counted.replace(/^.*?; /, ''),
    rows: numbers.filter(([number]) => number !== 3),
    old: 'qty',
  },
]

const accept = ['down-needs-on-error', 'up-needs-on-error'].map((id) => ({ id, reason: 'the test is about it' }))
const migratorOn = (url: string, intent: Intent): Migrator =>
  createMigrator({ database: url, migrations: { m: { intents: [intent], accept } }, connectTimeout: 2000 })

/** Runs a command, and cuts its connections where columns change their names: just before the server sees it, or just after. */
async function cutOff(database: TestDatabase, intent: Intent, verb: Step, when: Case['when']): Promise<void> {
  const here = (sql: string): boolean => /^alter table .* rename column/i.test(sql)
  let dead = false
  const fate = (wanted: boolean): 'cut' | 'forward' => {
    dead ||= wanted
    return dead ? 'cut' : 'forward'
  }
  const proxy = await mysqlFamily.proxy(database.url, {
    before: ({ sql }) => fate(when === 'the names are the old ones' && here(sql)),
    after: ({ sql }) => fate(when === 'the names were exchanged' && here(sql)),
  })
  const migrator = migratorOn(proxy.url, intent)
  try {
    expect(await outcome(verb(migrator))).toMatch(/^75 /)
  } finally {
    await migrator.close()
    await proxy.close()
  }
}

const steps = async (database: TestDatabase, intent: Intent, all: readonly Step[]): Promise<void> => {
  const migrator = migratorOn(database.url, intent)
  try {
    for (const step of all) await step(migrator)
  } finally {
    await migrator.close()
  }
}

const run = (database: TestDatabase, sql: string): Promise<unknown> =>
  withMysql(database.url, (client) => client.query(sql))

console.log(`a few on each server, all with MATRIX=full: SEED=${seed}`)

describeEachMysql('what the apps write after a runner died where the columns change their names', (server) => {
  it.each(pick(cases, 3, seed + server.name.length))(
    '$title, cut off when $when: the same command ends it, no row is lost',
    async (each) => {
      const database = await createDatabase(server)
      try {
        await run(database, table)
        await steps(database, each.intent, each.before)
        await cutOff(database, each.intent, each.verb, each.when)
        await run(database, each.write)
        await steps(database, each.intent, [each.verb])
        const named = each.intent === rename ? 'full_name' : 'amount'
        const columns = (
          await mysqlRows<{ name: string }>(
            database.url,
            `select column_name as name from information_schema.columns where table_schema = database() and table_name = 'items'`,
          )
        ).map(({ name }) => name)
        const old = each.old === 'hidden' ? columns.find((name) => name.startsWith('bellows_q_')) : each.old
        const found = await mysqlRows(database.url, `select \`${old}\` as o, ${named} as n from items order by id`)
        expect(found.map(({ o, n }) => [o, n])).toEqual(each.rows)
      } finally {
        await database.drop()
      }
    },
  )

  it('contract that was cut off behind the exchange is ended, whoever is still there; before it, it closes again', async () => {
    const gates = { quietPeriod: 0, oldApp: ['root'] }
    const database = await createDatabase(server)
    try {
      // Without NOT NULL: there is no step before the one that locks.
      await run(database, table)
      const nullable = renameColumn({ table: 'items', from: 'note', to: 'remark' })
      await steps(database, nullable, [expand, backfill])
      await cutOff(database, nullable, contract, 'the names are the old ones')
      await withMysql(database.url, async (reader) => {
        await new Promise((resolve) => setTimeout(resolve, 2500))
        await reader.query('begin; select count(*) from items')
        let retry = (): void => undefined
        const retried = new Promise<void>((resolve) => {
          retry = resolve
        })
        const migrator = createMigrator({
          database: database.url,
          migrations: { m: { intents: [nullable], accept } },
          lockTimeout: 300,
          onEvent: ({ kind }) => {
            if (kind === 'retry') retry()
          },
        })
        const wanted = outcome(migrator.contract({ quietPeriod: 2000 }))
        await retried
        await run(database, `update items set note = 'by v1' where id = 1`)
        await reader.query('rollback')
        expect(await wanted).toBe('5 gate.closed')
        expect((await migrator.status()).migrations[0]?.state).toBe('backfilled')
        await migrator.close()
      })
      await cutOff(database, nullable, contract, 'the names were exchanged')
      await withMysql(database.url, () => steps(database, nullable, [(migrator) => migrator.contract(gates)]))
      await steps(database, nullable, [rollback, rollback])
      expect(await mysqlRows(database.url, 'select note from items where id = 1')).toEqual([{ note: 'by v1' }])
    } finally {
      await database.drop()
    }
  })

  it.each([
    ['contract', [expand, backfill], contract, 'hidden'],
    ['rollback', [expand, backfill, contract], rollback, 'note'],
  ] as const)(
    '%s of a dropped column: what `down` gives every row is there at once',
    async (_, before, verb, where) => {
      const database = await createDatabase(server)
      const drop = dropColumn({ table: 'items', column: 'note', down: "'none'" })
      try {
        await run(database, noted)
        await steps(database, drop, before)
        await cutOff(database, drop, verb, 'the names were exchanged')
        await run(database, `insert into items (name, qty) values ('c', 3)`)
        await steps(database, drop, [verb])
        const columns = await mysqlRows<{ name: string }>(
          database.url,
          `select column_name as name from information_schema.columns where table_schema = database() and table_name = 'items'`,
        )
        const name = where === 'note' ? where : columns.find((column) => column.name.startsWith('bellows_q_'))?.name
        const found = await mysqlRows(database.url, `select \`${name}\` as note from items order by id`)
        expect(found.map(({ note }) => note)).toEqual(['x', 'y', 'none'])
      } finally {
        await database.drop()
      }
    },
  )

  it('that the other shape cannot hold is named by key (4), and goes on once it is mended', async () => {
    const database = await createDatabase(server)
    const plain = changeType({ table: 'items', column: 'qty', to: 'varchar(20)', as: 'amount' })
    try {
      await run(database, table)
      await steps(database, plain, [expand, backfill, contract])
      await cutOff(database, plain, rollback, 'the names were exchanged')
      await run(database, `insert into items (name, amount) values ('c', 'many')`)
      await expect(steps(database, plain, [rollback])).rejects.toMatchObject({
        exitCode: 4,
        code: 'data.nulls',
        message: expect.stringMatching(/items.*\{"id": ?3\}/),
      })
      await run(database, `update items set amount = '3' where id = 3`)
      await steps(database, plain, [rollback])
      expect(await mysqlRows(database.url, 'select qty, amount from items where id = 3')).toEqual([
        { qty: 3, amount: '3' },
      ])
    } finally {
      await database.drop()
    }
  })
})
