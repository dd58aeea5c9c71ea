import { describe, expect, it } from 'vitest'
import { mysqlCapture } from '../../../../../src/dialects/mysql/capture/capture.ts'
import { modeOf } from '../../../../../src/dialects/mysql/capture/mode.ts'

const dialect = mysqlCapture()

const one = (sql: string, mode?: string) => {
  const [read, ...more] = dialect.read(sql, 0, mode)
  expect(more).toEqual([])
  if (read?.kind !== 'statement') throw new Error(`left out: ${JSON.stringify(read)}`)
  return read
}

describe('the sql_mode of a captured session', () => {
  it.each([
    ["set sql_mode = 'ANSI'", '', 'ansi'],
    ["SET SESSION sql_mode='NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES', time_zone = 'Z'", '', 'plain'],
    ["set sql_mode = ''", 'ansi', ''],
    ["set @@session.sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')", 'ansi plain', 'ansi plain'],
    ["set sql_mode = concat(@@sql_mode, ',ANSI_QUOTES')", 'plain', 'ansi plain'],
    ["select 'set sql_mode = ANSI'", '', ''],
  ])('after %s', (sql, before, after) => expect(modeOf(sql, before)).toBe(after))
})

describe('a captured text of MySQL', () => {
  it('gets parameters in the place of its literals, among those that it has', () => {
    const read = one("update `users` set name = ?, note = 'it''s \\'so\\'' where id = 5 and x = ? and y = 1.5")
    expect(read.sql).toBe('update `users` set name = ?, note = ? where id = ? and x = ? and y = ?')
    expect(read.parameters).toEqual([
      { bound: 0 },
      { literal: "it's 'so'", type: null },
      { literal: '5', type: 'bigint' },
      { bound: 1 },
      { literal: '1.5', type: 'decimal(65,30)' },
    ])
    expect(read.words).toEqual(['update', 'users'])
  })

  it.each([
    ['select a, b from t order by 2 desc, 1', 'select a, b from t order by 2 desc, 1'],
    ['select a from t group by 1 having a > 2 limit 10', 'select a from t group by 1 having a > ? limit ?'],
    [
      "select cast('x' as char(10)), convert(y, decimal(4,2)), char(65, 66)",
      'select cast(? as char(10)), convert(y, decimal(4,2)), char(?, ?)',
    ],
    ["select * from t where d > date '2020-01-02'", 'select * from t where d > cast(? as date)'],
    ["select trim(both 'x' from a), extract(year from 'y')", 'select trim(both ? from a), extract(year from ?)'],
    ["do 'x'", 'do ?'],
    ['select now() - interval 1 day', 'select now() - interval ? day'],
    [
      "select date_format(d, '%Y') from t group by date_format(d, '%Y')",
      "select date_format(d, '%Y') from t group by date_format(d, '%Y')",
    ],
    [
      "select data->'$.a', data->>\"$.b\", json_extract(data, '$.c') from t",
      "select data->'$.a', data->>\"$.b\", json_extract(data, '$.c') from t",
    ],
    ["select x'4D', b'01', 0x4D, _utf8mb4'a', N'b', 'c' 'd'", 'select ?, ?, ?, ?, ?, ?'],
    ["select name as 'who', count(*) 'many', id 'n' from t", "select name as 'who', count(*) 'many', id 'n' from t"],
    [
      "select group_concat(a order by b separator ', ') from t where c like 'x%' escape '|'",
      "select group_concat(a order by b separator ', ') from t where c like ? escape '|'",
    ],
    ["select /* who='me' */ 1 -- x\n # y\n from t", 'select ? from t'],
    ["select /*!40001 sql_no_cache */ a from t where b = 'x'", 'select /*!40001 sql_no_cache */ a from t where b = ?'],
    [
      "insert into t (a, b) values (1, 'x'), (2, 'y') on duplicate key update b = values(b), c = 3",
      'insert into t (a, b) values (?, ?), (?, ?) on duplicate key update b = values(b), c = ?',
    ],
    [
      "select * from t where match (a) against ('secret' in boolean mode)",
      'select * from t where match (a) against (? in boolean mode)',
    ],
    ["call move('a', 2)", 'call move(?, ?)'],
    [
      "select case when a = 1 then 'one' else 'many' end from t where b in ('x', 'y') and c between 1 and 2",
      'select case when a = ? then ? else ? end from t where b in (?, ?) and c between ? and ?',
    ],
    ["delete from t where a = -5 and b = 'x'", 'delete from t where a = -? and b = ?'],
  ])('%s', (sql, clean) => {
    const read = one(sql)
    expect(read.sql.replace(/\s+/g, ' ')).toBe(clean)
    expect(read.raw).toBeUndefined()
  })

  it('keeps a text with its values apart where nobody can tell what a literal is', () => {
    expect(
      one("select * from json_table('[1]', '$[*]' columns (a varchar(9) path '$.a' default 'x' on empty)) j"),
    ).toMatchObject({ raw: true })
    expect(one("load data local infile '/secret.csv' into table t")).toMatchObject({ raw: true, words: ['load', 't'] })
  })

  it('reads texts as the sql_mode of the session has them', () => {
    expect(one('select "name" from "users" where a = \'x\'', 'ansi').sql).toBe('select "name" from "users" where a = ?')
    expect(one('select "name" from users').sql).toBe('select ? from users')
    expect(one("select 'a\\' , b from t", 'plain').sql).toBe('select ? , b from t')
  })

  it('leaves out what a check has no use for, and says no value of it', () => {
    const reads = dialect.read(
      "set names utf8mb4; start transaction; create user bob identified by 'hunter2'; set password = 'hunter2'; show tables; prepare q from 'select 1'; commit",
      0,
    )
    expect(reads.every(({ kind }) => kind === 'left out')).toBe(true)
    expect(JSON.stringify(reads)).not.toMatch(/hunter2|bob/)
  })

  it('tells which statements may hold values of a column', () => {
    const of = (sql: string): boolean => dialect.mentions(sql, 'email')
    expect(of('select 1 from users where u.`Email` = ?')).toBe(true)
    expect(of('insert into users values (?, ?)')).toBe(true)
    expect(of('call register(?)')).toBe(true)
    expect(of('insert into users (name) values (?)')).toBe(false)
  })
})
