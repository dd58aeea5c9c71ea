import { setTimeout as sleep } from 'node:timers/promises'
import { type BellowsError, gateClosed, isBellowsError, temporary, usageError } from '../errors.ts'
import { instantQuery, type PrometheusServer, type Sample } from './client.ts'
import { type Bounds, judge, longestRange, type Reading, shown } from './judge.ts'

/** What to ask, how often, and what is good. Times are milliseconds. */
export interface PrometheusGateOptions {
  readonly server: PrometheusServer
  /** PromQL; each series of each of them has to keep the bounds. */
  readonly queries: readonly string[]
  /** The greatest good value. One of `max` and `min` is needed. */
  readonly max?: number
  /** The least good value. */
  readonly min?: number
  /** Between two measurements (30 s). */
  readonly interval?: number
  /** From the first measurement to the last (10 min); 0 measures once. */
  readonly duration?: number
  /** Before the first measurement (60 s): so long the queries still look at what was before the rollout. */
  readonly settle?: number
  /** How many bad measurements are borne (0). */
  readonly failureLimit?: number
  /** How many measurements in a row may be without an answer (4). */
  readonly errorLimit?: number
  /** What an answer without any series is: bad, or a 0. `zero` needs `traffic`, which shows that there was something to count. */
  readonly onEmpty?: 'fail' | 'zero'
  /** A measurement counts only while this query's sum is at least that much. */
  readonly traffic?: { readonly query: string; readonly min: number }
  readonly signal?: AbortSignal
  /** Told after each measurement. */
  readonly onMeasurement?: (measurement: Measurement) => void
  /** Told what is odd about the queries, before the first. */
  readonly onWarning?: (message: string) => void
}

/** One look at all queries. `idle`: there was too little traffic to say anything; `error`: no answer. */
export interface Measurement {
  /** By this machine's clock, ISO 8601. */
  readonly at: string
  readonly outcome: 'good' | 'bad' | 'idle' | 'error'
  readonly readings: readonly Reading[]
  readonly traffic: number | null
  /** For all but good ones. */
  readonly reason: string | null
}

/** How it ended: `failure` is null where it passed, else what to throw (exit 5: bad; exit 75: could not be measured). */
export interface PrometheusGateResult {
  readonly verdict: 'passed' | 'failed' | 'unmeasured'
  readonly measurements: Readonly<Record<Measurement['outcome'], number>>
  readonly last: Measurement
  /** The first bad one. */
  readonly bad: Measurement | null
  readonly failure: BellowsError | null
}

/**
 * Measures until `duration` is over, or until it is decided. It passes only when that time is over, no more than `failureLimit`
 * measurements were bad, and the last one is good: what could not be measured is never good.
 *
 * The limits are those of Argo Rollouts' analysis (https://argoproj.github.io/argo-rollouts/features/analysis/): failures are
 * counted over the whole time, errors in a row.
 *
 * @throws BellowsError exit 2 for options and queries that cannot work, the signal's reason when it is aborted.
 */
export async function prometheusGate(options: PrometheusGateOptions): Promise<PrometheusGateResult> {
  const { interval, duration, settle, failureLimit, errorLimit, signal } = completed(options)
  warnOfRanges(options, settle)
  await sleep(settle, undefined, { signal }).catch(() => signal.throwIfAborted())
  const counts = { good: 0, bad: 0, idle: 0, error: 0 }
  const begun = performance.now()
  let errors = 0
  let bad: Measurement | null = null
  for (let turn = 0; ; ) {
    const measurement = await measure(options, signal)
    const { outcome } = measurement
    options.onMeasurement?.(measurement)
    counts[outcome] += 1
    errors = outcome === 'error' ? errors + 1 : 0
    if (outcome === 'bad') bad ??= measurement
    const ended = { measurements: counts, last: measurement, bad }
    if (counts.bad > failureLimit) return { verdict: 'failed', ...ended, failure: failed(measurement, counts.bad) }
    if (errors > errorLimit) return { verdict: 'unmeasured', ...ended, failure: unmeasured(measurement) }
    // By the clock: answers that take long cost measurements, and do not make the time longer.
    turn = Math.max(turn, Math.floor((performance.now() - begun) / interval)) + 1
    const next = turn * interval
    if (next > duration) {
      if (outcome === 'good') return { verdict: 'passed', ...ended, failure: null }
      return outcome === 'bad'
        ? { verdict: 'failed', ...ended, failure: failed(measurement, counts.bad) }
        : { verdict: 'unmeasured', ...ended, failure: unmeasured(measurement) }
    }
    const pause = Math.max(0, begun + next - performance.now())
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

type Completed = Required<
  Pick<PrometheusGateOptions, 'interval' | 'duration' | 'settle' | 'failureLimit' | 'errorLimit' | 'signal'>
>

/** A timer of Node's that is set for longer goes off at once. Milliseconds. */
const longest = 24 * 86_400_000

function completed(options: PrometheusGateOptions): Completed {
  const { queries, max, min, onEmpty, traffic, interval = 30_000 } = options
  if (queries.length === 0) throw usageError('gate.query', 'there is no query')
  if (max === undefined && min === undefined) {
    throw usageError('gate.bounds', 'no value would be bad', { hint: 'Say --max or --min, or both.' })
  }
  if (max !== undefined && min !== undefined && min > max) {
    throw usageError('gate.bounds', `no value is good: at least ${min} and at most ${max}`)
  }
  if (interval <= 0) throw usageError('gate.interval', 'the interval has to be longer than 0')
  if (interval > longest || (options.settle ?? 0) > longest) {
    const which = interval > longest ? 'the interval' : 'the time before the first measurement'
    throw usageError('gate.interval', `${which} is longer than 24 days, and would count as none`, {
      hint: 'Wait that long between two runs instead.',
    })
  }
  if (onEmpty === 'zero' && traffic === undefined) {
    throw usageError('gate.on-empty', 'an empty answer counts as 0 only where traffic is seen', {
      hint: 'A misspelt name gives an empty answer too. Say --traffic-query and --min-traffic, or write `or vector(0)` into the query.',
    })
  }
  return {
    interval,
    duration: options.duration ?? 600_000,
    settle: options.settle ?? 60_000,
    failureLimit: options.failureLimit ?? 0,
    errorLimit: options.errorLimit ?? 4,
    signal: options.signal ?? new AbortController().signal,
  }
}

function warnOfRanges({ queries, onWarning }: PrometheusGateOptions, settle: number): void {
  for (const query of queries) {
    const range = longestRange(query)
    if (range > settle) {
      onWarning?.(
        `the query looks ${range / 1000} s back, the first measurement comes after ${settle / 1000} s: it judges what was before, too: ${query}`,
      )
    }
  }
}

async function measure(options: PrometheusGateOptions, signal: AbortSignal): Promise<Measurement> {
  const { server, queries, onEmpty = 'fail', traffic } = options
  const at = new Date().toISOString()
  const bounds: Bounds = { max: options.max ?? null, min: options.min ?? null }
  try {
    const seen = traffic === undefined ? null : sum(await instantQuery(server, traffic.query, signal))
    const readings: Reading[] = []
    for (const query of queries) readings.push(judge(query, await instantQuery(server, query, signal), bounds, onEmpty))
    if (traffic !== undefined && !(seen !== null && seen >= traffic.min)) {
      const reason = `too little traffic to judge by: ${shown(seen ?? 0)}, at least ${shown(traffic.min)} is asked for`
      return { at, outcome: 'idle', readings, traffic: seen, reason }
    }
    const wrong = readings.find(({ good }) => !good)
    return { at, outcome: wrong === undefined ? 'good' : 'bad', readings, traffic: seen, reason: wrong?.reason ?? null }
  } catch (error) {
    if (!isBellowsError(error) || error.exitCode === 2) throw error
    return { at, outcome: 'error', readings: [], traffic: null, reason: error.message }
  }
}

/** Null where the sum is no number. */
function sum(samples: readonly Sample[]): number | null {
  const total = samples.reduce((all, { value }) => all + value, 0)
  return Number.isNaN(total) ? null : total
}

function failed({ readings, reason, at }: Measurement, count: number): BellowsError {
  const wrong = readings.find(({ good }) => !good)
  return gateClosed('gate.failed', `${count === 1 ? 'a measurement is' : `${count} measurements are`} bad: ${reason}`, {
    hint: 'Take the new version of the app back. The schema serves the old one until contract, and needs nothing.',
    details: { at, query: wrong?.query, value: wrong?.value, series: wrong?.series },
  })
}

const unmeasured = ({ reason, outcome, at }: Measurement): BellowsError =>
  temporary(outcome === 'idle' ? 'gate.idle' : 'gate.unmeasured', `it could not be measured: ${reason}`, {
    hint: 'Nothing is proven either way: do not go on with the rollout, and ask again.',
    details: { at },
  })
