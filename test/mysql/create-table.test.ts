import { expect, it } from 'vitest'
import { createMigrator, createTable, type Intent } from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

const reviews = createTable({
  table: 'reviews',
  columns: {
    id: { type: 'bigint unsigned', identity: true },
    item: { type: 'int', nullable: false },
    stars: { type: 'tinyint', nullable: false, default: '5' },
    token: { type: 'int', default: '7' },
    text: { type: 'varchar(200)', comment: "what they say, with a ' and a \\" },
  },
  primaryKey: ['id'],
  uniques: [{ name: 'reviews_once', columns: ['item', 'text'] }],
  checks: [{ name: 'reviews_stars', check: 'stars between 1 and 5' }],
  foreignKeys: [
    { name: 'reviews_item', columns: ['item'], references: { table: 'items', columns: ['id'] }, onDelete: 'cascade' },
  ],
  indexes: [{ name: 'reviews_stars_idx', columns: ['stars'] }],
})

// PostgreSQL has its own: owners and grants are part of it there.
describeEachMysql('createTable', (server) => {
  it('comes whole at expand, is kept by rows on the way back, and goes without them', async () => {
    const database = await createDatabase(server)
    const run = (...statements: readonly string[]): Promise<void> =>
      withMysql(database.url, async (client) => {
        for (const statement of statements) await client.query(statement)
      })
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [reviews] } } })
    try {
      await run('create table items (id int primary key)', 'insert into items values (1), (2)')
      await migrator.expand()
      await run("insert into reviews (item, text) values (1, 'good'), (2, 'bad')")
      await expect(run('insert into reviews (item, stars) values (1, 9)')).rejects.toThrow()
      await expect(run("insert into reviews (item, text) values (1, 'good')")).rejects.toThrow()
      // With a NULL beside it in the index that serves the key, MySQL 9.7 does not look the parent up.
      await expect(run("insert into reviews (item, text) values (3, 'of nothing')")).rejects.toThrow(/foreign key/)
      expect(await outcome(migrator.rollback({ quietPeriod: 0 }))).toBe('4 rollback.loss')
      await run('delete from items')
      expect(await mysqlRows(database.url, 'select count(*) as n from reviews')).toEqual([{ n: 0 }])
      await migrator.rollback({ quietPeriod: 0 })
      expect(await mysqlRows(database.url, "show tables like 'reviews'")).toEqual([])
      await migrator.expand()
      await migrator.backfill()
      await migrator.contract({ quietPeriod: 0 })
      await migrator.purge({ ignoreRetention: true })
      const [row] = await mysqlRows(database.url, 'show create table reviews')
      expect(String(row?.['Create Table'])).toContain('AUTO_INCREMENT')
    } finally {
      await migrator.close()
      await database.drop()
    }
  })

  const child = (type: string, to: string, more: Partial<Parameters<typeof createTable>[0]> = {}) =>
    createTable({
      table: 'child',
      columns: { id: { type: 'int' }, parent: { type } },
      primaryKey: ['id'],
      foreignKeys: [{ columns: ['parent'], references: { table: 'items', columns: [to] } }],
      ...more,
    })
  const refused = {
    'of another size': child('int', 'id'),
    'of another sign': child('bigint unsigned', 'id'),
    'of another kind': child('varchar(20)', 'id'),
    'in another collation': child('varchar(20)', 'code'),
    'at a column that is not there': child('int', 'gone'),
    'at a column without an index': child('int', 'size'),
    'with a default that its column does not take': child('bigint', 'id', {
      columns: { id: { type: 'int', default: `'x'` }, parent: { type: 'bigint' } },
    }),
  }

  it('is refused beforehand where the server would not take it, and not where it would', async () => {
    const database = await createDatabase(server)
    const parent = `create table items (id bigint primary key, code varchar(20) character set utf8mb4 collate utf8mb4_bin unique, size int, day date, unique (day))`
    await withMysql(database.url, (client) => client.query(parent))
    const of = (intent: Intent) => createMigrator({ database: database.url, migrations: { m: { intents: [intent] } } })
    try {
      for (const [why, intent] of Object.entries(refused)) {
        const migrator = of(intent)
        const found = [await outcome(migrator.plan()), await outcome(migrator.expand())]
        expect(
          found.map((each) => each.slice(0, 6)),
          why,
        ).toEqual(['3 plan', '3 plan'])
        expect((await migrator.status()).migrations[0]?.state, why).toBe('pending')
        await migrator.close()
      }
      for (const intent of [child('bigint(20)', 'id'), child('date', 'day')]) {
        const migrator = of(intent)
        await migrator.expand()
        const [key] = await mysqlRows(database.url, `show full columns from child like 'id'`)
        expect(key?.Null).toBe('NO')
        await migrator.rollback({ quietPeriod: 0 })
        await migrator.close()
      }
    } finally {
      await database.drop()
    }
  })

  it('names on the way back what somebody added, and would go with it, and not what is its own', async () => {
    const database = await createDatabase(server)
    const whole = createTable({
      table: 'tags',
      columns: {
        id: { type: 'int', identity: true },
        item: { type: 'int' },
        size: { type: 'int' },
        doc: { type: 'json' },
      },
      primaryKey: ['id'],
      uniques: [{ columns: ['size', 'id'] }],
      checks: [{ check: 'size > 0' }],
      foreignKeys: [{ columns: ['item'], references: { table: 'items', columns: ['id'] } }],
      indexes: [{ name: 'by_size', columns: ['size'] }],
    })
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents: [whole] } } })
    try {
      await withMysql(database.url, (client) => client.query('create table items (id int primary key)'))
      await migrator.expand()
      expect(await outcome(migrator.rollback({ quietPeriod: 0 }))).toBe('0')
      await migrator.expand()
      await withMysql(database.url, (client) =>
        client.query(
          'alter table tags add extra int, add index later (size, item), add constraint few check (size < 9)',
        ),
      )
      await expect(migrator.rollback({ quietPeriod: 0 })).rejects.toMatchObject({
        exitCode: 4,
        code: 'rollback.loss',
        message: expect.stringMatching(
          /lose column \S+\.tags\.extra; index later on \S+\.tags; constraint few on \S+\.tags: the/,
        ),
      })
      expect(await outcome(migrator.rollback({ quietPeriod: 0, acceptLoss: true, reason: 'not needed' }))).toBe('0')
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
