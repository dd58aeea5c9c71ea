import { expect, it } from 'vitest'
import { addColumn, createMigrator, type Migrator, renameColumn } from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { createDatabase, describeEachMysql, mysqlRows, type TestDatabase, withMysql } from '../servers/databases.ts'

const table = `create table items (id int primary key auto_increment, name varchar(20) not null, qty int);
  insert into items (name, qty) values ('a', 1), ('b', 2)`

const run = (database: TestDatabase, ...statements: readonly string[]): Promise<void> =>
  withMysql(database.url, async (client) => {
    for (const statement of statements) await client.query(statement)
  })

/** Our trigger as it would be made again, changed. */
async function again(database: TestDatabase, name: string, change: (text: string) => string): Promise<string> {
  const [row] = await mysqlRows<Record<string, string>>(database.url, `show create trigger ${name}`)
  return change(row?.['SQL Original Statement'] ?? '')
}

interface Damage {
  readonly title: string
  readonly says: RegExp
  do(database: TestDatabase): Promise<void>
}

const damages: readonly Damage[] = [
  {
    title: 'a trigger of ours that was dropped',
    says: /bellows_items_bu .*is gone/,
    do: (database) => run(database, 'drop trigger bellows_items_bu'),
  },
  {
    title: 'a trigger of yours that came behind ours',
    says: /bellows_items_bi .*comes before yours/,
    do: (database) =>
      run(
        database,
        'drop trigger if exists yours',
        'create trigger yours before insert on items for each row set new.qty = coalesce(new.qty, 0)',
      ),
  },
  {
    title: 'a trigger of ours with another body',
    says: /bellows_items_bi .*is not the one that was made/,
    do: async (database) => {
      const text = await again(database, 'bellows_items_bi', (body) => body.replace(/BEGIN.*/s, 'BEGIN END'))
      await run(database, 'drop trigger bellows_items_bi', text)
    },
  },
  {
    title: 'a trigger of ours that was made anew under another sql_mode',
    says: /bellows_items_bu .*sql_mode/,
    do: async (database) => {
      const text = await again(database, 'bellows_items_bu', (body) => body)
      await run(database, `set sql_mode = ''`, 'drop trigger bellows_items_bu', text)
    },
  },
  {
    title: 'a trigger of ours that runs as somebody else, who is gone',
    says: /bellows_items_bi .*runs as .*somebody/,
    do: async (database) => {
      const text = await again(database, 'bellows_items_bi', (body) =>
        body.replace(/DEFINER=\S+/, 'DEFINER=`somebody`@`nowhere`'),
      )
      await run(database, 'drop trigger bellows_items_bi', text)
    },
  },
]

console.log(`a few on each server, all with MATRIX=full: SEED=${seed}`)

describeEachMysql('triggers that somebody changed beside us', (server) => {
  it.each(pick(damages, 2, seed + server.name.length))(
    '$title: noticed before each phase (6), and repair mends it',
    { timeout: 90_000 },
    async (damage) => {
      const database = await createDatabase(server)
      const migrator = createMigrator({
        database: database.url,
        migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
      })
      const phases: readonly (readonly [string, (m: Migrator) => Promise<unknown>])[] = [
        ['backfill', (m) => m.backfill()],
        ['contract', (m) => m.contract({ quietPeriod: 0 })],
        ['rollback of contract', (m) => m.rollback()],
        ['rollback to pending', (m) => m.rollback({ quietPeriod: 0 })],
      ]
      try {
        await run(database, table)
        await migrator.expand()
        for (const [name, phase] of phases) {
          await damage.do(database)
          const before = await mysqlRows(database.url, 'show create table items')
          await expect(phase(migrator), name).rejects.toMatchObject({
            exitCode: 6,
            code: 'triggers.changed',
            message: expect.stringMatching(damage.says),
            hint: expect.stringContaining('migrate repair'),
          })
          expect(await mysqlRows(database.url, 'show create table items')).toEqual(before)
          const found = await migrator.repair({ dryRun: true })
          expect(found.findings).toMatchObject([{ problem: expect.stringMatching(damage.says), done: false }])
          expect((await migrator.repair()).findings).toMatchObject([{ done: true }])
          expect((await migrator.repair()).findings).toEqual([])
          await phase(migrator)
        }
        expect(await mysqlRows(database.url, `select name from items order by id`)).toEqual([
          { name: 'a' },
          { name: 'b' },
        ])
      } finally {
        await migrator.close()
        await database.drop()
      }
    },
  )

  it('rows that the old version inserted while one was gone are filled by repair', async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
    })
    try {
      await run(database, table)
      await migrator.expand()
      await migrator.backfill()
      await run(database, 'drop trigger bellows_items_bi', `insert into items (name) values ('c')`)
      await migrator.repair()
      expect(await mysqlRows(database.url, 'select full_name from items where id = 3')).toEqual([{ full_name: 'c' }])
      expect(await outcome(migrator.contract({ quietPeriod: 0 }))).toBe('0')
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  it('expand puts ours behind yours again, and refuses (6) where one is gone', async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m1: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] },
        m2: { intents: [addColumn({ table: 'items', column: 'half', type: 'int', up: 'qty' })], accept: [] },
      },
    })
    try {
      await run(database, table)
      await migrator.expand({ name: 'm1' })
      await run(database, 'drop trigger bellows_items_bi')
      expect(await outcome(migrator.expand({ name: 'm2' }))).toBe('6 triggers.changed')
      await migrator.repair()
      await run(database, 'create trigger yours before insert on items for each row set new.qty = 5')
      expect(await outcome(migrator.expand({ name: 'm2' }))).toBe('0')
      await run(database, `insert into items (name) values ('c')`)
      expect(await mysqlRows(database.url, 'select qty, half from items where id = 3')).toEqual([{ qty: 5, half: 5 }])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})

describeEachMysql('an ENUM that an INSERT in strict mode leaves out', (server) => {
  it('gets its first member below our trigger too, by the default that plan asks for on MariaDB', {
    timeout: 60_000,
  }, async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'title' })] } },
    })
    const told = async (): Promise<readonly (string | null)[]> =>
      (await migrator.plan()).migrations.flatMap((plan) =>
        plan.hazards.filter(({ code }) => code === 'enum-without-default').map(({ hint }) => hint),
      )
    try {
      await run(
        database,
        `create table items (id int primary key auto_increment, name varchar(20), kind enum('it''s', 'b') not null, sort enum('x') not null default 'x', more enum('y'))`,
      )
      const [hint = '', ...others] = await told()
      expect(others).toEqual([])
      if (server.kind === 'mariadb') await run(database, hint?.replace(/^.*?: /, '') ?? '')
      expect(await told()).toEqual([])
      await migrator.expand()
      await run(database, `insert into items (name) values ('a')`, `insert into items (title) values ('b')`)
      expect(await mysqlRows(database.url, 'select name, title, kind from items order by id')).toEqual([
        { name: 'a', title: 'a', kind: "it's" },
        { name: 'b', title: 'b', kind: "it's" },
      ])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
