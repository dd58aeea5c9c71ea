import { expect, it } from 'vitest'
import { addColumn, changeType, createMigrator, dropColumn, renameColumn } from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

// MySQL has no sequences.
describeEachMysql('a table with a default that takes the next value of a sequence', (server) => {
  it('goes through every phase and back', { timeout: 60_000 }, async (context) => {
    if (server.kind !== 'mariadb') return context.skip()
    const database = await createDatabase(server)
    const migrator = createMigrator({
      database: database.url,
      migrations: {
        m: {
          intents: [
            renameColumn({ table: 'items', from: 'name', to: 'title' }),
            changeType({ table: 'items', column: 'qty', to: 'bigint' }),
            dropColumn({ table: 'items', column: 'note', down: `'none'` }),
            addColumn({ table: 'items', column: 'size', type: 'int', up: 'id' }),
          ],
        },
      },
    })
    const run = (sql: string): Promise<unknown> => withMysql(database.url, (client) => client.query(sql))
    const contract = { quietPeriod: 0, retention: 86_400_000 }
    try {
      await run('create sequence `the ``numbers`; create sequence others')
      await run(
        'create table items (id int primary key, number int default (nextval(`the ``numbers`) + 0), other int default nextval(others), name varchar(9), qty int, note varchar(9))',
      )
      await run('insert into items (id) values (1)')
      await migrator.expand()
      await run('insert into items (id) values (2)')
      await migrator.backfill()
      await migrator.contract(contract)
      await run('insert into items (id) values (3)')
      await migrator.rollback({ acceptLoss: true, reason: 'a test' })
      await migrator.contract(contract)
      await migrator.purge({ ignoreRetention: true })
      await run('insert into items (id) values (4)')
      expect(await mysqlRows(database.url, 'select id, number, other, size from items order by id')).toEqual(
        [1, 2, 3, 4].map((id) => ({ id, number: id, other: id, size: id < 3 ? id : null })),
      )
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
