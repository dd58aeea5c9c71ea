import { expect, it } from 'vitest'
import { changeType, dropColumn, isBellowsError } from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { withClient } from '../../servers/connect.ts'
import { describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, rows, withUsers } from '../shop.ts'

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

  it('is there although the runner died between an index and its comment', () =>
    withUsers(server, async (database) => {
      await run(database, "create index by_age on users (age); comment on index by_age is 'for the report'")
      const m = migrator(database, wider)
      const { migrations } = await m.plan()
      const statements = migrations.flatMap(({ phases }) =>
        Object.values(phases)
          .flat()
          .flatMap((step) => step.statements),
      )
      const build = statements.filter((sql) => /^create index/i.test(sql))
      expect(build).toHaveLength(1)
      await m.expand()
      for (const sql of build) await run(database, sql)
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      expect(await rows(database, "select obj_description('by_age'::regclass) as said")).toEqual([
        { said: 'for the report' },
      ])
      await m.close()
    }))

  it('is there afterwards, and after a way back: what indexes have beside their definitions', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create unique index u on users (age, id); create index e on users (name, (age + 1), (age + 2));
         alter table users cluster on u; alter index e alter column 2 set statistics 333; alter index e alter column 3 set statistics 0`,
      )
      const said = { u: { clustered: true, targets: null }, e: { clustered: false, targets: [333, 0] } }
      const beside = async (): Promise<unknown> =>
        withClient(database.url, async (client) => {
          const { rows } = await client.query(
            `select c.relname as name, i.indisclustered as clustered, (select json_agg(a.attstattarget order by a.attnum) from pg_attribute a
               where a.attrelid = c.oid and coalesce(a.attstattarget, -1) >= 0) as targets
             from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname in ('u', 'e')`,
          )
          return Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest]))
        })
      const m = migrator(database, wider)
      await m.expand()
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      expect(await beside()).toEqual(said)
      await m.rollback()
      expect(await beside()).toEqual(said)
      await m.contract({ quietPeriod: 0 })
      await m.purge({ ignoreRetention: true })
      expect(await beside()).toEqual(said)
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
         alter statistics elsewhere.pair set statistics 42; comment on statistics elsewhere.pair is 'it''s mine'; alter statistics elsewhere.pair owner to pg_monitor;
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

  it.each([
    ['a view gets a column', 'create or replace view ages as select id, age, name from users'],
    ['a view gets a grant', 'grant select on ages to public'],
    ['a view gets a trigger', 'create trigger no instead of delete on ages for each row execute function nothing()'],
    ['a view is gone', 'drop view ages'],
    ['another view reads it', 'create view later as select id from ages'],
    ['a policy gets stricter', 'alter policy grown on users using (age > 99)'],
    ['a policy is gone', 'drop policy grown on users', 'policy grown on public.users: is gone'],
    [
      'a policy names no column any more',
      'alter policy grown on users using (true)',
      'policy grown on public.users: was changed, and names no column',
    ],
  ])('is not said again as it was at expand after %s (6)', (_, sql, told = '') =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create view ages as select id, age from users; create policy grown on users using (age > 0);
         create function nothing() returns trigger language plpgsql as 'begin return null; end'`,
      )
      const m = migrator(database, wider)
      await m.expand()
      await m.backfill()
      await run(database, sql)
      await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject({
        exitCode: 6,
        code: 'gate.objects',
        message: expect.stringContaining(told),
      })
      await m.rollback()
      await m.expand()
      await m.backfill()
      const now = (): Promise<unknown> =>
        rows(
          database,
          `select relname, pg_get_viewdef(oid) as said, relacl from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
           union all select polname, pg_get_expr(polqual, polrelid), null from pg_policy order by 1`,
        )
      const before = await now()
      const closed = sql.includes('trigger')
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe(closed ? '5 gate.closed' : '0')
      expect(await now()).toEqual(before)
      await m.close()
    }),
  )

  it.each([
    [
      'a foreign key that sets some of its columns',
      `create table p (a int, b int, primary key (a, b)); insert into p values (1, 1);
       alter table users add p int, add constraint part foreign key (p, age) references p on delete set null (age) on update cascade`,
      15,
    ],
    [
      'rules that are not enforced',
      `alter table users add constraint young check (age < 1) not enforced, add constraint own foreign key (age) references users not enforced`,
      18,
    ],
  ])('takes over %s', (_, sql, since) =>
    withUsers(server, async (database) => {
      if (Number(server.version.split('.')[0]) < since) return
      await run(database, sql)
      const said = (): Promise<unknown> =>
        rows(
          database,
          `select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'users'::regclass and contype in ('c', 'f') order by 1`,
        )
      const before = await said()
      const m = migrator(database, wider)
      await m.expand()
      await m.backfill()
      expect(await outcome(m.contract({ quietPeriod: 0, retention: 0 }))).toBe('0')
      expect(await said()).toEqual(before)
      await m.close()
    }),
  )

  it.each([
    [
      'an exclusion that names it in its WHERE only',
      `alter table users add r int4range, add exclude using gist (r with &&) where (age > 5)`,
      14,
    ],
    [
      'a foreign key with a period',
      `create extension btree_gist; create table p (id int, v int4range, primary key (id, v without overlaps));
       alter table users add v int4range, add foreign key (age, period v) references p (id, period v)`,
      18,
    ],
  ])('is refused before anything is done under %s (3)', (_, sql, since) =>
    withUsers(server, async (database) => {
      if (Number(server.version.split('.')[0]) < since) return
      await run(database, sql)
      const m = migrator(database, wider)
      expect(await outcome(m.expand())).toBe('3 plan.cannot-carry')
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

  it.each([
    [
      'reach each other by rules',
      `create view base as select age from users; create view above as select age from base;
       create rule up as on insert to base do instead insert into above values (new.age);
       create rule down as on insert to above do instead insert into base values (new.age)`,
      [
        'drop rule up on public.base',
        'drop rule down on public.above',
        'drop view public.above',
        'drop view public.base',
      ],
    ],
    [
      'a function and a policy stand on',
      `create view base as select id, age from users; create view above as select age from base; create table other (id int);
       create function all_ages() returns setof above language sql begin atomic select age from above; end;
       create policy mine on other using (id in (select id from base))`,
      [
        'drop function public.all_ages()',
        'drop policy mine on public.other',
        'drop view public.above',
        'drop view public.base',
      ],
    ],
  ])(
    'closes the gate where a view cannot be made again, which views %s, with the statements to run',
    (_, shape, drops) =>
      withUsers(server, async (database) => {
        await run(database, shape)
        const m = migrator(database, wider)
        await m.expand()
        await m.backfill()
        await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject({
          exitCode: 5,
          message: expect.stringContaining('view public.base names public.users.age'),
          hint: expect.stringContaining(drops.map((drop) => `\n  ${drop};`).join('')),
        })
        for (const drop of drops) await run(database, drop)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      }),
  )

  it.each([
    ['CREATE INDEX', ''],
    ['CREATE TABLE', ''],
    ['CREATE INDEX', " using errcode = '42501'"],
  ])('is refused before expand where an event trigger does not let %s be%s, which is told', (tag, as) =>
    withUsers(server, async (database) => {
      await run(database, 'create index on users (age)')
      const m = migrator(database, wider)
      // As it is when the state tables are there already.
      expect(await outcome(m.expand())).toBe('0')
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      await run(
        database,
        `create function no_ddl() returns event_trigger language plpgsql as $$begin raise 'no ddl today'${as}; end$$;
         create event trigger no_ddl on ddl_command_start when tag in ('${tag}') execute function no_ddl()`,
      )
      await expect(m.expand()).rejects.toMatchObject({
        exitCode: 3,
        code: 'database.statement',
        message: expect.stringMatching(
          /event trigger.*no ddl today\n {2}PL\/pgSQL function .*no_ddl\(\) line 1 at RAISE/,
        ),
        hint: expect.stringContaining('Nothing was changed'),
      })
      await m.close()
    }),
  )

  it('is left as it was where an event trigger that came later does not let a step be done', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, wider)
        await m.expand({ backfill: true })
        await run(
          database,
          `create function no_ddl() returns event_trigger language plpgsql as $$begin raise 'no ddl today'; end$$;
           create event trigger no_ddl on ddl_command_start when tag in ('ALTER TABLE') execute function no_ddl()`,
        )
        await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject({
          exitCode: 3,
          code: 'database.statement',
          message: expect.stringContaining('no ddl today'),
          hint: expect.stringContaining('event trigger'),
        })
        await run(database, 'drop event trigger no_ddl')
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      3,
    ))

  it('closes the gate where a view has what would be lost, and says what that is', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create view base as select id, age from users; create view above as select age from base;
         comment on column base.age is 'in years'; alter view above alter column age set default 1;
         create rule nothing as on delete to above do instead nothing; grant select (age) on above to public`,
      )
      const m = migrator(database, wider)
      await m.expand()
      await m.backfill()
      await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject({
        exitCode: 5,
        message: expect.stringContaining(
          'view public.base names public.users.age, and contract does not make it again because of what would be lost: the comment of column age, the default of column age of public.above, rights on column age of public.above, rule nothing of public.above (make that again too)',
        ),
        hint: expect.stringContaining('\n  drop view public.above;\n  drop view public.base;'),
      })
      await m.close()
    }))

  it('closes the gate where views read each other, which no order serves', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create view base as select 1 as age; create view above as select u.age from users u, base b;
         create or replace view base as select age from above`,
      )
      const m = migrator(database, wider)
      await m.expand()
      await m.backfill()
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
      await run(database, 'drop view base, above')
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('stops expand where rows of the table are made elsewhere, until it is accepted', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create function grown() returns setof users language sql as 'select * from users where age > 17';
         create table kept (id int primary key, was users);
         create domain somebody as users; create type pair as (first somebody, others users[]); create domain pairs as pair[];
         create table held (id int, all_ pairs);
         create function one_of(out who users, out n int) language sql as 'select users, 1 from users';
         create function listed() returns table (n int, who users) language sql as 'select 1, users from users';
         create procedure given(inout who users[]) language sql as 'select who';
         create function first_pair() returns pair language sql as 'select null::pair';
         create function only_takes(who users) returns int language sql as 'select who.id'`,
      )
      const m = migrator(database, wider)
      const { hazards } = (await m.plan()).migrations[0] ?? { hazards: [] }
      expect(hazards.find(({ code }) => code === 'row-type')?.message).toMatch(
        new RegExp(
          `: ${[
            'column public.held.all_, column public.kept.was, domain public.pairs, domain public.somebody',
            'function public.first_pair(), function public.grown(), function public.listed(), function public.one_of()',
            'procedure public.given(public.users[]), type public.pair',
          ]
            .join(', ')
            .replace(/[.()[\]]/g, '\\$&')}$`,
        ),
      )
      const dropping = migrator(database, { m: [dropColumn({ table: 'users', column: 'age' })] })
      expect(await outcome(dropping.expand())).toBe('3 plan.hazard')
      await dropping.close()
      expect(hazards.map(({ code }) => code)).toContain('column-order')
      expect(await outcome(m.expand())).toBe('3 plan.hazard')
      expect(await outcome(m.expand({ accept: ['row-type'] }))).toBe('0')
      await m.close()
    }))
})
