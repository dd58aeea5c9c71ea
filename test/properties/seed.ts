import { randomInt } from 'node:crypto'

/** Says which seed to use again after a failure; it stands in the title of every property. */
export const seed: number = Number(process.env.PROPERTY_SEED ?? randomInt(2 ** 31))

/** How many times more often than in `npm test`: `MATRIX=full` looks longer. */
export const effort: number = Number(process.env.PROPERTY_EFFORT ?? (process.env.MATRIX === 'full' ? 8 : 1))

/** Parameters of fast-check: the seed, and so many runs for each unit of effort. */
export function runs(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed, numRuns: numRuns * effort }
}

/** Some of the items, chosen by the seed; all of them with more effort. */
export function some<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (effort > 1) return items
  const rank = (index: number): number => Math.imul(index + 1, seed | 1) >>> 0
  return items
    .map((item, index) => ({ item, rank: rank(index) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ item }) => item)
}
