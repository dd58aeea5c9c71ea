import { expect, it } from 'vitest'
import { addIndex, changeType, dropColumn, type Intent, renameColumn, setNotNull } from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { pick, seed } from '../../scenarios/sample.ts'
import { withClient } from '../../servers/connect.ts'
import { createDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, rows, run } from '../shop.ts'

const table = `create table t (id int primary key, a text, v int, w int);
  insert into t select i, 'a' || i, i, i from generate_series(1, 20) i`

const objects = [
  ['a view', 'create view "both" as select id, a, v from t'],
  ['a CHECK', 'alter table t add constraint "both" check (v > 0 or a is null)'],
  ['a policy', 'create policy "both" on t using (v > 0 and a is not null)'],
  ['statistics', 'create statistics "both" on a, v from t'],
  ['an index', 'create index "both" on t (a, v)'],
  ['a partial index', 'create unique index "both" on t (a) where v > 0'],
  ['an index of an expression', 'create index "both" on t ((a || v::text))'],
] as const

const rename = renameColumn({ table: 't', from: 'a', to: 'b' })
const wider = changeType({ table: 't', column: 'v', to: 'bigint' })
const orders: readonly (readonly [string, readonly Intent[]])[] = [
  ['the rename first', [rename, wider]],
  ['the change of type first', [wider, rename]],
]

console.log(`a few on each server, all with MATRIX=full: SEED=${seed}`)

// What names two columns at once and follows them is PostgreSQL's own: views, policies, statistics, expressions.
describeEachServer('two columns of a table in one migration', (server) => {
  const withTable = async (sql: string, body: (database: TestDatabase) => Promise<void>): Promise<void> => {
    const database = await createDatabase(server)
    try {
      await run(database, `${table}; ${sql}`)
      await body(database)
    } finally {
      await database.drop()
    }
  }
  const catalog = (database: TestDatabase): Promise<unknown> =>
    withClient(database.url, (client) => canonicalCatalog(client))

  for (const [order, intents] of orders) {
    it.each(pick(objects, order === orders[0]?.[0] ? 3 : 1, seed + server.name.length))(
      `with %s on both, ${order}: there and back, and there again`,
      { timeout: 60_000 },
      (_, sql) =>
        withTable(sql, async (database) => {
          const m = migrator(database, { m: intents })
          const before = await catalog(database)
          await m.expand()
          await m.backfill()
          await run(database, `insert into t (id, b, v) values (21, 'b21', 21); update t set a = 'x' where id = 1`)
          await m.contract({ quietPeriod: 0 })
          expect(await outcome(m.rollback())).toBe('0')
          expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
          expect(await catalog(database)).toEqual(before)
          await m.up({ allowTraffic: true })
          expect(await rows(database, 'select b, v from t where id in (1, 21) order by id')).toEqual([
            { b: 'x', v: '1' },
            { b: 'b21', v: '21' },
          ])
          await m.close()
        }),
    )
  }

  it.each(orders)('a unique constraint on both holds nothing apart but what the shape in force does, %s', (order) =>
    withTable('alter table t add constraint pair unique (a, v)', async (database) => {
      const rounded = changeType({ table: 't', column: 'v', to: 'numeric', down: 'trunc(v)::int' })
      const m = migrator(database, { m: order === orders[0]?.[0] ? [rename, rounded] : [rounded, rename] })
      const before = await catalog(database)
      await m.expand()
      await m.backfill()
      await run(database, `insert into t (id, b, v) values (21, 'b21', 21)`)
      await expect(run(database, `insert into t (id, a, v) values (22, 'b21', 21)`)).rejects.toThrow(/pair/)
      await m.contract({ quietPeriod: 0 })
      // In the old shape these two are the same, as is each with one that is there: the new version does not know that.
      await run(database, `insert into t (id, b, v) values (31, 'a1', 1.5), (32, 'a1', 1.25)`)
      await expect(run(database, `insert into t (id, b, v) values (33, 'a1', 1.5)`)).rejects.toThrow(/pair/)
      expect(await outcome(m.rollback())).toMatch(/^4 /)
      await run(database, 'delete from t where id > 30')
      expect(await outcome(m.rollback())).toBe('0')
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      expect(await catalog(database)).toEqual(before)
      await m.close()
    }),
  )

  it('both of one type each, with a CHECK on both', () =>
    withTable('alter table t add constraint "both" check (v > 0 or w > 0)', async (database) => {
      const m = migrator(database, { m: [wider, changeType({ table: 't', column: 'w', to: 'bigint' })] })
      const before = await catalog(database)
      await m.expand()
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      const insert = run(database, 'insert into t (id, v, w) values (99, -1, -1)')
      await expect(insert).rejects.toThrow(/both/)
      await m.rollback()
      await m.rollback({ quietPeriod: 0 })
      expect(await catalog(database)).toEqual(before)
      await m.close()
    }))

  it.each([
    ['an index', 'create index pair on t (v) where w > 0', undefined],
    ['a unique constraint', 'alter table t add constraint pair unique (v, w)', undefined],
    ['a CHECK, where the name changes', 'alter table t add constraint pair check (v > 0 or w > 0)', 'v2'],
    ['statistics, where the name changes', 'create statistics pair on v, w from t', 'v2'],
  ])('both of one type each are refused before anything is done with %s on both (3)', (_, sql, as) =>
    withTable(sql, async (database) => {
      const first = changeType({ table: 't', column: 'v', to: 'bigint', ...(as === undefined ? {} : { as }) })
      const m = migrator(database, { m: [first, changeType({ table: 't', column: 'w', to: 'bigint' })] })
      expect(await outcome(m.expand())).toBe('3 plan.cannot-carry')
      await m.close()
    }),
  )

  it('one dropped and one of another type: what names both keeps the gate closed', () =>
    withTable(objects[0][1], async (database) => {
      const m = migrator(database, { m: [dropColumn({ table: 't', column: 'a' }), wider] })
      await m.expand()
      await m.backfill()
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
      await m.rollback({ quietPeriod: 0 })
      await run(database, 'drop view "both"')
      await m.expand()
      await m.backfill()
      expect(await outcome(m.contract({ quietPeriod: 0, retention: 0 }))).toBe('0')
      await m.close()
    }))

  it.each([
    ['said after', [wider, addIndex({ table: 't', name: 't_v', columns: ['v'] })]],
    ['said before', [addIndex({ table: 't', name: 't_v', columns: ['v', { expression: 'v + w' }] }), wider]],
  ] as const)('an index on one whose type changes stays on it, %s', (_, intents) =>
    withTable('', async (database) => {
      const m = migrator(database, { m: intents })
      await m.up({ allowTraffic: true })
      const [index] = await rows<{ indexdef: string }>(
        database,
        `select indexdef from pg_indexes where indexname = 't_v'`,
      )
      expect(index?.indexdef).toContain('btree (v')
      await m.close()
    }),
  )

  it('a renamed one gets an index and NOT NULL with its new name, which stay', () =>
    withTable('', async (database) => {
      const m = migrator(database, {
        m: [
          rename,
          addIndex({ table: 't', name: 't_b', columns: ['b'] }),
          addIndex({ table: 't', name: 't_b_unique', columns: ['b', 'v'], unique: true }),
          setNotNull({ table: 't', column: 'b' }),
        ],
      })
      await m.up({ allowTraffic: true })
      const indexes = await rows<{ indexdef: string }>(
        database,
        `select indexdef from pg_indexes where tablename = 't' and indexname <> 't_pkey' order by indexname`,
      )
      expect(indexes.map(({ indexdef }) => indexdef.replace(/.*USING /, ''))).toEqual(['btree (b)', 'btree (b, v)'])
      expect(
        await rows(database, `select attnotnull from pg_attribute where attrelid = 't'::regclass and attname = 'b'`),
      ).toEqual([{ attnotnull: true }])
      await m.close()
    }))

  it.each(pick(objects, 2, seed + server.name.length))(
    'are no matter of two migrations at once, with %s on both (3)',
    (_, sql) =>
      withTable(sql, async (database) => {
        const m = migrator(database, { m1: [rename], m2: [wider] })
        await m.expand({ name: 'm1' })
        expect(await outcome(m.expand({ name: 'm2' }))).toBe('3 plan.conflict')
        await m.close()
      }),
  )
})
