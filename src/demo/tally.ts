import type { Failure, Sample, Version } from './messages.ts'

/** What one version did during one way of changing the schema. */
export interface Tally {
  statements: number
  failed: number
  checked: number
  mismatches: number
  longest: number
  readonly failures: Map<string, Failure>
}

/** Both versions, during one way. */
export type Tallies = Readonly<Record<Version, Tally>>

/** At zero. */
export function createTallies(): Tallies {
  const zero = (): Tally => ({ statements: 0, failed: 0, checked: 0, mismatches: 0, longest: 0, failures: new Map() })
  return { v1: zero(), v2: zero() }
}

/** Adds what a process reported. */
export function add(tally: Tally, sample: Sample): void {
  tally.statements += sample.statements
  tally.failed += sample.failed
  tally.checked += sample.checked
  tally.mismatches += sample.mismatches
  tally.longest = Math.max(tally.longest, sample.longest)
  for (const [code, { count, first }] of Object.entries(sample.failures)) {
    const before = tally.failures.get(code)
    tally.failures.set(code, { count: (before?.count ?? 0) + count, first: before?.first ?? first })
  }
}

/** `1,204 × 42703 column "name" does not exist`, the most frequent first. */
export function failuresOf({ failures }: Tally): readonly string[] {
  return [...failures]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([code, { count, first }]) => `${count} × ${code} ${first}`)
}
