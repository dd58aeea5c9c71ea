/** One figure of one round: ours, what it is set beside, and their ratio. */
export interface Pair {
  readonly ours: number
  readonly other: number
  readonly ratio: number
}

/** Both figures of a round, made side by side. */
export const pair = (ours: number, other: number): Pair => ({ ours, other, ratio: ours / other })

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** A ratio as `0.85 (0.81-0.90)`: the median of the rounds, the least and the greatest. */
export function spread(
  values: readonly number[],
  show: (value: number) => string = (value) => value.toFixed(2),
): string {
  if (values.length === 1) return show(median(values))
  return `${show(median(values))} (${show(Math.min(...values))}-${show(Math.max(...values))})`
}

/** 12345.6 as 12,346. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
