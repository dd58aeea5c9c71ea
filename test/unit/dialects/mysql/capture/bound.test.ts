import { describe, expect, it } from 'vitest'
import { boundType, boundValue } from '../../../../../src/dialects/mysql/capture/bound.ts'
import { unreadable } from '../../../../../src/dialects/mysql/capture/values.ts'

describe('a value that is bound', () => {
  const date = new Date('2020-02-03T04:05:06.789Z')

  it.each<[unknown, string | null, unknown]>([
    [1, 'bigint', 1],
    [1.5, 'double', 1.5],
    [true, 'tinyint', 1],
    ['x', null, 'x'],
    [null, null, null],
    [12n, null, '12'],
    [date, 'datetime', '2020-02-03 04:05:06.789'],
    [{ a: [1] }, null, '{"a":[1]}'],
    [Buffer.from('text'), null, 'text'],
    [Buffer.from([255]), null, unreadable],
    [new Map(), null, unreadable],
    [{ toJSON: () => expect.unreachable() }, null, unreadable],
  ])('%o', (value, type, expected) => expect([boundType(value), boundValue(value, 'Z')]).toEqual([type, expected]))

  it('is a time where the connection is', () => {
    expect(boundValue(date, '+02:30')).toBe('2020-02-03 06:35:06.789')
    expect(boundValue(date, 'Mars')).toBe(unreadable)
    const local = new Date(2020, 1, 3, 4, 5, 6, 7)
    expect(boundValue(local, undefined)).toBe('2020-02-03 04:05:06.007')
    expect(boundValue(new Date(Number.NaN), 'Z')).toBe(unreadable)
  })
})
