import { expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  createMigrator,
  dropColumn,
  type Intent,
  renameColumn,
  setDefault,
  setNotNull,
} from '../../src/index.ts'
import { mysqlFamily } from '../families/mysql/family.ts'
import { describeEachMysql, mysqlRows } from '../servers/databases.ts'
import { mysqlChinook, mysqlChinookAvailable } from '../servers/mysql/chinook.ts'

/** One of each, over tables with keys of one column and of two, that point at each other. */
const intents: readonly Intent[] = [
  renameColumn({ table: 'Customer', from: 'Email', to: 'EmailAddress' }),
  renameColumn({ table: 'InvoiceLine', from: 'TrackId', to: 'SongId' }),
  dropColumn({ table: 'Customer', column: 'Fax' }),
  changeType({ table: 'Track', column: 'Milliseconds', to: 'bigint' }),
  addColumn({ table: 'Track', column: 'Slug', type: 'varchar(200)', nullable: false, up: 'lower(Name)' }),
  addIndex({ table: 'Track', name: 'Track_by_composer', columns: ['Composer'] }),
  changeType({ table: 'Invoice', column: 'Total', to: 'decimal(14,4)', as: 'Amount', onError: '0' }),
  addColumn({ table: 'PlaylistTrack', column: 'Place', type: 'int', up: 'TrackId * 10' }),
  setNotNull({ table: 'Artist', column: 'Name', up: "'unknown'" }),
  setDefault({ table: 'Employee', column: 'Title', default: "'Clerk'" }),
]

describeEachMysql('Chinook, a schema that nobody here designed', (server) => {
  it.skipIf(!mysqlChinookAvailable())(
    'through every phase and back: schema and rows as before',
    {
      timeout: 180_000,
    },
    async () => {
      const database = await mysqlChinook(server)
      const accept = ['up-needs-on-error', 'down-needs-on-error'].map((id) => ({ id, reason: 'a test' }))
      const migrator = createMigrator({ database: database.url, migrations: { m: { intents, accept } } })
      const pending = { acceptLoss: true, reason: 'a test', quietPeriod: 0 }
      const catalog = (): Promise<string> => mysqlFamily.catalog(database.url)
      const count = async (sql: string): Promise<number> =>
        Number((await mysqlRows<{ n: number }>(database.url, `select count(*) as n from ${sql}`))[0]?.n)
      const sums = async (): Promise<unknown> => {
        const tables = ['Customer', 'InvoiceLine', 'Track', 'Invoice', 'PlaylistTrack', 'Artist', 'Employee']
        return mysqlRows(database.url, `checksum table ${tables.join(', ')}`)
      }
      try {
        const before = [await catalog(), await sums()]
        await migrator.expand()
        await migrator.rollback(pending)
        expect(await catalog()).toBe(before[0])
        await migrator.expand()
        await migrator.backfill()
        expect(await count('Track where not (Slug <=> lower(Name))')).toBe(0)
        expect(await count('Invoice where not (Amount <=> Total)')).toBe(0)
        expect(await count('PlaylistTrack where not (Place <=> TrackId * 10)')).toBe(0)
        await migrator.contract({ quietPeriod: 0 })
        const lines = await count('InvoiceLine join Track on TrackId = SongId')
        expect(lines).toBe(await count('InvoiceLine'))
        expect((await migrator.verify()).migrations[0]?.ok).toBe(true)
        await migrator.rollback()
        await migrator.rollback(pending)
        expect([await catalog(), await sums()]).toEqual(before)
        await migrator.up({ allowTraffic: true })
        const after = await catalog()
        expect(after).not.toMatch(/bellows_/)
        expect(after).toContain('CONSTRAINT `FK_InvoiceLineTrackId` FOREIGN KEY (`SongId`)')
      } finally {
        await migrator.close()
        await database.drop()
      }
    },
  )
})
