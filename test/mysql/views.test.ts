import { expect, it } from 'vitest'
import { changeType, createMigrator, type Intent, renameColumn } from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

describeEachMysql('a view over a column', (server) => {
  async function backfilled(
    intent: Intent,
    body: (
      migrator: ReturnType<typeof createMigrator>,
      run: (...statements: readonly string[]) => Promise<void>,
      rows: (sql: string) => Promise<unknown[]>,
    ) => Promise<void>,
  ): Promise<void> {
    const database = await createDatabase(server)
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [intent] } } })
    const run = (...statements: readonly string[]): Promise<void> =>
      withMysql(database.url, async (client) => {
        for (const statement of statements) await client.query(statement)
      })
    try {
      await run(
        'create table items (id int primary key auto_increment, qty int, note varchar(20))',
        `insert into items (qty, note) values (1, 'a')`,
        'create view plain as select id, qty from items',
        'create view every as select * from items where qty > 0',
        'create view above as select sum(qty) as total from plain',
      )
      await migrator.expand()
      await migrator.backfill()
      await body(migrator, run, (sql) => mysqlRows(database.url, sql))
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  it('goes on with the new type where the name stays', { timeout: 60_000 }, async () => {
    await backfilled(changeType({ table: 'items', column: 'qty', to: 'bigint' }), async (migrator, run, rows) => {
      await migrator.contract({ quietPeriod: 0 })
      await run('insert into plain (qty) values (8589934592)')
      const seen = async (): Promise<void> => {
        expect(await rows('select id, qty from plain')).toEqual([
          { id: 1, qty: 1 },
          { id: 2, qty: 8589934592 },
        ])
        expect(await rows('select * from every')).toMatchObject([{ qty: 1, note: 'a' }, { qty: 8589934592 }])
        expect(await rows('select total + 0e0 as total from above')).toEqual([{ total: 8589934593 }])
        expect(await rows('show columns from plain')).toMatchObject([{}, { Type: expect.stringMatching(/^bigint/) }])
      }
      await seen()
      await migrator.purge({ ignoreRetention: true })
      await seen()
    })
  })

  it.each(['note', 'qty'])(
    'closes contract where its text may not bear the new character set: %s',
    {
      timeout: 60_000,
    },
    async (column) => {
      const intent = changeType({ table: 'items', column, to: 'varchar(20) character set ucs2', onError: 'null' })
      await backfilled(intent, async (migrator, run, rows) => {
        await run(`create view sorted as select ${column} collate utf8mb4_bin as sorted from items`)
        await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({
          exitCode: 5,
          message: expect.stringContaining('view sorted names'),
          hint: expect.stringContaining('bears it'),
        })
        await migrator.contract({ quietPeriod: 0, forceGates: ['dependents'], reason: 'to see that it would not' })
        await expect(rows('select * from sorted')).rejects.toThrow(/COLLATION/)
      })
    },
  )

  it('closes contract where the name goes', { timeout: 60_000 }, async () => {
    await backfilled(renameColumn({ table: 'items', from: 'qty', to: 'amount' }), async (migrator) => {
      await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({
        exitCode: 5,
        message: expect.stringContaining('view plain names'),
        hint: expect.stringContaining('both work now'),
      })
    })
  })

  it('is not like a body, which may not bear the new type: that is said', { timeout: 60_000 }, async () => {
    await backfilled(changeType({ table: 'items', column: 'qty', to: 'bigint' }), async (migrator, run) => {
      await run('create function most() returns int reads sql data return (select max(qty) from items)')
      const refused = migrator.contract({ quietPeriod: 0 })
      await expect(refused).rejects.toMatchObject({
        exitCode: 5,
        message: expect.stringContaining('function most names'),
        hint: expect.stringContaining('by its name'),
      })
      await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('view') })
      await migrator.contract({ quietPeriod: 0, forceGates: ['dependents'], reason: 'it is not called any more' })
    })
  })
})
