import { expect, test } from 'vitest'
import { likePattern } from '../../../src/runner/like.ts'

test.each([
  ['shop', 'shop', true],
  ['shop', 'shop v1', false],
  ['shop', 'my shop', false],
  ['shop%', 'shop v1', true],
  ['shop%', 'shop', true],
  ['%v1', 'shop v1', true],
  ['%v1%', 'a v1 b', true],
  ['shop_', 'shop1', true],
  ['shop_', 'shop', false],
  ['shop_', 'shop12', false],
  ['%', '', true],
  ['', '', true],
  ['', 'a', false],
  ['Shop', 'shop', false],
  ['a.b', 'axb', false],
  ['a.b*(c)[d]{2}^$|\\+?', 'a.b*(c)[d]{2}^$|\\+?', true],
  ['(a|b)+', 'aa', false],
  ['%line%', 'two\nline\nbreaks', true],
  ['_', '👍', true],
])('the pattern %j and the text %j: %s', (pattern, text, expected) => {
  expect(likePattern(pattern, text)).toBe(expected)
})
