import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../../src/duration.ts'

describe('a duration', () => {
  test.each([
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['5s', 5000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text, '--wait')).toBe(milliseconds)
  })

  test.each(['', '5', '5 s', '-5s', '1.5h', '5sec', 's', '1h30m', '00', '99999999999999d', '5S'])(
    '`%s` is refused, and the flag is named',
    (text) => {
      expect(() => parseDuration(text, '--wait')).toThrow(
        expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^--wait: /) }),
      )
    },
  )
})
