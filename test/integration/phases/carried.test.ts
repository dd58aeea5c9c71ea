import { expect, it } from 'vitest'
import { changeType, isBellowsError } from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { withClient } from '../../servers/connect.ts'
import { describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, withUsers } from '../shop.ts'

const wider = { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] }

const run = (database: TestDatabase, statement: string): Promise<unknown> =>
  withClient(database.url, (client) => client.query(statement))

describeEachServer('what stands on a column that changes its type', (server) => {
  it('is there afterwards, and after a way back: options of the column, policies of the table', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `alter table users alter age set (n_distinct = 50, n_distinct_inherited = -0.5); alter table users enable row level security;
         create policy grown on users for select to public using (age > 17 and name <> 'nobody');
         create policy "may Write" on users as restrictive using (true) with check (age > 0)`,
      )
      const m = migrator(database, wider)
      const before = await withClient(database.url, (client) => canonicalCatalog(client))
      await m.expand()
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      const policies = async (): Promise<unknown> =>
        withClient(database.url, async (client) => {
          const { rows } = await client.query(
            `select policyname, qual, with_check from pg_policies where tablename = 'users' order by 1 desc`,
          )
          return rows
        })
      const said = [
        { policyname: 'may Write', qual: 'true', with_check: '(age > 0)' },
        { policyname: 'grown', qual: `((age > 17) AND (name <> 'nobody'::text))`, with_check: null },
      ]
      expect(new Set((await policies()) as object[])).toEqual(new Set(said))
      await m.rollback()
      expect(new Set((await policies()) as object[])).toEqual(new Set(said))
      await m.rollback({ quietPeriod: 0 })
      expect(await withClient(database.url, (client) => canonicalCatalog(client))).toEqual(before)

      await m.up({ allowTraffic: true })
      expect(new Set((await policies()) as object[])).toEqual(new Set(said))
      await withClient(database.url, async (client) => {
        const { rows } = await client.query(
          `select attoptions as options from pg_attribute where attrelid = 'users'::regclass and attname = 'age'`,
        )
        expect(rows).toEqual([{ options: ['n_distinct=50', 'n_distinct_inherited=-0.5'] }])
      })
      await m.close()
    }))

  it.each([
    ['under its name', wider, 'age'],
    ['under another', { m: [changeType({ table: 'users', column: 'age', to: 'bigint', as: 'years' })] }, 'years'],
  ] as const)(
    'keeps its extended statistics %s: of expressions, elsewhere, with target and comment',
    (_, plan, column) =>
      withUsers(server, async (database) => {
        await run(
          database,
          `create schema elsewhere; create statistics elsewhere.pair (ndistinct) on age, name from users;
         alter statistics elsewhere.pair set statistics 42; comment on statistics elsewhere.pair is 'it''s mine';
         create statistics halved on (age / 2), name from users`,
        )
        const m = migrator(database, plan)
        const before = await withClient(database.url, (client) => canonicalCatalog(client))
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        await m.rollback()
        await m.rollback({ quietPeriod: 0 })
        expect(await withClient(database.url, (client) => canonicalCatalog(client))).toEqual(before)
        await m.up({ allowTraffic: true })
        await withClient(database.url, async (client) => {
          const { rows } = await client.query<{ said: string; target: number | null; comment: string | null }>(
            `select pg_get_statisticsobjdef(oid) as said, nullif(stxstattarget, -1) as target, obj_description(oid, 'pg_statistic_ext') as comment
           from pg_statistic_ext order by stxname`,
          )
          expect(rows).toEqual([
            { said: expect.stringContaining(`(${column} / 2)`), target: null, comment: null },
            { said: expect.stringContaining(column), target: 42, comment: "it's mine" },
          ])
        })
        await m.close()
      }),
  )

  it('closes the gate where it cannot be made again inside the swap, with the statement to run', () =>
    withUsers(server, async (database) => {
      await run(database, 'create materialized view ages as select age from users')
      const m = migrator(database, wider)
      await m.expand()
      await m.backfill()
      const closed = await m.contract({ quietPeriod: 0 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && [closed.code, closed.message, closed.hint]).toEqual([
        'gate.closed',
        expect.stringContaining('materialized view public.ages names public.users.age'),
        expect.stringContaining('drop materialized view public.ages'),
      ])
      await run(database, 'drop materialized view public.ages')
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('stops expand where rows of the table are made elsewhere, until it is accepted', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create function grown() returns setof users language sql as 'select * from users where age > 17';
         create table kept (id int primary key, was users)`,
      )
      const m = migrator(database, wider)
      const { hazards } = (await m.plan()).migrations[0] ?? { hazards: [] }
      expect(hazards.find(({ code }) => code === 'row-type')?.message).toMatch(
        /: column public\.kept\.was, function public\.grown\(\)$/,
      )
      expect(hazards.map(({ code }) => code)).toContain('column-order')
      expect(await outcome(m.expand())).toBe('3 plan.hazard')
      expect(await outcome(m.expand({ accept: ['row-type'] }))).toBe('0')
      await m.close()
    }))
})
