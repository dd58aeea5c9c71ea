import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchLimits, mostRows, nextBatchSize, pauseBefore } from '../../../src/runner/batch-size.ts'

describe('the size of the next batch', () => {
  test.each([
    [1000, 250, 250, 1000, 'the same when the time was met'],
    [1000, 200, 250, 1250, 'more in proportion when there was time left'],
    [1000, 10, 250, 1500, 'half as much again at most'],
    [1000, 400, 250, 625, 'less in proportion when it took too long'],
    [1000, 60_000, 250, 500, 'half at least, so that one slow batch does not starve it'],
    [1000, 0, 250, 1500, 'a batch that took no time at all'],
    [100, 60_000, 250, 100, 'never below the least'],
    [20_000, 1, 250, 20_000, 'never above the most'],
  ])('of %d rows that took %d of %d ms is %d: %s', (size, took, target, next) => {
    expect(nextBatchSize(size, took, target)).toBe(next)
  })

  test('is a whole number within the limits, whatever the clock says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.integer({ min: 1, max: 60_000 }),
        (size, took, target) => {
          const next = nextBatchSize(size, took, target)
          expect(Number.isInteger(next)).toBe(true)
          expect(next).toBeGreaterThanOrEqual(batchLimits.least)
          expect(next).toBeLessThanOrEqual(batchLimits.most)
        },
      ),
    )
  })

  test('comes close to the target within a few batches, from far below and far above', () => {
    for (const start of [batchLimits.least, batchLimits.most]) {
      let size: number = start
      for (let batch = 0; batch < 20; batch++) size = nextBatchSize(size, size * 0.1, 250)
      expect(size).toBe(2500)
    }
  })
})

describe('a greatest rate', () => {
  test.each<[number | undefined, number, number, string]>([
    [undefined, 200, batchLimits.most, 'none'],
    [2000, 200, 400, 'what it gives in the target time'],
    [2000, 5000, 2000, 'in a second at most'],
    [100, 200, 20, 'below the least of other batches'],
    [1, 200, 1, 'one row at least'],
    [1_000_000, 200, batchLimits.most, 'never above the most'],
  ])('of %s rows a second and %d ms allows batches of %d rows: %s', (rate, target, most, _why) => {
    expect(mostRows(rate, target)).toBe(most)
    expect(nextBatchSize(most, 1, target, most)).toBe(most)
  })

  test('is not passed in any second, nor from the start to the end, however long batches take', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 50 }),
        (rate, target, times) => {
          const most = mostRows(rate, target)
          let size = Math.min(1000, most)
          let [now, started] = [0, 0]
          const ends: (readonly [at: number, rows: number])[] = []
          for (const took of times) {
            now += pauseBefore(size, now - started, rate)
            started = now
            now += took
            ends.push([started, size])
            size = nextBatchSize(size, took, target, most)
          }
          const rows = (from: number, to: number): number =>
            ends.reduce((sum, [at, count]) => (at > from && at <= to ? sum + count : sum), 0)
          for (const [at] of ends) expect(rows(at - 1000, at)).toBeLessThanOrEqual(rate + most)
          expect(rows(-1, started)).toBeLessThanOrEqual((rate * started) / 1000)
        },
      ),
    )
  })
})
