import { expect, it } from 'vitest'
import { ranges } from '../../src/dialects/mysql/batches.ts'
import type { Lens } from '../../src/planner/links/lens.ts'
import { createDatabase, describeEachMysql, type TestDatabase, withMysql } from '../servers/databases.ts'

type Key = readonly string[]

// How a table is walked, row by row: only what the walk needs of a lens, and what the server reads for it.
describeEachMysql('the ranges of a table', (server) => {
  const withTable = async (columns: string, rows: string, body: (database: TestDatabase) => Promise<void>) => {
    const database = await createDatabase(server)
    try {
      await withMysql(database.url, (connection) => connection.query(`create table t (${columns}); ${rows}`))
      await body(database)
    } finally {
      await database.drop()
    }
  }

  const boundary = (database: TestDatabase, types: readonly string[], from: Key | null, to: Key, rows: number) =>
    withMysql(database.url, async (connection) => {
      const key = types.map((type, index) => ({ name: `c${index}`, type }))
      const lens = { table: { schema: database.name, name: 't' }, key } as unknown as Lens
      const { sql, parameters } = ranges(lens).boundary(from, to, rows)
      await connection.query('flush status')
      const [found] = await connection.execute(sql, [...parameters] as string[])
      const [read] = await connection.query("show session status like 'Handler_read_%'")
      const reads = (read as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
      const [row] = found as Record<string, string | number>[]
      const rest = ranges(lens).count(from, to)
      const [counted] = await connection.execute(rest.sql, [...rest.parameters] as string[])
      const [count] = counted as Record<string, number>[]
      return { key: row === undefined ? null : types.map((_, index) => row[`k${index}`]), left: count?.rows, reads }
    })

  const numbers =
    'insert into t with recursive n as (select 1 as i union all select i + 1 from n where i < 900) select i from n'

  it('end at the row of the wanted number; where fewer are left there is none, and those are counted', async () => {
    await withTable('c0 bigint primary key', numbers, async (database) => {
      const at = (from: Key | null, rows: number) => boundary(database, ['bigint'], from, ['900'], rows)
      expect(await at(null, 100)).toMatchObject({ key: ['100'], left: 900 })
      expect(await at(['850'], 50)).toMatchObject({ key: ['900'], left: 50 })
      expect(await at(['850'], 51)).toMatchObject({ key: null, left: 50 })
      expect(await at(['900'], 10)).toMatchObject({ key: null, left: 0 })
    })
  })

  it('are found without reading what lies behind them', async () => {
    await withTable('c0 bigint primary key', numbers, async (database) => {
      const { reads } = await boundary(database, ['bigint'], ['100'], ['900'], 50)
      // Once each: a second look at the same rows costs as much again.
      expect(reads).toBeLessThan(100)
    })
  })

  it('follow a key of several columns in the order of the server: text by its collation, an enumeration by its members', async () => {
    const rows = "insert into t values ('b', 'z'), ('A', 'y'), ('a ', 'z'), ('b', 'y'), ('c', 'z')"
    const columns = "c0 varchar(9) collate utf8mb4_bin, c1 enum('z', 'y'), primary key (c0, c1)"
    await withTable(columns, rows, async (database) => {
      const types = ['varchar(9)', "enum('z','y')"]
      const at = (from: Key | null, count: number) => boundary(database, types, from, ['c', '1'], count)
      expect(await at(null, 2)).toMatchObject({ key: ['a ', '1'], left: 5 })
      expect(await at(['a ', '1'], 2)).toMatchObject({ key: ['b', '2'], left: 3 })
      expect(await at(['b', '1'], 9)).toMatchObject({ key: null, left: 2 })
    })
  })
})
