import { usageError } from '../errors.ts'
import type { BackfillOptions } from './api.ts'

/** How many batches may run at the same time. */
export const mostLanes = 16

/**
 * Lets a number of workers pass that there can be.
 *
 * @throws BellowsError exit 2 for any other
 */
export function refuseParallel({ parallel = 1 }: BackfillOptions): void {
  if (Number.isInteger(parallel) && parallel >= 1 && parallel <= mostLanes) return
  throw usageError('usage.parallel', `there can be 1 to ${mostLanes} batches at the same time, not ${parallel}`, {
    hint: 'Nothing was run. Each takes a connection of its own, and locks rows while it runs.',
  })
}
