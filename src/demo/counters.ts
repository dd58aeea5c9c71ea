import type { Failure, Sample } from './messages.ts'

/** What one app process counts between two reports. */
export interface Counters {
  /** Runs and times one round trip. Everything that fails is counted; BEGIN and COMMIT are no statements of their own. */
  readonly measure: <T>(isStatement: boolean, run: () => Promise<T>) => Promise<T>
  /** Compares what was read with what had been written. */
  readonly check: (read: unknown, written: unknown) => void
  /** The counts since the last call. */
  readonly take: () => Sample
}

/** Starts at zero. */
export function createCounters(): Counters {
  let since = performance.now()
  let latencies: number[] = []
  let statements = 0
  let failed = 0
  let checked = 0
  let mismatches = 0
  let failures: Record<string, Failure> = {}

  const fail = (error: unknown): void => {
    const { code = 'none', message = String(error) } = error as { code?: string; message?: string }
    failed++
    failures[code] = { count: (failures[code]?.count ?? 0) + 1, first: failures[code]?.first ?? message }
  }
  return {
    measure: async (isStatement, run) => {
      const started = performance.now()
      if (isStatement) statements++
      try {
        return await run()
      } catch (error) {
        fail(error)
        throw error
      } finally {
        latencies.push(performance.now() - started)
      }
    },
    check: (read, written) => {
      checked++
      if (read !== written) mismatches++
    },
    take: () => {
      const sorted = latencies.sort((a, b) => a - b)
      const p50 = sorted[Math.floor(sorted.length / 2)] ?? 0
      const now = performance.now()
      const milliseconds = now - since
      since = now
      const sample = {
        milliseconds,
        statements,
        failed,
        checked,
        mismatches,
        p50,
        longest: sorted.at(-1) ?? 0,
        failures,
      }
      latencies = []
      failures = {}
      statements = failed = checked = mismatches = 0
      return sample
    },
  }
}
