import type { LeaseState } from '../ledger/lease.ts'

/** What happens while something runs, for progress and logs. Every event has the process's time; facts have the server's. */
export type RunnerEvent = { readonly at: string } & (
  | { readonly kind: 'phase-started'; readonly migration: string; readonly phase: string; readonly steps: number }
  | {
      readonly kind: 'phase-finished'
      readonly migration: string
      readonly phase: string
      readonly milliseconds: number
    }
  | {
      readonly kind: 'step-started'
      readonly migration: string
      readonly phase: string
      readonly step: string
      readonly description: string
    }
  | {
      readonly kind: 'step-finished'
      readonly migration: string
      readonly phase: string
      readonly step: string
      readonly milliseconds: number
    }
  | {
      readonly kind: 'retry'
      readonly what: string
      readonly attempt: number
      readonly waitMilliseconds: number
      readonly reason: string
      /** The code of the error that made it necessary. */
      readonly code?: string
      /** Who holds what we wait for: application, user, since when. Never the text of their query. */
      readonly blockers: readonly string[]
    }
  | {
      readonly kind: 'progress'
      readonly migration: string
      readonly table: string
      readonly doing: 'backfill' | 'verify'
      readonly rowsDone: number
      readonly rowsTotal: number
      readonly rowsPerSecond: number
      readonly etaSeconds: number | null
      readonly batchRows: number
      readonly batchMilliseconds: number
      /** Of a comparison: rows found until now whose shapes differ. */
      readonly mismatches?: number
    }
  | {
      readonly kind: 'brown-out'
      readonly migration: string
      readonly doing: 'looking before' | 'watching' | 'bringing back'
      readonly secondsLeft: number
      /** Why it has to come back. */
      readonly reason?: string
    }
  /** A session has been opened. */
  | { readonly kind: 'connected'; readonly role: string }
  | { readonly kind: 'lease'; readonly lease: string; readonly state: LeaseState }
  /** The gates of contract, each time they were looked at. */
  | {
      readonly kind: 'gates'
      readonly migration: string
      readonly gates: readonly { readonly name: string; readonly status: string }[]
    }
  | { readonly kind: 'waiting'; readonly what: string; readonly reason: string }
  | { readonly kind: 'notice'; readonly message: string }
  | { readonly kind: 'warning'; readonly message: string }
)

/** An event without its time, as the runner makes it. */
export type EventBody = RunnerEvent extends infer Event
  ? Event extends RunnerEvent
    ? Omit<Event, 'at'>
    : never
  : never

/** Takes events; stamps them with the time. */
export type Emit = (event: EventBody) => void

/** An {@link Emit} that stamps each event and hands it to a listener. */
export function emitter(listener: ((event: RunnerEvent) => void) | undefined): Emit {
  return (event) => listener?.({ at: new Date().toISOString(), ...event } as RunnerEvent)
}
