import { expect, it } from 'vitest'
import { createMigrator, type Intent, renameConstraint, renameIndex, setComment } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { createDatabase, describeEveryServer } from '../servers/databases.ts'

/** What plan calls a matter of the catalog only. */
const intents: readonly Intent[] = [
  setComment({ table: 'items', column: 'name', comment: 'as it is called' }),
  setComment({ table: 'items', comment: 'what is sold' }),
  renameIndex({ table: 'items', name: 'items_qty_idx', to: 'items_by_qty' }),
  renameConstraint({ table: 'items', name: 'items_code_key', to: 'items_code_once' }),
]

/** A table that is made anew has another file, and that another number. */
const fileOf = {
  postgres: `select pg_relation_filenode('items') as file`,
  mysql: `select table_id as file from information_schema.innodb_tables where name = concat(database(), '/items')`,
  mariadb: `select table_id as file from information_schema.innodb_sys_tables where name = concat(database(), '/items')`,
}

describeEveryServer('what is a matter of the catalog only', (server) => {
  it('leaves the file of the table as it is, there and back', { timeout: 60_000 }, async () => {
    const family = familyOf(server)
    const database = await createDatabase(server)
    const file = async (): Promise<unknown> => (await family.rows(database.url, fileOf[server.kind]))[0]
    const migrator = createMigrator({ database: database.url, migrations: { m: { intents } } })
    try {
      await family.run(database.url, family.schema(50))
      const [before, catalog] = [await file(), await family.catalog(database.url)]
      expect(before).toBeDefined()
      const { phases } = (await migrator.plan()).migrations[0]!
      const steps = Object.values(phases).flat()
      expect(steps.filter(({ rewrites, scans }) => rewrites || scans)).toEqual([])
      await migrator.expand()
      await migrator.backfill()
      await migrator.contract({ quietPeriod: 0 })
      expect(await family.catalog(database.url)).not.toBe(catalog)
      await migrator.rollback()
      await migrator.rollback()
      expect(await family.catalog(database.url)).toBe(catalog)
      await migrator.up()
      expect(await file()).toEqual(before)
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
