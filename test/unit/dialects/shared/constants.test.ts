import { describe, expect, it } from 'vitest'
import { isNull, mayGiveNull, surelyFits } from '../../../../src/dialects/shared/constants.ts'

describe('a constant', () => {
  it.each([
    [`'none'`, 'varchar(4)'],
    [`'it''s'`, 'character varying(4)'],
    [`'none'`, 'text'],
    [`'b'`, `enum('a','b')`],
    ['0', 'int unsigned'],
    ['-12', 'integer'],
    ['12.50', 'decimal(4,2)'],
    ['1.5', 'numeric'],
    ['true', 'boolean'],
  ])('%s is held by %s', (text, type) => {
    expect(surelyFits(text, type)).toBe(true)
  })

  it.each([
    [`'nones'`, 'varchar(4)'],
    [`'ä'`, 'varchar(4)'],
    [`'a\\'`, 'text'],
    [`'c'`, `enum('a','b')`],
    ['-1', 'int unsigned'],
    ['3000000000', 'int'],
    ['1.5', 'int'],
    ['100.5', 'decimal(4,2)'],
    [`'1'`, 'int'],
    [`'2020-02-30'`, 'date'],
    [`'a' || 'b'`, 'text'],
    ['null', 'text'],
  ])('%s may not be held by %s', (text, type) => {
    expect(surelyFits(text, type)).toBe(false)
  })
})

describe('an expression', () => {
  it.each([
    `'null'`,
    '0',
    `coalesce(lower(a), 'x')`,
    `concat('a, b', ifnull(a, '-'))`,
    `coalesce(f(a, g(a)), 0) + 1`,
    'b',
  ])('%s never gives NULL', (text) => {
    expect(mayGiveNull(text, ['a'])).toBe(false)
  })

  it.each([
    'NULL',
    'a',
    'upper("A")',
    `coalesce(a, lower('x'))`,
    `coalesce(a, nullif('x', 'y'))`,
    `coalesce('x', a)`,
    `coalesce(a, 'x') || a`,
    "doc->>'k'",
  ])('%s may give NULL', (text) => {
    expect(mayGiveNull(text, ['a'])).toBe(true)
  })
})

describe('NULL and nothing else', () => {
  it.each(['null', ' (NULL)', 'null::text', '(null)::numeric(10,2)', 'cast(null as int)'])('is %s', (text) => {
    expect(isNull(text)).toBe(true)
  })

  it.each(["'null'", 'nullif(1, 1)', "null::text || 'a'", 'coalesce(null, 1)', 'nulls'])('is not %s', (text) => {
    expect(isNull(text)).toBe(false)
  })
})
