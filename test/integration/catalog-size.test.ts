import { expect, it } from 'vitest'
import { viewsQuery } from '../../src/dialects/postgres/catalog-queries.ts'
import { compileSql } from '../../src/dialects/postgres/sql.ts'
import { describeEachServer } from '../servers/databases.ts'
import { rows, run, withUsers } from './shop.ts'

interface Node {
  readonly Alias?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly Node[]
}

const nodes = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)]

// Only PostgreSQL tracks what a view reads.
describeEachServer('the catalog of a database with thousands of tables', (server) => {
  it('finds what each view reads by an index', () =>
    withUsers(
      server,
      async (database) => {
        // An index that is read as a whole would cost as much as the table, for each column that each view reads.
        await run(database, `alter database "${new URL(database.url).pathname.slice(1)}" set enable_seqscan to off`)
        const { sql } = compileSql(viewsQuery('bellows'))
        const [plan] = await rows<{ 'QUERY PLAN': readonly { Plan: Node }[] }>(database, `explain (format json) ${sql}`)
        const found = nodes(plan?.['QUERY PLAN'][0]?.Plan ?? {}).filter(({ Alias }) => Alias === 'r')
        expect(found.map((node) => node['Index Cond'] !== undefined)).toEqual([true])
      },
      5,
    ))

  it('says what a view reads also where it only makes its rows, or arrays of them', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          `create table rest (id int); create view one as select null::rest as r; create view many as select null::rest[] as r;
           create view over as select o.r, users.id from one o, users; create view none as select point(1, 2) as p`,
        )
        const { sql } = compileSql(viewsQuery('bellows'))
        const views = await rows<{ name: string; reads: string[] }>(database, sql)
        expect(views.map(({ name, reads }) => [name, reads])).toEqual([
          ['many', ['public.rest']],
          ['none', []],
          ['one', ['public.rest']],
          ['over', ['public.one', 'public.users']],
        ])
      },
      5,
    ))
})
