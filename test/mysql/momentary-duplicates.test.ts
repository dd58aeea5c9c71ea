import { expect, it } from 'vitest'
import { asFound } from '../../src/dialects/mysql/momentary-duplicates.ts'
import { dialectNamed } from '../../src/dialects/open.ts'
import { changeType } from '../../src/index.ts'
import { mysqlFamily } from '../families/mysql/family.ts'
import { migrator } from '../integration/shop.ts'
import { createDatabase, describeEachMysql, mysqlRows } from '../servers/databases.ts'

const digits =
  '(select 0 as d union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)'

describeEachMysql('a unique index that is built while upserts make rows double for a moment', (server) => {
  it('is built again, and never said to have duplicates that nobody has', { timeout: 120_000 }, async () => {
    const database = await createDatabase(server)
    await mysqlFamily.run(
      database.url,
      `create table items (id int primary key auto_increment, code varchar(60) unique, n int not null default 0);
       insert into items (code) select concat('C', a.d, b.d, c.d, e.d, f.d) from ${digits} a, ${digits} b, ${digits} c, ${digits} e, ${digits} f where f.d < 5`,
    )
    const m = migrator(database, { m: [changeType({ table: 'items', column: 'code', to: 'varchar(120)', as: 'sku' })] })
    const retried = (): boolean => m.events.some(({ kind }) => kind === 'retry')
    let built = false
    try {
      await m.expand()
      const writers = [1, 2, 3, 4, 5, 6].map(async (which) => {
        const app = await mysqlFamily.session(database.url, `app${which}`)
        // Until the build has failed once: it could never end beside upserts that never pause.
        for (let i = 0; !built && !retried(); i++) {
          const code = `'C00${100 + 100 * which + (i % 40)}'`
          await app.run(
            [
              `update items set id = -id where code = ${code}`,
              `begin; delete from items where code = ${code}; insert into items (code) values (${code}); commit`,
              `update items set code = null where code = ${code}; insert into items (code) values (${code})`,
              `begin; insert into items (code) values ('new${which}${i}'); rollback; insert into items (code) values ('new${which}${i}')`,
            ][i % 4] ?? '',
          )
        }
        await app.end()
      })
      await m.backfill().finally(() => {
        built = true
      })
      await Promise.all(writers)
      const indexes = await mysqlRows(
        database.url,
        "select column_name as c from information_schema.statistics where table_schema = database() and table_name = 'items' and non_unique = 0",
      )
      expect(indexes.map(({ c }) => c)).toContain('sku')
    } finally {
      await m.close()
      await database.drop()
    }
  })

  it('fails as it is where a row is double indeed', async () => {
    const database = await createDatabase(server)
    try {
      await mysqlFamily.run(database.url, 'create table items (id int primary key, code varchar(60))')
      const schema = new URL(database.url).pathname.slice(1)
      const spec = { name: 'items_code', unique: true, body: '', columns: ['code'], comment: null }
      const action = { do: 'createIndex', table: { schema, name: 'items' }, index: spec, concurrently: true } as const
      const refused = Object.assign(new Error('Duplicate entry'), { errno: 1062, sqlState: '23000' })
      const dialect = await dialectNamed('mysql')
      const session = await dialect.connect({
        ...{ url: database.url, driver: {}, applicationName: 'bellows/test', setRole: null, connectTimeout: 10_000 },
        ...{ password: null, signal: null },
      })
      expect(await asFound(session, action, refused)).toMatchObject({ code: 'database.serialization', exitCode: 75 })
      await mysqlFamily.run(database.url, "insert into items values (1, 'a'), (2, 'a')")
      expect(await asFound(session, action, refused)).toBe(refused)
      await session.close()
    } finally {
      await database.drop()
    }
  })
})
