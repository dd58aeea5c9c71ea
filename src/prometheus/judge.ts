import type { Sample } from './client.ts'

/** What a query's values have to be; one of the two at least. */
export interface Bounds {
  readonly max: number | null
  readonly min: number | null
}

/** What one query was, at one moment. `value` is the worst of its series; null where there was none. */
export interface Reading {
  readonly query: string
  readonly value: number | null
  readonly series: Readonly<Record<string, string>>
  readonly good: boolean
  /** What is wrong with it, in words; null for a good one. */
  readonly reason: string | null
}

/**
 * Judges every series of a query's answer, and names the worst. Not a number is no value, as 0/0 is where nobody sent a request:
 * absence is never good. Where `zero` is said an empty answer, and that alone, counts as 0.
 */
export function judge(query: string, samples: readonly Sample[], bounds: Bounds, onEmpty: 'fail' | 'zero'): Reading {
  const values = samples.length === 0 && onEmpty === 'zero' ? [{ labels: {}, value: 0 }] : samples
  const [first, ...others] = values
  if (first === undefined) {
    return { query, value: null, series: {}, good: false, reason: 'there is no such series' }
  }
  const worst = others.reduce(
    (most, sample) => (distance(sample.value, bounds) > distance(most.value, bounds) ? sample : most),
    first,
  )
  const reason = complaint(worst.value, bounds)
  return {
    query,
    value: Number.isNaN(worst.value) ? null : worst.value,
    series: worst.labels,
    good: reason === null,
    reason,
  }
}

/** How far outside the bounds; below 0 within them. */
function distance(value: number, { max, min }: Bounds): number {
  if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY
  return Math.max(
    max === null ? Number.NEGATIVE_INFINITY : value - max,
    min === null ? Number.NEGATIVE_INFINITY : min - value,
  )
}

function complaint(value: number, { max, min }: Bounds): string | null {
  if (Number.isNaN(value)) return 'not a number: something was divided by nothing'
  if (!Number.isFinite(value)) return `${value < 0 ? 'minus ' : ''}infinity`
  if (max !== null && value > max) return `${shown(value)} is above ${shown(max)}`
  if (min !== null && value < min) return `${shown(value)} is below ${shown(min)}`
  return null
}

/** Six digits say enough to people, and keep 0.1 + 0.2 readable. */
export const shown = (value: number): string => String(Number(value.toPrecision(6)))

/** The longest range, in milliseconds, that a query looks back over: `[5m]`, `[1h30m]`, `[1h:1m]`; 0 without one. */
export function longestRange(query: string): number {
  const units: Readonly<Record<string, number>> = {
    ms: 1,
    s: 1e3,
    m: 6e4,
    h: 3.6e6,
    d: 8.64e7,
    w: 6.048e8,
    y: 3.1536e10,
  }
  // What stands in quotes is a label's value, in which brackets are a part of a pattern.
  const bare = query.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""')
  const ranges = [...bare.matchAll(/\[\s*((?:\d+(?:ms|[smhdwy]))+)\s*(?::[^\]]*)?\]/g)].map((match) =>
    [...(match[1] ?? '').matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0),
      0,
    ),
  )
  return Math.max(0, ...ranges)
}
