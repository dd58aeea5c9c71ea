import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMigrator, defineMigration, renameColumn } from '../../../src/index.ts'
import { createDatabase, describeEveryServer, type TestDatabase } from '../../servers/databases.ts'
import { run } from '../compat/dialects.ts'
import { check, row } from '../compat/support.ts'
import { poolsOf } from './pools.ts'

const intent = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const
const migrations = {
  '20260102030405_full_name': defineMigration({ intents: [renameColumn(intent.renameColumn)] }),
}

describeEveryServer("a pool of the app's", (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(
      database.url,
      "create table users (id integer primary key, name varchar(60)); insert into users values (1, 'Ada')",
    )
  })
  afterEach(() => database.drop())

  const kinds = Object.entries(poolsOf(server.url))

  it.each(kinds)('is used on, and has its settings, while a migrator goes through all phases: %s', async (_, open) => {
    const pool = open(database.url)
    const migrator = createMigrator({ database: pool.given, migrations })
    try {
      const before = await pool.settings()
      const states: string[] = []
      for await (const { state } of migrator.walk()) {
        states.push(state)
        expect(await pool.rows('select count(*) from users')).toHaveLength(1)
      }
      await migrator.close()
      expect(states).toEqual(['expanded', 'backfilled', 'contracted', 'completed'])
      expect(await pool.settings()).toEqual(before)
      expect(await pool.rows('select full_name from users')).toEqual([{ full_name: 'Ada' }])
    } finally {
      await migrator.close()
      await pool.end()
    }
  })

  it.each(kinds)('has its settings after a command that failed: %s', async (_, open) => {
    const pool = open(database.url)
    const nowhere = defineMigration({ intents: [renameColumn({ table: 'nowhere', from: 'a', to: 'b' })] })
    const migrator = createMigrator({ database: pool.given, migrations: { '20260102030405_nowhere': nowhere } })
    try {
      const before = await pool.settings()
      await expect(migrator.expand()).rejects.toMatchObject({ code: 'plan.table', exitCode: 3 })
      await migrator.close()
      expect(await pool.settings()).toEqual(before)
    } finally {
      await migrator.close()
      await pool.end()
    }
  })

  it("that is too small to borrow from is 75, and goes on being the app's", async () => {
    const pool = poolsOf(server.url).Kysely?.(database.url, 2)
    if (pool === undefined) throw new Error('there is no Kysely')
    const migrator = createMigrator({ database: pool.given, migrations, connectTimeout: 500 })
    try {
      await expect(migrator.expand()).rejects.toMatchObject({ code: 'database.pool-busy', exitCode: 75 })
      await migrator.close()
      expect(await pool.settings()).toHaveLength(2)
    } finally {
      await migrator.close()
      await pool.end()
    }
  })

  it.each(kinds)('leads to a scratch database beside its own, but for Kysely: %s', async (kind, open) => {
    const pool = open(database.url)
    try {
      const old = { read: 'select name from users' }
      const result = check({ database: pool.given, intents: [intent], old, shadow: 'target' })
      if (kind === 'Kysely') await expect(result).rejects.toMatchObject({ code: 'check.lent', exitCode: 3 })
      else expect(row(await result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    } finally {
      await pool.end()
    }
  })
})

it('what is neither a URL nor a pool is refused (2)', () => {
  expect(() => createMigrator({ database: { connect: () => undefined } as unknown as pg.Pool })).toThrow(
    expect.objectContaining({ code: 'database.pool', exitCode: 2 }),
  )
})
