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
 * @param most rows that a batch may have
 */
export function nextBatchSize(size: number, took: number, target: number, most: number = batchLimits.most): number {
  const factor = Math.min(1.5, Math.max(0.5, target / Math.max(1, took)))
  return Math.round(Math.min(most, Math.max(batchLimits.least, size * factor)))
}

/** Rows that a batch may have, for so many rows a second at most: what the rate gives in the target time, or in a second. */
export function mostRows(maxRate: number | undefined, target: number): number {
  if (maxRate === undefined || maxRate <= 0) return batchLimits.most
  const allowed = Math.floor((maxRate * Math.min(target, 1000)) / 1000)
  return Math.min(batchLimits.most, Math.max(1, allowed))
}

/**
 * Milliseconds to wait before a batch, so that no more than so many rows a second are filled. They are paid before and not after,
 * so that the first batch and the last are too, and nothing that took long is caught up with afterwards.
 *
 * @param size rows that the batch may have
 * @param since milliseconds since the batch before began
 */
export function pauseBefore(size: number, since: number, maxRate: number | undefined): number {
  if (maxRate === undefined || maxRate <= 0) return 0
  return Math.max(0, Math.ceil((size * 1000) / maxRate - since))
}
