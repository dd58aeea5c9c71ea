import { describe, expect, test } from 'vitest'
import { judge, longestRange } from '../../../src/prometheus/judge.ts'

const bounds = (max: number | null, min: number | null = null): { max: number | null; min: number | null } => ({
  max,
  min,
})
const samples = (...values: readonly number[]): { labels: { i: string }; value: number }[] =>
  values.map((value, index) => ({ labels: { i: String(index) }, value }))

describe('the answer of a query', () => {
  test.each([
    ['within its bounds', samples(0.5), bounds(1, 0), null],
    ['on its bounds', samples(1), bounds(1, 1), null],
    ['above', samples(1.5), bounds(1), '1.5 is above 1'],
    ['below', samples(0.5), bounds(null, 1), '0.5 is below 1'],
    ['of several series, one of them above', samples(0, 7, 3), bounds(1), '7 is above 1'],
    [
      'of several series, one of them not a number',
      samples(9, Number.NaN),
      bounds(1),
      'not a number: something was divided by nothing',
    ],
    ['infinite where only a least value is asked for', samples(Number.POSITIVE_INFINITY), bounds(null, 1), 'infinity'],
    ['empty', samples(), bounds(1), 'there is no such series'],
    ['empty where only a least value is asked for', samples(), bounds(null, 0), 'there is no such series'],
  ])('%s', (_, given, within, reason) => {
    expect(judge('q', given, within, 'fail')).toMatchObject({ good: reason === null, reason })
  })

  test('names the series that is worst', () => {
    expect(judge('q', samples(2, 7, 3), bounds(1), 'fail')).toMatchObject({ value: 7, series: { i: '1' } })
    expect(judge('q', samples(2, -7, 3), bounds(4, 0), 'fail')).toMatchObject({ value: -7, series: { i: '1' } })
  })

  test('counts as 0 where it is empty and that is said, and not where it is no number', () => {
    expect(judge('q', [], bounds(0), 'zero')).toMatchObject({ good: true, value: 0 })
    expect(judge('q', [], bounds(null, 1), 'zero')).toMatchObject({ good: false, value: 0 })
    expect(judge('q', samples(Number.NaN), bounds(0), 'zero')).toMatchObject({ good: false, value: null })
  })
})

test.each([
  ['up', 0],
  ['sum(rate(a[5m]))', 300_000],
  ['rate(a[30s]) / rate(b[1h30m])', 5_400_000],
  ['max_over_time(rate(a[1m])[10m:30s])', 600_000],
  ['rate(a{path=~"/x[5d]"}[250ms])', 250],
])('%s looks %d ms back', (query, milliseconds) => {
  expect(longestRange(query)).toBe(milliseconds)
})
