/** Rows in one batch: enough to be quick, few enough that no row stays locked for long. */
export const batchLimits = { least: 100, most: 20_000 } as const

/**
 * A proportional controller with a limit on its step: the next size is the one that would have taken the target time, but
 * no more than half as much again and no less than half. So one slow batch (a checkpoint) does not starve the backfill,
 * and one fast batch does not make the next one lock rows for seconds.
 *
 * @param size rows of the batch before
 * @param took milliseconds that it took
 * @param target milliseconds that a batch should take
 */
export function nextBatchSize(size: number, took: number, target: number): number {
  const factor = Math.min(1.5, Math.max(0.5, target / Math.max(1, took)))
  return Math.round(Math.min(batchLimits.most, Math.max(batchLimits.least, size * factor)))
}
