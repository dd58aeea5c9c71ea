import { beforeAll, describe, expect, it } from 'vitest'
import { isOwn } from '../../../../src/dialects/postgres/own-statements.ts'
import { loadParser } from '../../../../src/dialects/postgres/parser.ts'
import { readsOf } from '../../../../src/dialects/postgres/reads.ts'
import type { Catalog } from '../../../../src/planner/catalog.ts'

const columns = (...names: readonly string[]): readonly { name: string }[] => names.map((name) => ({ name }))
const catalog = {
  tables: [
    { schema: 'public', name: 'users', columns: columns('id', 'name', 'full_name') },
    { schema: 'public', name: 'orders', columns: columns('id', 'user_id', 'name') },
    { schema: 'public', name: 'tags', columns: columns('id', 'label') },
  ],
} as unknown as Catalog
const shape = { table: { schema: 'public', name: 'users' }, columns: ['name'] }
const reads = (text: string) => readsOf(text, shape, catalog)

beforeAll(loadParser)

describe('a statement names the old column', () => {
  it.each([
    'select name from users where id = $1',
    'SELECT Name FROM public.Users',
    'select u."name" from users as u',
    'select users.name from users',
    'select id from users where lower(name) in ($1 /*, ... */)',
    'select id from users order by name',
    'select full_name as label from users order by label, name',
    'select o.id from orders o where exists (select from users u where u.id = o.user_id and u.name = $1)',
    'select id, (select name from tags where tags.id = users.id) from users',
    'with x as (select id, name from users) select x.id from x',
    'select id from tags union all select length(name) from users',
    'select id from users join tags using (id, name)',
    'insert into users (id, name) values ($1, $2)',
    'insert into users (id, full_name) values ($1, $2) on conflict (name) do nothing',
    'insert into users (id, full_name) values ($1, $2) on conflict (id) do update set name = excluded.full_name',
    'insert into users (id, full_name) values ($1, $2) returning name',
    'insert into tags (label) select name from users',
    'update users set name = $1 where id = $2',
    'update tags set label = u.name from users u where u.id = tags.id',
    'delete from users where name = $1',
    'merge into users u using tags t on t.id = u.id when matched then update set name = t.label',
    'copy users (id, name) to stdout',
    'copy (select name from users) to stdout',
    'declare c cursor for select name from users where id = $1',
    'prepare p as select name, $2 from users where id = $1',
    'create table kept as select name, $1 from users',
    'select (u).name from users u',
    'select name from users tablesample system ($1)',
    'select u.name from users u tablesample bernoulli ($1) join tags t on t.id = u.id',
    'copy users (id, full_name) from stdin where name <> $1',
    'explain (analyze) select name from users',
    // What the normaliser has broken.
    'select name, made + interval $1 from users where made > date $2 and extract($3 from made) = $4',
    'do $$ begin perform name from users; end $$',
  ])('%s', (text) => expect(reads(text)).toBe('names'))
})

describe('a statement takes all columns', () => {
  it.each([
    'select * from users',
    'select u.* from users u join tags t on t.id = u.id',
    'select row_to_json(u) from users u',
    'table users',
    'insert into users values ($1, $2, $3)',
    'insert into users (id, full_name) values ($1, $2) returning *',
    'copy users from stdin',
    'select u.id from users u natural join tags',
    'select x.id from (select * from users) x',
    'select *, interval $1 from users',
    "insert into users values ($1, 'ä', now() + interval $2)",
    'select row_to_json(u), interval $1 from users u',
    'select b from users as u (a, b)',
    'select j.b from (users join tags using (id)) as j (a, b)',
  ])('%s', (text) => expect(reads(text)).toBe('all'))
})

describe('a statement that the grammar does not take', () => {
  it('is not known where it executes', () => {
    expect(reads('select row_to_json(u) from users u selected by $1')).toBe('unclear')
    expect(reads('select name from users selected by $1')).toBe('names')
    expect(reads('alter table users become $1')).toBeNull()
  })
})

describe('a statement has nothing of the old shape', () => {
  it.each([
    'select full_name from users where id = $1',
    'select name from orders',
    'select u.full_name, o.name from users u join orders o on o.user_id = u.id',
    'select full_name from users u where exists (select * from tags t where t.id = u.id)',
    'select full_name from users where exists (select * from users x where x.id = $1)',
    'select full_name as name from users order by name',
    'select full_name from users where id in (select user_id from orders where name = $1)',
    'select count(*) from users',
    'insert into users (id, full_name) values ($1, $2)',
    'select name from other.users',
    'alter table users drop column name',
    'create index on users (name)',
    'explain select name from users',
    'select $1 from tags',
    'select interval $1 from users',
    "create role users password 'name'",
  ])('%s', (text) => expect(reads(text)).toBeNull())
})

describe('a statement of ours is known', () => {
  it.each([
    'select count(*)::float8 as rows, count(*) filter (where pg_catalog.record_image_ne(ROW(t."full_name"), ROW(t."name")))::float8 as mismatches from "public"."users" as t',
    'select count(*)::float8 as count, (array_agg(pg_catalog.jsonb_build_object($1::text, t."id")::text))[$2:$3] as keys from "public"."users" as t where t."name" is null',
    'update "public"."users" as t set "full_name" = CAST((t."name") AS text) where row("t"."id") <= row($1::text::integer) and t."full_name" IS NULL',
  ])('%s', (text) => expect(isOwn(text)).toBe(true))

  it('and one of an app is none', () => {
    expect(isOwn('select count(*) as count, array_agg(name) as keys from users')).toBe(false)
    expect(isOwn('select exists (select from users as t where name = $1) as open')).toBe(false)
    expect(isOwn('update users as t set full_name = $1 where id = $2')).toBe(false)
  })
})
