import type { Example } from './example.ts'

/** The schema in which the examples run. */
export const postgresSchema = `
create table users (id bigint primary key, name varchar(50), age int, email text, at timestamp, kind text default 'a');
create table orders (id bigint primary key, user_id bigint, total numeric(10,2), note text);
insert into users (id, name, age, email) select n, 'n' || n, n, 'e' || n from generate_series(1, 200) n;
insert into orders (id, user_id, total) select n, n, n from generate_series(1, 200) n;
create index users_by_name on users (name);
alter table users add constraint users_age_check check (age > 0);
create table parts (id bigint, day date) partition by range (day);
create table parts_1 partition of parts for values from ('2026-01-01') to ('2026-02-01');
create table parts_2 (id bigint, day date);
insert into parts_2 select n, '2026-03-03' from generate_series(1, 200) n;
create type mood as enum ('calm', 'glad');
create domain positive as int;
create table uses (p positive);
insert into uses select n from generate_series(1, 200) n;
create materialized view totals as select count(*) from users;
`

const AX = 'AccessExclusive'
const not = ['create table fresh (id bigint, name text, age int)']

/** Every rule of PostgreSQL. */
export const postgresExamples: readonly Example[] = [
  {
    rule: 'rename-column',
    found: ['alter table users rename column name to full_name', 'ALTER TABLE public.users RENAME name TO full_name'],
    not: [
      'alter table users add column a int; alter table users rename column a to b',
      'create table t (a int); alter table t rename column a to b',
      'alter type pair rename attribute a to b',
      'alter index users_by_name rename to by_name',
    ],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'rename-table',
    found: ['alter table users rename to people', 'alter table users set schema pg_temp'],
    not: ['create table t (a int); alter table t rename to u', 'alter index users_by_name rename to by_name'],
    does: { table: 'users', lock: AX },
  },
  { rule: 'rename-schema', found: ['alter schema public rename to main'], not },
  {
    rule: 'rename-enum-value',
    found: ["alter type mood rename value 'calm' to 'quiet'"],
    not: ["alter type mood add value 'quiet'"],
  },
  {
    rule: 'old-version-reads-null',
    found: ['alter table users alter column kind drop not null'],
    not: ['alter table users alter column kind set not null'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'add-not-null-column',
    found: ['alter table users add column a int not null', 'alter table users add column a int not null default null'],
    not: [
      'alter table users add column a int not null default 0',
      'alter table users add column a int',
      'alter table users add column a int generated always as (age) stored not null',
    ],
    does: { fails: '23502' },
  },
  {
    rule: 'default-dropped-at-once',
    found: ['alter table users add column a int not null default 0; alter table users alter column a drop default'],
    not: [
      'alter table users alter column kind drop default',
      'alter table users add column a int default 0; alter table users alter a drop default',
    ],
  },
  {
    rule: 'unique-index',
    found: ['create unique index concurrently u on users (email)', 'create unique index u on users (email)'],
    not: ['create index concurrently u on users (email)', 'create table t (a int); create unique index u on t (a)'],
  },
  {
    rule: 'prepared-select-star',
    found: ['alter table users add column a int'],
    not: ['create table t (a int); alter table t add column b int'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'json-column',
    found: ['alter table users add column a json'],
    not: ['alter table users add column a jsonb'],
  },
  {
    rule: 'drop-column',
    found: ['alter table users drop column name', 'alter table users drop if exists name cascade'],
    not: ['alter table users add column a int; alter table users drop column a'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'drop-table',
    found: ['drop table orders', 'drop table if exists a.b, orders'],
    not: ['create table t (a int); drop table t', 'create temp table t (a int); drop table t', 'drop view v'],
    does: { table: 'orders', lock: AX },
  },
  { rule: 'drop-schema', found: ['drop schema app', 'drop database shop', 'drop owned by app'], not: ['drop view v'] },
  {
    rule: 'truncate',
    found: ['truncate orders', 'truncate table users, orders cascade'],
    not: ['create table t (a int); truncate t'],
    does: { table: 'orders', lock: AX, rewrites: true },
  },
  {
    rule: 'cascade',
    found: ['drop view v cascade', 'alter table users drop column name cascade', 'drop type mood cascade'],
    not: ['drop view v', 'alter table users drop column name'],
  },
  {
    rule: 'update-all-rows',
    found: [
      'update users set age = 1',
      'delete from users',
      'with gone as (delete from users returning *) select count(*) from gone',
      'prepare p as delete from users',
      'update users set age = 1 where age is null',
      'update users set age = 1 where not kind is null',
    ],
    not: [
      'update users set age = 1 where id = 3',
      'delete from users where id in (1, 2)',
      'update users set age = 1 where id in (select id from users limit 10)',
      'create table t (a int); update t set a = 1',
      'select * into t from users; update t set a = 1',
      'insert into users (id) values (1)',
    ],
    does: { table: 'users', lock: 'RowExclusive', scans: true },
  },
  {
    rule: 'rewrites-table',
    found: [
      'alter table users add column a uuid default gen_random_uuid()',
      'alter table users add column a timestamptz default clock_timestamp()',
      'alter table users add column a bigserial',
      'alter table users add column a int generated always as identity',
      'alter table users add column a int generated always as (age * 2) stored',
      'alter table users set unlogged',
      'refresh materialized view totals',
      'vacuum full users',
      'cluster users using users_pkey',
      'alter table users add column a int default my_own()',
    ],
    not: [
      'alter table users add column a timestamptz default now()',
      'alter table users add column a timestamptz not null default current_timestamp',
      'alter table users add column a text[] default array[]::text[]',
      "alter table users add column a jsonb not null default '{}'::jsonb",
      'alter table users add column a int generated always as (age * 2) virtual',
      'alter table users set (fillfactor = 70)',
      'vacuum users',
    ],
    does: { table: 'users', lock: AX, rewrites: true },
  },
  {
    rule: 'change-type',
    found: [
      'alter table users alter column age type bigint',
      'alter table users alter column email type varchar(10)',
      'alter table users alter column name type text',
      "alter table users alter column at type timestamptz using at at time zone current_setting('TimeZone')",
    ],
    not: ['create table t (a int); alter table t alter a type bigint', 'alter type pair alter attribute a type bigint'],
    does: { table: 'users', lock: AX, rewrites: true },
  },
  {
    rule: 'set-not-null',
    found: [
      'alter table users alter column email set not null',
      'alter table users add constraint n check (email is not null) not valid; alter table users alter email set not null',
      'alter table users add constraint n check (email is not null) not valid; alter table users validate constraint n; alter table users alter email set not null, drop constraint n',
      "alter table users add constraint n check (email <> '') not valid; alter table users validate constraint n; alter table users alter email set not null",
    ],
    not: [
      'alter table users add constraint n check (email is not null) not valid; alter table users validate constraint n; alter table users alter email set not null; alter table users drop constraint n',
      'alter table users add constraint n check (age > 0 and email is not null) not valid; alter table users validate constraint n; alter table public.users alter email set not null',
    ],
    does: { table: 'users', lock: AX, scans: true },
  },
  {
    rule: 'add-check',
    found: [
      'alter table users add constraint c check (age < 1000)',
      'alter table users add column a int default 1 check (a > 0)',
    ],
    not: [
      'alter table users add constraint c check (age < 1000) not valid',
      'alter table users add column a int check (a > 0)',
      'create table t (a int check (a > 0)); alter table t add check (a > 1)',
    ],
    does: { table: 'users', lock: AX, scans: true },
  },
  {
    rule: 'add-foreign-key',
    found: [
      'alter table orders add constraint f foreign key (user_id) references users (id)',
      'alter table orders add column other bigint references users (id)',
    ],
    not: [
      'alter table orders add constraint f foreign key (user_id) references users (id) not valid',
      'create table t (a bigint references users)',
    ],
    does: { table: 'users', lock: 'ShareRowExclusive' },
  },
  {
    rule: 'add-unique',
    found: ['alter table users add constraint u unique (email)', 'alter table users add column a int unique'],
    not: ['alter table users add constraint u unique using index i', 'create table t (a int unique)'],
    does: { table: 'users', lock: AX, scans: true },
  },
  {
    rule: 'add-primary-key',
    found: ['alter table uses add primary key (p)', 'alter table users add column a int primary key'],
    not: ['alter table uses add constraint k primary key using index i'],
    does: { table: 'uses', lock: AX, scans: true },
  },
  {
    rule: 'add-exclusion',
    found: ['alter table users add constraint e exclude (email with =)'],
    not: ['create table t (a int, exclude (a with =))'],
    does: { table: 'users', lock: AX, scans: true },
  },
  {
    rule: 'drop-constraint',
    found: ['alter table users drop constraint users_age_check'],
    not: ['alter table users add constraint c check (age < 9) not valid; alter table users drop constraint c'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'validate-in-transaction',
    found: [
      'begin; alter table users add constraint c check (age < 1000) not valid; alter table users validate constraint c; commit',
    ],
    not: [
      'alter table users add constraint c check (age < 1000) not valid; alter table users validate constraint c',
      'begin; alter table users add constraint c check (age < 1000) not valid; commit; begin; alter table users validate constraint c; commit',
    ],
  },
  {
    rule: 'many-foreign-keys',
    found: [
      'begin; alter table orders add foreign key (user_id) references users not valid; alter table orders add foreign key (id) references users not valid; commit',
    ],
    not: [
      'alter table orders add foreign key (user_id) references users not valid; alter table orders add foreign key (id) references users not valid',
    ],
  },
  {
    rule: 'index-blocks-writes',
    found: ['create index on users (age)', 'create unique index if not exists u on public.users (email)'],
    not: ['create index concurrently i on users (age)', 'create table t (a int); create index on public.t (a)'],
    does: { table: 'users', lock: 'Share', scans: true },
  },
  {
    rule: 'drop-index',
    found: ['drop index users_by_name'],
    not: ['drop index concurrently users_by_name', 'create index concurrently i on users (age); drop index i'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'reindex',
    found: ['reindex table users', 'reindex index users_by_name'],
    not: ['reindex table concurrently users', 'reindex (concurrently) index users_by_name'],
    does: { table: 'users', lock: 'Share', scans: true },
  },
  {
    rule: 'index-left-invalid',
    found: ['create index concurrently if not exists i on users (age)'],
    not: ['create index concurrently i on users (age)', 'create index if not exists i on users (age)'],
  },
  {
    rule: 'attach-partition',
    found: ["alter table parts attach partition parts_2 for values from ('2026-03-01') to ('2026-04-01')"],
    not: [
      "create table p (like parts); alter table parts attach partition p for values from ('2026-03-01') to ('2026-04-01')",
    ],
    does: { table: 'parts_2', lock: AX, scans: true },
  },
  {
    rule: 'detach-partition',
    found: ['alter table parts detach partition parts_1'],
    not: ['alter table parts detach partition parts_1 concurrently'],
    does: { table: 'parts', lock: AX },
  },
  {
    rule: 'create-partition',
    found: ["create table parts_9 partition of parts for values from ('2026-09-01') to ('2026-10-01')"],
    not: [
      'create table parts_9 (like parts)',
      'create table a (b int) partition by list (b); create table c partition of a default',
    ],
    does: { table: 'parts', lock: AX },
  },
  {
    rule: 'domain-constraint',
    found: ['alter domain positive add constraint p check (value > 0)', 'alter domain positive set not null'],
    not: ['alter domain positive add constraint p check (value > 0) not valid', 'alter domain positive drop not null'],
    does: { table: 'uses', lock: 'Share', scans: true },
  },
  {
    rule: 'concurrently-in-transaction',
    found: [
      'begin; create index concurrently i on users (age); commit',
      'begin; drop index concurrently users_by_name',
    ],
    not: ['create index concurrently i on users (age)', 'begin; commit; create index concurrently i on users (age)'],
    does: { fails: '25001' },
  },
  {
    rule: 'concurrently-under-lock-timeout',
    found: [
      "set lock_timeout = '2s'; create index concurrently i on users (age)",
      "select set_config('lock_timeout', '2s', false); create index concurrently i on users (age)",
    ],
    not: [
      'set lock_timeout = 0; create index concurrently i on users (age)',
      "set lock_timeout = '2s'; set lock_timeout = '0'; create index concurrently i on users (age)",
      "set lock_timeout = '2s'; reset lock_timeout; create index concurrently i on users (age)",
    ],
  },
  {
    rule: 'no-lock-timeout',
    found: [
      'alter table users add column a int',
      "set lock_timeout = '0'; alter table users add column a int",
      // Outside of a transaction it sets nothing, and after it nothing either.
      "set local lock_timeout = '2s'; alter table users add column a int",
      "begin; set local lock_timeout = '2s'; commit; alter table users add column a int",
      'create trigger t before insert on users for each row execute function f()',
      'create table t (a bigint references users)',
      'create table t (a bigint); alter table t add foreign key (a) references users',
      "begin; select set_config('lock_timeout', '2s', true); commit; alter table users add column a int",
      'drop view v',
      'create or replace view v as select 1 as a',
    ],
    not: [
      'create view v as select 1 as a',
      "set lock_timeout = '2s'; alter table users add column a int",
      'begin; set local lock_timeout = 2000; alter table users add column a int',
      'create table t (a bigint)',
      'create table t (a bigint primary key); create table u (a bigint); alter table u add foreign key (a) references t',
      'alter table users validate constraint c',
      'create index concurrently i on users (age)',
      'alter table users alter column age set statistics 100',
    ],
  },
  {
    rule: 'work-under-lock',
    found: [
      'begin; alter table users add column a int; update users set a = 1; commit',
      'begin; alter table users add column a int; create index on orders (user_id); commit',
      'begin; alter table users add column a int; insert into orders (id) select id from users; commit',
      'begin; create table t (a bigint); alter table t add foreign key (a) references users; create index on orders (user_id); commit',
    ],
    not: [
      'alter table users add column a int; update users set a = 1',
      'begin; alter table users add column a int; update users set a = 1 where id = 1; commit',
      'begin; alter table users add column a int; insert into orders (id) values (1); commit',
      'begin; create table t (a int); create index on t (a); commit',
    ],
  },
  {
    rule: 'enum-value-in-transaction',
    found: ["begin; alter type mood add value 'cross'; update users set kind = 'cross' where id = 1; commit"],
    not: ["alter type mood add value 'cross'; update users set kind = 'cross' where id = 1"],
  },
  {
    rule: 'lock-table',
    found: ['lock table users', 'lock table users in share mode'],
    not: ['lock table users in access share mode'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'row-security',
    found: ['alter table users enable row level security', 'create policy p on users using (id > 0)'],
    not: ['create table t (a int); alter table t enable row level security'],
    does: { table: 'users', lock: AX },
  },
  {
    rule: 'unread',
    found: ['do $$ begin execute $q$ alter table users drop column name $q$; end $$', 'call tidy()', 'execute p'],
    not: ['create function f() returns int language sql as $$ select 1 $$', 'comment on table users is $$x$$'],
  },
  {
    rule: 'identifier-too-long',
    found: [
      `alter table users add column ${'a'.repeat(64)} int`,
      `create index concurrently ${'é'.repeat(32)} on users (age)`,
    ],
    not: [`alter table users add column ${'a'.repeat(63)} int`],
  },
]
