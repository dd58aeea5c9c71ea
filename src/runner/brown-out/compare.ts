import type { FailureCounter } from '../../dialects/brown-out.ts'
import type { BrownOutCount } from '../api.ts'

/** Failures as they grow: how much of that is usual, and what is more. */
export interface Comparison {
  /** While everything is as always. */
  readonly usual: (now: readonly FailureCounter[]) => void
  /** From here on the old shape is hidden. `retries`: how often we ourselves rolled back just before. */
  readonly begin: (now: readonly FailureCounter[], retries: number) => void
  /** We ourselves rolled back once more since: a lock of another table. */
  readonly retried: () => void
  /** What is more than usual. */
  readonly unusual: (now: readonly FailureCounter[]) => readonly BrownOutCount[]
  /** What has grown since it began. */
  readonly grown: () => readonly BrownOutCount[]
}

/**
 * Compares counters from look to look. One that stood still before the old shape was hidden is unusual as soon as it grows; one that
 * grew all the time, for whatever reason, when it grows by more than twice as much, and two, from one look to the next.
 */
export function compare(): Comparison {
  const most = new Map<string, number>()
  let last: ReadonlyMap<string, FailureCounter> | null = null
  let base: ReadonlyMap<string, FailureCounter> = new Map()
  const seen = new Map<string, FailureCounter>()
  const byKey = (all: readonly FailureCounter[]): ReadonlyMap<string, FailureCounter> =>
    new Map(all.map((each) => [each.key, each]))
  const growth = (
    from: ReadonlyMap<string, FailureCounter> | null,
    { key, count, momentary }: FailureCounter,
  ): number => {
    const before = from?.get(key)?.count ?? 0
    if (count >= before) return count - before
    // Less than before: a counter was begun anew.
    return momentary === true ? 0 : count
  }
  let own = 0
  const since = (counter: FailureCounter): number =>
    Math.max(0, growth(base, counter) - (counter.ours === true ? own : 0))
  return {
    usual: (now) => {
      for (const counter of last === null ? [] : now)
        most.set(counter.key, Math.max(most.get(counter.key) ?? 0, growth(last, counter)))
      last = byKey(now)
    },
    begin: (now, retries) => {
      base = byKey(now)
      last = base
      seen.clear()
      own = retries
    },
    retried: () => {
      own++
    },
    unusual: (now) => {
      const found = now.filter((counter) => {
        const usual = most.get(counter.key) ?? 0
        return usual === 0 ? since(counter) > 0 : growth(last, counter) > 2 * usual + 2
      })
      last = byKey(now)
      for (const counter of now) seen.set(counter.key, counter)
      return found.map((counter) => ({ what: counter.what, count: since(counter), sure: counter.sure }))
    },
    grown: () =>
      [...seen.values()].flatMap((counter) => {
        const count = since(counter)
        return count > 0 ? [{ what: counter.what, count, sure: counter.sure }] : []
      }),
  }
}
