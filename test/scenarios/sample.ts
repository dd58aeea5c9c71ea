/** Printed by every run, to be given back to repeat it. */
export const seed: number = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))

/** With the whole matrix: every statement of everything. */
export const whole: boolean = process.env.MATRIX === 'full'

/** Numbers from 0 to 1, the same for the same seed (mulberry32, T. Ettinger, public domain). */
export function generator(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A few, none of them twice, the same for the same seed; all of them in the whole matrix. */
export function pick<T>(items: readonly T[], count: number, from: number): readonly T[] {
  if (whole) return items
  const random = generator(from)
  return items
    .map((item, index) => ({ item, index, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .sort((a, b) => a.index - b.index)
    .map(({ item }) => item)
}
