import { describe, expect, it } from 'vitest'
import { assignments as mysqlAssignments } from '../../../../src/dialects/mysql/assignments.ts'
import { madeFor as mysqlMade } from '../../../../src/dialects/mysql/made-values.ts'
import { assignments as postgresAssignments } from '../../../../src/dialects/postgres/assignments.ts'
import { madeFor as postgresMade } from '../../../../src/dialects/postgres/made-values.ts'
import { loadParser } from '../../../../src/dialects/postgres/parser.ts'

await loadParser()

const values = (list: readonly (readonly [string, string])[]): readonly string[] => list.map(([value]) => value)
const ofPostgres = (name: string, labels: readonly string[] = []): readonly string[] =>
  values(
    postgresMade({
      name,
      category: name.endsWith('[]') ? 'A' : 'X',
      labels,
      element: name.endsWith('[]') ? name.slice(0, -2) : null,
    }),
  )
const ofMysql = (type: string): readonly string[] => values(mysqlMade(type))

describe('values that are made for a type', () => {
  it('reach its bounds', () => {
    expect(ofPostgres('smallint')).toEqual(['1', '0', '-1', '32767', '-32768'])
    expect(ofPostgres('numeric(6,2)')).toEqual(['1', '0', '0.15', '-0.15', '9999.99', '-9999.99'])
    expect(ofPostgres('numeric(3,0)')).toEqual(['1', '0', '999', '-999'])
    expect(ofPostgres('character varying(3)')).toEqual(['a', '', ' a ', 'aB', 'é€😀', 'a\nb', '007', 'xxx'])
    expect(ofPostgres('timestamp(3) with time zone').at(-1)).toBe('2024-02-29 23:59:59.5+05:30')
    expect(ofMysql('tinyint unsigned')).toEqual(['1', '0', '255'])
    expect(ofMysql('bigint')).toEqual(['1', '0', '9223372036854775807', '-1', '-9223372036854775808'])
    expect(ofMysql('decimal(6,2)')).toEqual(['1', '0', '0.15', '9999.99', '-9999.99'])
    expect(ofMysql('varchar(2)')).toEqual(['a', '', 'aB', 'é€', '😀', 'xx'])
  })

  it('are every label, every member', () => {
    expect(ofPostgres('public.mood', ['sad', "it's"])).toEqual(['sad', "it's"])
    expect(ofMysql("enum('sad','it''s')")).toEqual(['sad', "it's"])
    expect(ofMysql("set('a','b')")).toEqual(['a', 'b', '', 'a,b'])
  })

  it('are arrays of a plain value, and something plain for other types', () => {
    expect(ofPostgres('text[]')).toEqual(['{"a"}', '{}', '{NULL}'])
    expect(ofPostgres('inet')).toEqual(['127.0.0.1'])
    expect(ofMysql('geometry')).toEqual([])
  })
})

const shown = (
  list: readonly { readonly table: string; readonly column: string; readonly parameter: number }[],
): readonly string[] => list.map(({ table, column, parameter }) => `${table}.${column}=${parameter}`)

describe('where a statement puts its parameters', () => {
  it.each([
    ['insert into s.items (a, b) values ($1, $2), (lower($3), $4::text)', ['items.a=0', 'items.b=1', 'items.b=3']],
    ['insert into items (a) select $1 from t', ['items.a=0']],
    ['insert into items (a) values (1) on conflict (a) do update set b = $1', ['items.b=0']],
    ['with x as (update items set a = $2 returning id) select * from x where id = $1', ['items.a=1']],
    ['update items set a = $1, b = b + $2 where c = $3', ['items.a=0']],
    ['select $1', []],
    ['no sql', []],
  ])('on PostgreSQL: %s', (sql, expected) => {
    expect(shown(postgresAssignments(sql))).toEqual(expected)
  })

  it.each([
    ['insert into `s`.`items` (`a`, b) values (?, ?), (lower(?), ?)', ['items.a=0', 'items.b=1', 'items.b=3']],
    ['replace into items (a) values (?)', ['items.a=0']],
    ['insert into items set a = ?, b = ?', ['items.a=0', 'items.b=1']],
    ['insert into items (a) values (?) on duplicate key update b = ?, c = c + ?', ['items.a=0', 'items.b=1']],
    ["update items set a = ?, b = concat('?', ?) where c = ?", ['items.a=0']],
    ['update items i join t on t.id = i.id set i.a = ? where t.b = ?', []],
    ['select ?', []],
  ])('on MySQL and MariaDB: %s', (sql, expected) => {
    expect(shown(mysqlAssignments(sql))).toEqual(expected)
  })
})
