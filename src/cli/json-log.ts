import type { RunnerEvent } from '../runner/events.ts'
import type { Terminal } from './io.ts'
import type { Progress } from './progress.ts'
import { describeEvent } from './render/event.ts'

/** Of which migration and phase a line is. */
interface Place {
  readonly migration?: string
  readonly phase?: string
}

interface Line extends Place {
  readonly at: string
  readonly kind: string
}

/**
 * For machines: one JSON event a line, with its time, level, text, and the migration and phase that it belongs to; text becomes a
 * `notice`.
 */
export function jsonLog(stream: Terminal, now: () => Date = () => new Date()): Progress {
  let place: Place = {}
  const write = (level: 'info' | 'warn' | 'error', msg: string, event: Line): void => {
    stream.write(`${JSON.stringify({ time: event.at, level, msg, ...within(place, event), ...event })}\n`)
  }
  const said = (kind: string, more: object): Line => ({ at: now().toISOString(), kind, ...more })
  return {
    event: (event) => {
      // Every few seconds, and never news.
      if (event.kind === 'lease' && event.state === 'renewed') return
      if (event.kind === 'phase-started') place = { migration: event.migration, phase: event.phase }
      write(levelOf(event), event.kind === 'warning' ? event.message : describeEvent(event), event)
      if (event.kind === 'phase-finished') place = {}
    },
    line: (message) => write('info', message, said('notice', { message })),
    stop: () => undefined,
    fail: (error) => write('error', error.message, said('error', error)),
  }
}

/** What an event says of another migration than the one under way is not of its phase. */
function within(place: Place, { migration }: Place): Place {
  return migration === undefined || migration === place.migration ? place : {}
}

function levelOf(event: RunnerEvent): 'info' | 'warn' {
  if (event.kind === 'brown-out') return event.doing === 'bringing back' ? 'warn' : 'info'
  if (event.kind === 'lease') return event.state === 'lost' ? 'warn' : 'info'
  return event.kind === 'retry' || event.kind === 'warning' ? 'warn' : 'info'
}
