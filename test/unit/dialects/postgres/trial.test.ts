import { beforeAll, describe, expect, it } from 'vitest'
import { loadParser, parse } from '../../../../src/dialects/postgres/parser.ts'
import { readMeaning } from '../../../../src/dialects/postgres/resolution.ts'
import { type CallableRow, tryableOf } from '../../../../src/dialects/postgres/trial.ts'
import { givenValues, madeValues } from '../../../../src/dialects/postgres/trial-values.ts'

beforeAll(loadParser)

const table = (name: string, ...texts: readonly string[]) => ({ name, foreign: false, texts, children: [] as string[] })
const text = (name: string, body: string | null) => ({ name, kind: 'text' as const, body })
const row: CallableRow = {
  functions: [
    { name: 'pg_sleep', kind: 'lasting', body: null },
    { name: 'http_get', kind: 'lasting', body: null },
    text('adds', 'select a + 1'),
    text('waits', 'begin perform pg_sleep(1); end'),
    text('waits_too', 'begin perform waits(); end'),
    text('runs', "begin execute 'x'; end"),
    text('does', 'begin do $$ begin end $$; end'),
    text('upserts', 'begin insert into t values (1) on conflict do nothing; end'),
    text('Odd', 'begin perform http_get(1); end'),
  ],
  relations: [
    table('t'),
    table('loud', 'CREATE TRIGGER x BEFORE INSERT ON public.loud FOR EACH ROW EXECUTE FUNCTION public.waits_too()'),
    { ...table('parent'), children: ['loud'] },
    { ...table('far'), foreign: true },
    table('seen', 'CREATE RULE "_RETURN" AS ON SELECT TO public.seen DO INSTEAD SELECT far.a FROM far'),
  ],
  unnamed: [],
  domains: ['CHECK (VALUE > 0)'],
}
const undone = (statement: string, changed: Partial<CallableRow> = {}): boolean =>
  tryableOf({ ...row, ...changed }).undone(statement)

describe('what a rollback undoes', () => {
  it.each([
    'insert into t (a) values (adds($1), lower($2))',
    'insert into t (pg_sleep) values (1)',
    'select upserts()',
    "select 'pg_sleep(1)', a /* pg_sleep(1) */ from t",
    'with x(a) as (select 1) insert into t select a from x',
  ])('may be tried: %s', (statement) => expect(undone(statement)).toBe(true))

  it.each([
    'insert into t select 1 from pg_sleep(1)',
    'insert into t select 1 from "pg_sleep" (1)',
    'insert into t select 1 from U&"\\0070g_sleep"(1)',
    'select waits()',
    'select waits_too()',
    'select runs(1)',
    'select does()',
    'select "Odd"()',
    'select t."Odd" from t',
    'insert into loud values (1)',
    'insert into parent values (1)',
    'insert into far values (1)',
    'select * from public.seen',
  ])('is not: %s', (statement) => expect(undone(statement)).toBe(false))

  it('is nothing where an operator, a cast or a domain calls what lasts', () => {
    expect(undone('select 1', { unnamed: ['waits_too'] })).toBe(false)
    expect(undone('select 1', { unnamed: ['adds'] })).toBe(true)
    expect(undone('select 1', { domains: ['CHECK (runs(VALUE))'] })).toBe(false)
  })

  it('and only what can tell something is executed', () => {
    const { telling } = tryableOf(row)
    expect(telling('insert into t values (1)')).toBe(true)
    expect(telling('with x as (delete from t returning a) select a from x')).toBe(true)
    expect(telling('select adds(1)')).toBe(true)
    expect(telling('select lower(a) from t')).toBe(false)
    expect(telling('select adds(1) into n')).toBe(false)
    expect(telling('explain analyze insert into t values (1)')).toBe(false)
    expect(telling('not sql')).toBe(false)
  })
})

describe('values', () => {
  const type = (name: string, category = 'S', labels: readonly string[] = []) => ({ name, category, labels })

  it('that are made fit their types', () => {
    const types = [
      type('bigint', 'N'),
      type('date', 'D'),
      type('k', 'E', ['p']),
      type('text[]', 'A'),
      type('uuid', 'U'),
    ]
    expect(madeValues(types)).toEqual(['1', '2020-01-02', 'p', '{}', '00000000-0000-4000-8000-000000000001'])
  })

  it('that are given are said as the server reads them', () => {
    const types = [type('text[]', 'A'), type('jsonb', 'U'), type('boolean', 'B'), type('text')]
    expect(givenValues(types, [[['a"\\', null, 1], { a: [1] }, true, null], ['too few']])).toEqual([
      ['{"a\\"\\\\",NULL,"1"}', '{"a":[1]}', 'true', null],
    ])
    expect(givenValues([type('jsonb', 'U')], [['[1]'], ['plain']])).toEqual([['[1]'], ['"plain"']])
  })
})

describe('what the server reads in a statement', () => {
  const read = (own: string, body: string) =>
    readMeaning(parse(own), parse(`create function f() returns void language sql BEGIN ATOMIC ${body}; END`))

  it('is its columns in order, and what it joins over', () => {
    expect(
      read(
        'select name from users natural join orders where total > $1',
        'SELECT users.name FROM (public.users JOIN public.orders USING (id, state)) WHERE (orders.total > $1)',
      ),
    ).toEqual({ resolved: { columns: ['users.name', 'orders.total'], joins: ['id, state'] } })
  })

  it('but not what stands for a star', () => {
    const [own, body] = ['select * from users where a = 1', 'SELECT users.a, users.b FROM users WHERE (users.a = 1)']
    expect(read(own, body).resolved.columns).toEqual(['users.a'])
  })

  it('and by place what an INSERT fills', () => {
    expect(read('insert into t values (1)', 'INSERT INTO t (a) VALUES (1)').fills).toEqual(['a'])
    expect(read('insert into t (a) values (1)', 'INSERT INTO t (a) VALUES (1)').fills).toBeUndefined()
    expect(
      read('insert into t (a, b) select *, null from u', 'INSERT INTO t (a, b) SELECT u.x, NULL::text FROM u').fills,
    ).toEqual(['a from u.x', 'b'])
  })
})
