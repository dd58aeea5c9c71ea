import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMigrator, defineMigration, renameColumn } from '../../../src/index.ts'
import { createDatabase, describeEveryServer, type TestDatabase } from '../../servers/databases.ts'
import { run } from '../compat/dialects.ts'
import { check, row } from '../compat/support.ts'
import { poolsOf, settingsOf } from './pools.ts'

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
      const before = await pool.rows(settingsOf(server.url))
      const states: string[] = []
      for await (const { state } of migrator.walk()) {
        states.push(state)
        expect(await pool.rows('select count(*) from users')).toHaveLength(1)
      }
      await migrator.close()
      expect(states).toEqual(['expanded', 'backfilled', 'contracted', 'completed'])
      expect(await pool.rows(settingsOf(server.url))).toEqual(before)
      expect(await pool.rows('select full_name from users')).toEqual([{ full_name: 'Ada' }])
    } finally {
      await migrator.close()
      await pool.end()
    }
  })

  it.each(kinds)('leads to a scratch database beside its own: %s', async (_, open) => {
    const pool = open(database.url)
    try {
      const old = { read: 'select name from users' }
      const result = await check({ database: pool.given, intents: [intent], old, shadow: 'target' })
      expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
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
