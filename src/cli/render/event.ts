import type { RunnerEvent } from '../../runner/events.ts'
import { count, duration, percent } from './format.ts'

/** One event as a line of plain text, without its time. */
export function describeEvent(event: RunnerEvent): string {
  switch (event.kind) {
    case 'phase-started':
      return `${event.migration}: ${event.phase} begins, ${event.steps} ${event.steps === 1 ? 'step' : 'steps'}`
    case 'phase-finished':
      return `${event.migration}: ${event.phase} done in ${duration(event.milliseconds)}`
    case 'step-started':
      return `${event.migration}: ${event.step}: ${event.description}`
    case 'step-finished':
      return `${event.migration}: ${event.step}: done in ${duration(event.milliseconds)}`
    case 'retry': {
      const blockers = event.blockers.length === 0 ? '' : `; held by ${event.blockers.join(', ')}`
      return `${event.what}: ${event.reason}; attempt ${event.attempt}, again in ${duration(event.waitMilliseconds)}${blockers}`
    }
    case 'progress':
      return `${event.migration}: ${event.doing} ${event.table}: ${describeProgress(event)}`
    case 'brown-out':
      return `${event.migration}: brown-out: ${describeBrownOut(event)}`
    case 'connected':
      return `connected (${event.role})`
    case 'lease':
      return `the lease ${event.lease} is ${event.state}`
    case 'gates':
      return `${event.migration}: gates: ${event.gates.map(({ name, status }) => `${name} ${status}`).join(', ')}`
    case 'waiting':
      return `waiting for ${event.what}: ${event.reason}`
    case 'notice':
      return event.message
    case 'warning':
      return `warning: ${event.message}`
  }
}

function describeBrownOut({ doing, secondsLeft, reason }: Extract<RunnerEvent, { kind: 'brown-out' }>): string {
  const left = duration(secondsLeft * 1000)
  if (doing === 'looking before') return `how much fails anyway, ${left}`
  if (doing === 'watching') return `the old shape is hidden and watched, ${left} left`
  return `the old shape comes back: ${reason ?? ''}`
}

type Progress = Extract<RunnerEvent, { kind: 'progress' }>

/** `37% 370/1,000 rows, 120 rows/s, 5s left`. */
export function describeProgress(event: Progress): string {
  const left = event.etaSeconds === null ? '' : `, ${duration(event.etaSeconds * 1000)} left`
  const share = percent(event.rowsDone, event.rowsTotal)
  return `${share} ${count(event.rowsDone)}/${count(event.rowsTotal)} rows, ${count(event.rowsPerSecond)} rows/s${left}`
}

/** A bar of so many columns. */
export function bar(event: Progress, columns: number): string {
  const share = event.rowsTotal <= 0 ? 0 : Math.min(1, event.rowsDone / event.rowsTotal)
  const filled = Math.floor(share * columns)
  return '█'.repeat(filled) + '░'.repeat(columns - filled)
}
