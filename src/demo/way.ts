import type { Compared } from './engine.ts'
import type { Tallies } from './tally.ts'

/** How one way of changing the schema went, and how its rows compared at the end with what had been written into them. */
export interface Way extends Compared {
  readonly tallies: Tallies
}

/** Values that were not what had been written, seen by the versions while they ran or at the end. */
export function mismatchesOf({ tallies, different }: Way): number {
  return tallies.v1.mismatches + tallies.v2.mismatches + different
}

/** Nothing failed, and nothing was lost. */
export function isClean(way: Way): boolean {
  return way.tallies.v1.failed + way.tallies.v2.failed + mismatchesOf(way) === 0
}
