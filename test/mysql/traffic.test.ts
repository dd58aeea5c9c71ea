import { expect, it } from 'vitest'
import { createMigrator, renameColumn } from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'
import { schema } from './schema.ts'
import { startWriters, type Tally, type Writers } from './writers.ts'

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const same = 'cast(name as binary) <=> cast(full_name as binary)'

describeEachMysql('four writers of each version, through every phase and back', (server) => {
  it('renameColumn: no statement fails and no write is lost', { timeout: 240_000 }, async () => {
    const database = await createDatabase(server)
    const tally: Tally = { statements: 0, failures: [] }
    let stage = 'before'
    const running: Writers[] = []
    const start = (side: 'v1' | 'v2'): Writers => {
      const column = side === 'v1' ? 'name' : 'full_name'
      const writers = startWriters(database.url, side, column, tally, () => stage, Math.random)
      running.push(writers)
      return writers
    }
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
    })
    const during = async (name: string, phase: () => Promise<unknown>): Promise<void> => {
      stage = name
      await phase()
      await sleep(200)
      expect(tally.failures).toEqual([])
    }
    const wrong = (condition: string): Promise<readonly unknown[]> =>
      mysqlRows(database.url, `select id from items where not (${condition}) limit 5`)
    try {
      await withMysql(database.url, async (client) => {
        for (const statement of schema) await client.query(statement)
      })
      const [before] = await mysqlRows(database.url, 'show create table items')
      let v1 = start('v1')
      await during('expand', () => migrator.expand())
      let v2 = start('v2')
      await during('both before the backfill', () => sleep(100))
      await v2.stop()
      await during('rollback to pending', () => migrator.rollback({ quietPeriod: 0 }))
      await withMysql(database.url, (client) => client.query(`delete from control where side = 'v2'`))
      await during('expand again', () => migrator.expand())
      v2 = start('v2')
      await during('backfill', () => migrator.backfill())
      await during('both', () => sleep(200))
      await v1.stop()
      expect(await wrong(same)).toEqual([])
      await during('contract', () => migrator.contract({ quietPeriod: 0 }))
      await during('rollback of contract', () => migrator.rollback())
      v1 = start('v1')
      await during('both again', () => sleep(200))
      await v1.stop()
      expect(await wrong(same)).toEqual([])
      await during('contract again', () => migrator.contract({ quietPeriod: 0 }))
      await during('purge', () => migrator.purge({ ignoreRetention: true }))
      await v2.stop()
      const lost = await mysqlRows(
        database.url,
        `select c.id, c.value, i.full_name from control c left join items i using (id)
         where not (cast(c.value as binary) <=> cast(i.full_name as binary)) limit 5`,
      )
      expect(lost).toEqual([])
      expect(tally.statements).toBeGreaterThan(500)
      // The original column went on under its new name, with all that hung on it, in its place.
      const [after] = await mysqlRows(database.url, 'show create table items')
      const definition = (row: unknown): string =>
        String((row as Record<string, unknown>)['Create Table']).replace(/AUTO_INCREMENT=\d+ /, '')
      expect(definition(after)).toBe(definition(before).replaceAll('`name`', '`full_name`'))
      expect(await mysqlRows(database.url, 'show triggers')).toEqual([])
    } finally {
      for (const writers of running) await writers.stop()
      await migrator.close()
      await database.drop()
    }
  })
})
