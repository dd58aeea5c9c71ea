import { expect, it } from 'vitest'
import { isRefused } from '../../../../../src/dialects/mysql/capture/refusal.ts'

it.each([
  [1064, 'selec 1', true],
  [1064, 'selec 1;', true],
  [1054, 'select nowhere', false],
  [undefined, 'selec 1', false],
  [1064, 'select 1; selec 2', false],
  [1064, "selec ';' from t", true],
  [1064, '/* shop */ call broken()', false],
  [1064, "execute immediate 'selec'", false],
])('error %s of %s: %s', (errno, sql, expected) => expect(isRefused(errno, sql, '')).toBe(expected))
