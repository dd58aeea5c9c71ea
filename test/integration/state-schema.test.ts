import { expect, it } from 'vitest'
import { familyOf } from '../families/family.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from './shop.ts'

describeEveryServer('a place for the state tables where others have theirs', (server) => {
  const isPostgres = familyOf(server).name === 'postgres'
  const schema = isPostgres ? 'create schema shop;' : ''
  const named = (name: string): string => (isPostgres ? `shop.${name}` : `shop_${name}`)

  it.each([
    ['events', 'id int primary key, kind varchar(9)'],
    ['meta', 'id int primary key, version int'],
  ])('is refused where one of them is called %s, before anything is made (2)', (name, columns) =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          `${schema} create table ${named(name)} (${columns}); insert into ${named(name)} (id) values (1)`,
        )
        const tables = (): Promise<readonly object[]> =>
          rows(
            database,
            `select table_schema as s, table_name as n, column_name as c from information_schema.columns
             where ${isPostgres ? "table_schema not in ('pg_catalog', 'information_schema')" : 'table_schema = database()'} order by 1, 2, 3`,
          )
        const before = await tables()
        const m = migrator(database, undefined, { stateSchema: 'shop' })
        expect((await m.status()).migrations).toMatchObject([{ state: 'pending' }])
        await expect(m.expand()).rejects.toMatchObject({
          exitCode: 2,
          code: 'config.state-schema',
          message: `the state tables cannot be made in shop: ${isPostgres ? name : `shop_${name}`} is there, and not of this tool`,
        })
        expect(await tables()).toEqual(before)
        await run(database, `drop table ${named(name)}; create table ${named('orders')} (id int primary key)`)
        expect(await outcome(m.expand())).toBe('0')
        await m.close()
      },
      5,
    ),
  )
})
