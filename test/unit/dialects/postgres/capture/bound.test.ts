import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { boundText } from '../../../../../src/dialects/postgres/capture/bound.ts'
import { unreadable } from '../../../../../src/dialects/postgres/capture/values.ts'

const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue: (value: unknown) => unknown
}

it.each([
  null,
  undefined,
  'text',
  12.5,
  12n,
  true,
  new Date(1_700_000_000_123),
  new Date(-62_200_000_000_000),
  { a: [1, 'x'] },
  ['a', null, 'with "quotes" and \\', [1, 2], new Date(0)],
])('a value is what node-postgres sends: %o', (value) => expect(boundText(value)).toEqual(prepareValue(value)))

it('bytes are what the server takes as text for them', () => {
  expect(boundText(Buffer.from([0, 255]))).toBe('\\x00ff')
  expect(boundText(new Uint8Array([1, 2]).subarray(1))).toBe('\\x02')
})

it("nothing of the app's own is called for them", () => {
  const own = { toPostgres: () => expect.unreachable(), toJSON: () => expect.unreachable() }
  expect([boundText(own), boundText([own]), boundText(new Date(Number.NaN))]).toEqual(Array(3).fill(unreadable))
})
