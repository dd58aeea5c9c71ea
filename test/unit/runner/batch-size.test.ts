import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchLimits, nextBatchSize } from '../../../src/runner/batch-size.ts'

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
