import { beforeAll, describe, expect, it } from 'vitest'
import type { CaptureDialect } from '../../../../../src/dialects/capture.ts'
import { postgresCapture } from '../../../../../src/dialects/postgres/capture/capture.ts'

let dialect: CaptureDialect
beforeAll(async () => {
  dialect = await postgresCapture()
})

const one = (sql: string, bound = 0) => {
  const [read, ...more] = dialect.read(sql, bound)
  expect(more).toEqual([])
  if (read?.kind !== 'statement') throw new Error(`left out: ${JSON.stringify(read)}`)
  return read
}
const literal = (value: string, type: string | null = null) => ({ literal: value, type })

describe('a captured text of PostgreSQL', () => {
  it('gets parameters in the place of its literals, numbers as what the server takes them for', () => {
    const read = one("select id from users where name = 'O''Hara' and age > 41 and x = 5000000000 and n = -1.5")
    expect(read.sql).toBe('select id from users where name = $1 and age > $2 and x = $3 and n = -$4')
    expect(read.parameters).toEqual([
      literal("O'Hara"),
      literal('41', 'integer'),
      literal('5000000000', 'bigint'),
      literal('1.5', 'numeric'),
    ])
    expect(read.words).toEqual(['select', 'users'])
  })

  it('keeps the parameters that it has', () => {
    const read = one("update users set name = $1, note = 'x' where id = $2")
    expect(read.sql).toBe('update users set name = $1, note = $3 where id = $2')
    expect(read.parameters).toEqual([{ bound: 0 }, { bound: 1 }, literal('x')])
    expect(one('select $1', 3).parameters).toHaveLength(3)
  })

  it.each([
    ['select a, b from t order by 2 desc, 1', 'select a, b from t order by 2 desc, 1'],
    ['select a from t group by 1, rollup(1) limit 10', 'select a from t group by 1, rollup(1) limit $1'],
    ["select cast('x' as varchar(20)), 'y'::numeric(4,2)", 'select cast($1 as varchar(20)), $2::numeric(4,2)'],
    ["select * from t where d > date '2020-01-02'", 'select * from t where d > cast($1 as date)'],
    ["select now() - interval '1 day'", 'select now() - cast($1 as interval)'],
    ["select extract('year' from d) from t", "select extract('year' from d) from t"],
    ['select extract(year from d) from t', 'select extract(year from d) from t'],
    [
      "select date_trunc('day', d), 'day' from t group by date_trunc('day', d)",
      'select date_trunc($1, d), $1 from t group by date_trunc($1, d)',
    ],
    [
      "insert into t values (1, true, null, 'a') on conflict (a) where b = 'c' do nothing",
      "insert into t values ($1, true, null, $2) on conflict (a) where b = 'c' do nothing",
    ],
    ["select e'a\\'b', $tag$it's$tag$, U&'\\0041', b'01', x'1F'", 'select $1, $2, $3, $4, $5'],
    ["select /* app='shop' */ 1 -- who\n", 'select $1'],
    ['select \'Zoë\' || "Naïve" from "Zoë"', 'select $1 || "Naïve" from "Zoë"'],
    ["copy t (a) from stdin with (delimiter ',', null '')", "copy t (a) from stdin with (delimiter ',', null '')"],
    [
      "copy (select a from t where b = 'secret') to stdout with (format csv)",
      'copy (select a from t where b = $1) to stdout with (format csv)',
    ],
    ["select data->>'name', arr[1] from t where tags ? 'x'", 'select data->>$1, arr[$2] from t where tags ? $3'],
    ["call move('a', 2)", 'call move($1, $2)'],
    ["explain select 1 where 'a' = 'b'", 'explain select $1 where $2 = $3'],
    [
      "select 1 from t where a in ('x', 'y') and b like 'z%' escape '|'",
      'select $1 from t where a in ($2, $3) and b like $4 escape $5',
    ],
  ])('%s', (sql, clean) => {
    const read = one(sql)
    expect(read.sql).toBe(clean)
    expect(read.raw).toBeUndefined()
  })

  it('says text of a literal where a value of any type will do: the server would ask of what type a parameter is', () => {
    const read = one(
      "select concat(name, ' ', last, 'x'::varchar), json_build_object('name', name, 'n', 1), count('x') from users where name = 'y'",
    )
    expect(read.sql).toBe(
      'select concat(name, $1, last, $2::varchar), json_build_object($3, name, $4, $5), count($6) from users where name = $7',
    )
    expect(read.parameters.map((origin) => ('literal' in origin ? origin.type : ''))).toEqual([
      ...['text', null, 'text', 'text', 'integer', 'text', null],
    ])
  })

  it('keeps a text with its values apart where they cannot be taken out', () => {
    const read = one("select jt.a from json_table('[]'::jsonb, '$[*]' columns (a int path '$.secret')) jt /* c */")
    expect(read).toMatchObject({ raw: true })
    expect(read.sql).not.toContain('/* c */')
  })

  it('leaves out what a check has no use for, and says no value of it', () => {
    const reads = dialect.read(
      "begin; set search_path = app; create user bob password 'hunter2'; alter role bob password 'x'; do $$ begin end $$; commit; execute q('v'); copy t from '/etc/secret'; create materialized view m as select 'secret'",
      0,
    )
    expect(reads.every(({ kind }) => kind === 'left out')).toBe(true)
    expect(JSON.stringify(reads)).not.toMatch(/hunter2|secret|bob/)
    expect(reads.map((read) => (read.kind === 'left out' ? read.why : ''))).toEqual([
      ...[
        'session',
        'session',
        'definition',
        'definition',
        'definition',
        'session',
        'session',
        'definition',
        'definition',
      ],
    ])
    expect(dialect.read("selec 'x'", 0)).toEqual([{ kind: 'left out', why: 'unreadable', what: 'SELEC' }])
  })

  it('reads several statements of one text, and what PREPARE prepares', () => {
    expect(dialect.read('insert into a values (1); insert into b values (2)', 0)).toMatchObject([
      { sql: 'insert into a values ($1)', words: ['insert', 'a'] },
      { sql: 'insert into b values ($1)', words: ['insert', 'b'] },
    ])
    expect(
      one("prepare q (bigint, numeric(10,2)) as select * from t where a = $1 and b = $2 and c = 'x'"),
    ).toMatchObject({
      sql: 'select * from t where a = $1 and b = $2 and c = $3',
      kept: true,
      parameters: [{ type: 'bigint' }, { type: 'numeric(10,2)' }, { literal: 'x' }],
    })
  })

  it('tells which statements may hold values of a column', () => {
    const of = (sql: string): boolean => dialect.mentions(sql, 'Email')
    expect(of('select 1 from users where email = $1')).toBe(true)
    expect(of('select 1 from users where "Email" = $1')).toBe(true)
    expect(of('insert into users values ($1, $2)')).toBe(true)
    expect(of('call register($1)')).toBe(true)
    expect(of('select 1 from users where name = $1')).toBe(false)
    expect(of('insert into users (name) values ($1)')).toBe(false)
  })
})
