import { expect, it } from 'vitest'
import { addIndex, changeType, createTable, dropColumn } from '../../../src/index.ts'
import { describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, rename, rows, run, withUsers } from '../shop.ts'

/** To a type by which the server prints the same definition otherwise: `(code <> 'x'::text)`, and not `((code)::text <> 'x'::text)`. */
const plan = { m: [changeType({ table: 'users', column: 'code', to: 'text' })] }

const shape = `alter table users add code varchar(9) default 'c'; create index by_code on users (code);
  alter table users add constraint short check (length(code) < 9); create statistics pair on code, name from users; create statistics spoken on (lower(code)), name from users;
  create view codes as select id, code from users where code <> 'x'; create view "All Codes" as select code from codes;
  alter table users enable row level security; create policy seen on users using (code <> 'x')`

/** What there is of what contract says again, and how it is said. */
const said = (database: TestDatabase): Promise<readonly Record<string, unknown>[]> =>
  rows(
    database,
    `select relname::text as name, pg_get_viewdef(oid) as said from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace
     union all select polname, pg_get_expr(polqual, polrelid) from pg_policy
     union all select stxname, pg_get_statisticsobjdef(oid) from pg_statistic_ext order by 1`,
  )

/** The way there; `before` as it was said then. */
async function contracted(database: TestDatabase) {
  await run(database, shape)
  const before = await said(database)
  const m = migrator(database, plan)
  await m.expand()
  await m.backfill()
  await m.contract({ quietPeriod: 0 })
  return { m, before }
}

/** What makes it, what takes it back, and how the message names it. */
const changes: readonly (readonly [string, string, string])[] = [
  [
    'create or replace view codes as select id, code from users',
    `create or replace view codes as select id, code from users where code <> 'x'`,
    'view public.codes was changed',
  ],
  [`comment on view codes is 'mine'`, 'comment on view codes is null', 'view public.codes was changed'],
  [
    `alter policy seen on users using (code <> 'y')`,
    `alter policy seen on users using (code <> 'x')`,
    'policy seen on public.users was changed',
  ],
  [
    'drop statistics spoken; create statistics spoken on (upper(code)), name from users',
    'drop statistics spoken; create statistics spoken on (lower(code)), name from users',
    'statistics public.spoken was changed',
  ],
  [
    'create materialized view later as select code from codes',
    'drop materialized view later',
    'view public.later was not there',
  ],
  [
    `create function later() returns setof codes language sql as 'select id, code from public.codes'`,
    'drop function later()',
    'function public.later() stands on view public.codes',
  ],
  [
    'create table later (id int); create rule noted as on insert to later do also select count(*) from "All Codes"',
    'drop table later',
    'rule noted on public.later stands on view public.All Codes',
  ],
  ['create table later (of codes)', 'drop table later', 'table column public.later.of stands on view public.codes'],
  ['create view later as select null::codes as one', 'drop view later', 'view public.later was not there'],
  ['create view later as select code from users', 'drop view later', 'view public.later was not there'],
  ['create index later on users (code)', 'drop index later', 'index later on public.users was not there'],
  ['create sequence later owned by users.code', 'drop sequence later', 'sequence public.later was not there'],
  ['drop index by_code', 'create index by_code on users (code)', 'index by_code on public.users is gone'],
  [
    'alter table users drop constraint short',
    'alter table users add constraint short check (length(code) < 9)',
    'constraint short on public.users is gone',
  ],
]

/** What contract does not say again: what makes it, what takes it away, and how the message names it. */
const dependents: readonly (readonly [string, string, string])[] = [
  [
    `create rule noted as on delete to users where old.code = 'z' do instead nothing`,
    'drop rule noted on public.users',
    'rule noted on public.users',
  ],
  [
    'create trigger watch after update of code on users for each row execute function quiet()',
    'drop trigger watch on public.users',
    'trigger watch',
  ],
  [
    'create view odd as select code from users; create rule kept as on insert to odd do instead nothing',
    'drop view public.odd',
    'view public.odd',
  ],
  [
    'create materialized view kept as select code from users',
    'drop materialized view public.kept',
    'materialized view public.kept',
  ],
  [
    'alter table users add upper text generated always as (upper(code)) stored',
    'alter table public.users drop column upper',
    'generated column upper',
  ],
]

describeEachServer('what somebody did between contract and the way back', (server) => {
  it.each([
    ['a view', 'drop view "All Codes"', ['view public.All Codes']],
    ['a view and what reads it', 'drop view codes cascade', ['view public.codes', 'view public.All Codes']],
    ['a policy', 'drop policy seen on users', ['policy seen on public.users']],
    ['statistics', 'drop statistics pair', ['statistics public.pair']],
  ])('%s that is gone stays away', (_, sql, gone) =>
    withUsers(
      server,
      async (database) => {
        const { m, before } = await contracted(database)
        await run(database, sql)
        const { migrations } = await m.rollback()
        expect(migrations[0]?.notices).toEqual(gone.map((each) => expect.stringContaining(each)))
        const names = gone.map((each) => each.replace(/^\w+ (public\.)?| on .*$/g, ''))
        expect(await said(database)).toEqual(before.filter(({ name }) => !names.includes(String(name))))
        expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      20,
    ),
  )

  it(
    'what is changed, came, or is needed and gone is told before anything is taken back (6), until it is as it was',
    {
      timeout: 60_000,
    },
    () =>
      withUsers(
        server,
        async (database) => {
          const { m, before } = await contracted(database)
          for (const [change, undo, told] of changes) {
            await run(database, change)
            await expect(m.rollback(), change).rejects.toMatchObject({
              exitCode: 6,
              code: 'rollback.objects',
              message: expect.stringContaining(told),
            })
            await run(database, undo)
          }
          expect((await m.status()).migrations[0]?.state).toBe('contracted')
          expect(await outcome(m.rollback())).toBe('0')
          expect(await said(database)).toEqual(before)
          await m.close()
        },
        20,
      ),
  )

  it(
    'what went for contract and came again is told with what takes it away (6), and comes again after the way back',
    { timeout: 60_000 },
    () =>
      withUsers(
        server,
        async (database) => {
          await run(
            database,
            `alter table users add code varchar(9) default 'c'; create function quiet() returns trigger language plpgsql as 'begin return new; end'`,
          )
          for (const [make] of dependents) await run(database, make)
          const m = migrator(database, plan)
          await m.expand()
          await m.backfill()
          const closed = {
            exitCode: 5,
            hint: expect.stringContaining(dependents.map(([, drop]) => `\n  ${drop};`).join('')),
          }
          await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject(closed)
          for (const [, drop] of dependents) await run(database, drop)
          expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
          for (const [make, drop, told] of dependents) {
            await run(database, make)
            await expect(m.rollback({ dryRun: true }), make).rejects.toMatchObject({
              exitCode: 6,
              code: 'rollback.objects',
              message: `m: ${told} was made again after contract, and stands on the new column`,
              hint: expect.stringContaining(`\n  ${drop};`),
            })
            await run(database, drop)
          }
          expect(await outcome(m.rollback())).toBe('0')
          for (const [make] of dependents) await run(database, make)
          expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
          await m.close()
        },
        20,
      ),
  )

  it('a policy that names no column any more stays as it is, and that is told', () =>
    withUsers(
      server,
      async (database) => {
        const { m, before } = await contracted(database)
        await run(database, 'alter policy seen on users using (true)')
        const { migrations } = await m.rollback()
        expect(migrations[0]?.notices).toEqual([
          'policy seen on public.users was changed since, names no column of the table, and stays as it is',
        ])
        const now = before.map((each) => (each.name === 'seen' ? { ...each, said: 'true' } : each))
        expect(await said(database)).toEqual(now)
        await m.close()
      },
      20,
    ))

  it('a name that is taken by then is told before anything is taken back (6)', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          `alter table users add code varchar(9) not null default 'c'; alter table users add constraint short check (length(code) < 9);
           create view ages as select name, age from users`,
        )
        const wider = changeType({ table: 'users', column: 'age', to: 'bigint' })
        const m = migrator(database, { m: [rename, wider, dropColumn({ table: 'users', column: 'code' })] })
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        await run(database, 'alter table users add name int; alter table users add constraint short check (id > 0)')
        for (const dryRun of [true, false])
          await expect(m.rollback({ dryRun })).rejects.toMatchObject({
            exitCode: 6,
            code: 'rollback.objects',
            message:
              'm: constraint short on public.users came since, and has the name that the old one takes again; column public.users.name came since, and has the name that the old one takes again',
          })
        expect((await m.status()).migrations[0]?.state).toBe('contracted')
        await run(database, 'alter table users drop name; alter table users rename constraint short to positive')
        expect(await outcome(m.rollback())).toBe('0')
        await m.close()
      },
      20,
    ))

  it('a table that a foreign key points at and that is gone by its name is told before anything is taken back (6)', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          'create table ages (age int primary key); insert into ages select distinct age from users; alter table users add constraint aged foreign key (age) references ages',
        )
        const m = migrator(database, { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] })
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        await run(database, 'alter table ages rename to years')
        await expect(m.rollback()).rejects.toMatchObject({
          exitCode: 6,
          code: 'rollback.objects',
          message: expect.stringContaining('table public.ages is gone, and a foreign key of public.users points at it'),
        })
        expect((await m.status()).migrations[0]?.state).toBe('contracted')
        await run(database, 'alter table years rename to ages')
        expect(await outcome(m.rollback())).toBe('0')
        await m.close()
      },
      20,
    ))

  it('a column that is named by what is made again and has another name since is told before anything is taken back (6)', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          `create table ages (age int primary key, code text unique); insert into ages select distinct age from users; create table logins (who int, id bigint);
           alter table users add constraint aged foreign key (age) references ages, add constraint spread check (age < 1000 or name <> ''), add unique (age, id);
           alter table users add constraint once unique (age, name); alter table logins add foreign key (who, id) references users (age, id)`,
        )
        const m = migrator(database, { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] })
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        for (const [table, from, what] of [
          ['ages', 'age', 'a foreign key of public.users'],
          ['users', 'name', 'a CHECK of public.users'],
          ['users', 'name', 'an index of public.users'],
          ['logins', 'who', 'a foreign key of public.logins'],
        ]) {
          await run(database, `alter table ${table} rename ${from} to other`)
          for (const dryRun of [true, false])
            await expect(m.rollback({ dryRun })).rejects.toMatchObject({
              exitCode: 6,
              message: expect.stringContaining(`column public.${table}.${from} is gone, and ${what} names it`),
            })
          await run(database, `alter table ${table} rename other to ${from}`)
        }
        expect((await m.status()).migrations[0]?.state).toBe('contracted')
        expect(await outcome(m.rollback())).toBe('0')
        await m.close()
      },
      20,
    ))

  it('what somebody added to a new table is named before it goes with it (4), and what is its own is not', () =>
    withUsers(
      server,
      async (database) => {
        const whole = createTable({
          table: 'tags',
          columns: {
            id: { type: 'bigint', nullable: false, identity: true },
            no: { type: 'serial' },
            label: { type: 'text' },
            size: { type: 'int' },
            who: { type: 'int' },
          },
          primaryKey: ['id'],
          uniques: [{ columns: ['label'] }, { name: 'sized', columns: ['size', 'label'] }],
          checks: [{ check: 'size > 0' }, { name: 'labelled', check: `label <> ''` }],
          foreignKeys: [{ columns: ['who'], references: { table: 'users', columns: ['id'] } }],
          indexes: [{ name: 'by_size', columns: ['size'] }],
        })
        const m = migrator(database, { m: [whole] })
        await m.expand()
        expect(await outcome(m.rollback())).toBe('0')
        await m.expand()
        await run(
          database,
          `create sequence "Later" owned by tags.size; create index later on tags (who); alter table tags add constraint few check (size < 9), add check (no > 0), add unique (who);
           create statistics twice on size, label from tags; create trigger quiet before update on tags for each row execute function suppress_redundant_updates_trigger(); alter table tags add extra int`,
        )
        for (const dryRun of [true, false])
          await expect(m.rollback({ quietPeriod: 0, dryRun })).rejects.toMatchObject({
            exitCode: 4,
            code: 'rollback.loss',
            message:
              'rolling m back would lose column public.tags.extra; sequence public.Later; index later on public.tags; index tags_who_key on public.tags; constraint few on public.tags; constraint tags_no_check on public.tags; constraint tags_who_key on public.tags; statistics public.twice; trigger quiet on public.tags: the old shape cannot hold them',
          })
        expect(await outcome(m.rollback({ quietPeriod: 0, acceptLoss: true, reason: 'not needed' }))).toBe('0')
        await m.close()
      },
      20,
    ))

  it('what somebody built on the new column is named before it goes with it (4), and goes where that is accepted', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, shape)
        const m = migrator(database, { m: [changeType({ table: 'users', column: 'code', to: 'text', as: 'text' })] })
        await m.expand()
        await m.backfill()
        await run(
          database,
          `create index later on users (text, name); alter table users add constraint filled check (text <> ''); create statistics twice on text, name from users;
           create sequence "Texts" owned by users.text`,
        )
        for (const dryRun of [true, false])
          await expect(m.rollback({ quietPeriod: 0, dryRun })).rejects.toMatchObject({
            exitCode: 4,
            code: 'rollback.loss',
            message:
              'rolling m back would lose sequence public.Texts; index later on public.users; constraint filled on public.users; statistics public.twice: the old shape cannot hold them',
          })
        expect((await m.status()).migrations[0]?.state).toBe('backfilled')
        expect(await outcome(m.rollback({ quietPeriod: 0, acceptLoss: true, reason: 'not needed' }))).toBe('0')
        await m.close()
      },
      20,
    ))

  it('a view on the new shape is named, with what takes it away, before that shape goes (5)', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, shape)
        const m = migrator(database, { m: [changeType({ table: 'users', column: 'code', to: 'text', as: 'text' })] })
        await m.expand()
        await run(database, 'create view "Later" as select text from users')
        await expect(m.rollback({ quietPeriod: 0 })).rejects.toMatchObject({
          exitCode: 5,
          code: 'rollback.dependents',
          message: expect.stringContaining('view public.Later'),
        })
        expect((await m.status()).migrations[0]?.state).toBe('expanded')
        await run(database, 'drop view "Later"')
        expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      20,
    ))

  it.each([
    [
      'a column',
      rename,
      'create unique index by_full on users (full_name); create table "Logins" (who text, constraint "to them" foreign key (who) references users (full_name))',
      ['foreign key to them on public.Logins'],
      ['alter table public."Logins" drop constraint "to them";'],
    ],
    [
      'an index',
      addIndex({ table: 'users', columns: ['name'], unique: true, name: 'by name', enforce: 'backfill' }),
      'create table "Logins" (who text, constraint "to them" foreign key (who) references users (name))',
      ['foreign key to them on public.Logins'],
      ['alter table public."Logins" drop constraint "to them";'],
    ],
    [
      'a table',
      createTable({ table: 'notes', columns: { id: { type: 'bigint' } }, primaryKey: ['id'] }),
      `create table logins (note bigint constraint noted references notes, self bigint); create view notes_there as select count(*) from notes;
       create materialized view notes_kept as select from notes; alter table notes add next bigint references notes`,
      ['materialized view public.notes_kept', 'view public.notes_there', 'foreign key noted on public.logins'],
      [
        'alter table public.logins drop constraint noted;',
        'drop view public.notes_there;',
        'drop materialized view public.notes_kept;',
      ],
    ],
    [
      'a table with functions',
      createTable({ table: 'notes', columns: { id: { type: 'bigint' } }, primaryKey: ['id'] }),
      `create function "Shown"(notes) returns text language sql as 'select 1::text'; create function all_of(notes[]) returns int language sql as 'select 1';
       create function counted() returns bigint language sql begin atomic select count(*) from notes; end; create procedure first_of() language sql begin atomic select id from notes; end;
       create table kept (note notes); create policy noted on users using (exists (select from notes));
       create policy own on notes using (exists (select from notes)); create trigger whole after update on notes for each row when (old.* is distinct from new.*) execute function suppress_redundant_updates_trigger()`,
      [
        'function public.first_of()',
        'function public."Shown"(public.notes)',
        'function public.all_of(public.notes[])',
        'function public.counted()',
        'policy noted',
        'table column public.kept.note',
      ],
      [
        'drop policy noted on public.users;',
        'drop routine public.first_of();',
        'drop routine public."Shown"(public.notes);',
        'drop routine public.all_of(public.notes[]);',
        'drop routine public.counted();',
      ],
      'alter table kept drop column note',
    ],
  ] as const)(
    'what %s of the new shape cannot go without is named, with what takes it away (5)',
    (_, intent, made, told, drops, more?: string) =>
      withUsers(
        server,
        async (database) => {
          const m = migrator(database, { m: [intent] })
          await m.expand()
          await m.backfill()
          await run(database, made)
          const back = { quietPeriod: 0, acceptLoss: true, reason: 'not needed' }
          for (const dryRun of [true, false])
            await expect(m.rollback({ ...back, dryRun })).rejects.toMatchObject({
              exitCode: 5,
              code: 'rollback.dependents',
              message: `m cannot be rolled back: ${told.join('; ')} stands on the new shape, which goes`,
              hint: expect.stringContaining(`:\n  ${drops.join('\n  ')}`),
            })
          expect((await m.status()).migrations[0]?.state).toBe('backfilled')
          await run(database, drops.join(' ') + (more ?? ''))
          expect(await outcome(m.rollback(back))).toBe('0')
          await m.close()
        },
        20,
      ),
  )

  it('a foreign key that points at the hidden column is named before that goes (5)', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create table child (name text)')
        const m = migrator(database, { m: [rename] })
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        const [hidden] = await rows<{ name: string }>(
          database,
          `select attname::text as name from pg_attribute where attrelid = 'users'::regclass and attname ~ '^bellows_q'`,
        )
        await run(
          database,
          `create unique index on users (${hidden?.name}); alter table child add constraint late foreign key (name) references users (${hidden?.name})`,
        )
        await expect(m.purge({ ignoreRetention: true })).rejects.toMatchObject({
          exitCode: 5,
          code: 'purge.dependents',
          hint: expect.stringContaining('\n  alter table public.child drop constraint late;'),
        })
        await run(database, 'alter table public.child drop constraint late')
        expect(await outcome(m.purge({ ignoreRetention: true }))).toBe('0')
        await m.close()
      },
      20,
    ))
})
