import { beforeAll, describe, expect, test } from 'vitest'
import { castCanRaise, expressionCanRaise, internalName } from '../../../../src/dialects/postgres/conversions.ts'
import { parseScalar, parseType } from '../../../../src/dialects/postgres/expressions.ts'
import { loadParser } from '../../../../src/dialects/postgres/parser.ts'
import type { Column } from '../../../../src/planner/catalog.ts'

beforeAll(() => loadParser())

describe('the grammar’s name of a type that the server printed', () => {
  test.each([
    ['integer', 'int4', false],
    ['character varying(20)', 'varchar', true],
    ['numeric(12,2)', 'numeric', true],
    ['numeric(3,-2)', 'numeric', true],
    ['timestamp(3) with time zone', 'timestamptz', true],
    ['my_type', 'my_type', false],
  ])('%s', (type, name, modified) => {
    expect(internalName(type)).toEqual({ name, modified })
  })
})

describe('a cast', () => {
  test.each([
    ['integer', 'bigint'],
    ['smallint', 'integer'],
    ['integer', 'numeric'],
    ['integer', 'numeric(10,0)'],
    ['integer', 'numeric(12,2)'],
    ['integer', 'text'],
    ['jsonb', 'text'],
    ['integer', 'double precision'],
    ['real', 'double precision'],
    ['character varying(20)', 'text'],
    ['character varying(20)', 'character varying(30)'],
    ['character varying(20)', 'character varying'],
    ['numeric(8,2)', 'numeric(10,2)'],
    ['numeric(8,2)', 'numeric'],
    ['jsonb', 'json'],
    ['date', 'date'],
  ])('of %s to %s raises for no value', (from, to) => {
    expect(castCanRaise(from, to)).toBe(false)
  })

  test.each([
    ['bigint', 'integer'],
    ['text', 'integer'],
    ['integer', 'numeric(9,0)'],
    ['integer', 'numeric(11,2)'],
    ['bigint', 'double precision'],
    ['bigint', 'real'],
    ['text', 'character varying(10)'],
    ['character varying(20)', 'character varying(10)'],
    ['character varying', 'character varying(10)'],
    ['numeric(10,2)', 'numeric(10,1)'],
    ['numeric(10,2)', 'numeric(9,2)'],
    ['numeric', 'numeric(10,2)'],
    ['text', 'character(5)'],
    ['text', 'jsonb'],
    ['text', 'my_enum'],
    ['timestamp(6) without time zone', 'timestamp(3) without time zone'],
    ['unknown_type', 'other_type'],
  ])('of %s to %s can raise or change a value', (from, to) => {
    expect(castCanRaise(from, to)).toBe(true)
  })
})

describe('an expression of the author’s', () => {
  const column = (name: string, type: string): [string, Column] => [name, { name, type } as Column]
  const columns = new Map([column('t', 'text'), column('v', 'character varying(9)'), column('n', 'integer')])
  const canRaise = (text: string, type = 'text'): boolean =>
    expressionCanRaise(parseScalar(text, 'up', 'x'), parseType(type, 'type'), columns)

  test.each([
    't',
    'lower(t)',
    "t || '-' || v",
    "coalesce(t, 'x')",
    "case when t = 'a' then v else 'b' end",
    "nullif(btrim(t), '')",
    't is null and v is null',
    "'constant'",
  ])('%s raises for no value of texts', (text) => {
    expect(canRaise(text)).toBe(false)
  })

  test.each([
    'n::text',
    't::int::text',
    '1 / length(t)',
    'repeat(t, 9)',
    'my_function(t)',
    'n || t',
    "split_part(t, '-', 0)",
    "(t::jsonb)->>'a'",
  ])('%s may raise', (text) => {
    expect(canRaise(text)).toBe(true)
  })

  test('may raise into whatever is not a text without a length', () => {
    expect(canRaise('t', 'varchar(3)')).toBe(true)
    expect(canRaise('t', 'int')).toBe(true)
    expect(canRaise('t', 'varchar')).toBe(false)
  })
})
