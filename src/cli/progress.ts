import type { RunnerEvent } from '../runner/events.ts'
import type { Terminal } from './io.ts'
import type { ErrorDocument } from './last-words.ts'
import { describeEvent } from './render/event.ts'

/** Shows events, and lines of text between them, on stderr. */
export interface Progress {
  readonly event: (event: RunnerEvent) => void
  readonly line: (text: string) => void
  /** Takes the live line away, before something else writes. */
  readonly stop: () => void
  /** Shows an error, where it is not for people to read. */
  readonly fail?: (error: ErrorDocument & { readonly stack?: string }) => void
}

const unsaid: ReadonlySet<RunnerEvent['kind']> = new Set(['connected', 'lease', 'gates'])

/** What somebody who looks on need not see: it is for logs and metrics. */
export const isUnsaid = ({ kind }: RunnerEvent): boolean => unsaid.has(kind)

type ProgressEvent = Extract<RunnerEvent, { kind: 'progress' }>

/** Elsewhere: one line an event with its time; progress only every ten seconds or five percent, and at its end. */
export function plainProgress(stream: Terminal): Progress {
  const due = progressFilter()
  return {
    event: (event) => {
      if (isUnsaid(event)) return
      if (event.kind !== 'progress' || due(event)) stream.write(`${event.at} ${describeEvent(event)}\n`)
    },
    line: (text) => stream.write(`${text}\n`),
    stop: () => undefined,
  }
}

/** Decides by the events' own times which progress is worth a line in a log. */
export function progressFilter(): (event: ProgressEvent) => boolean {
  const last = new Map<string, { readonly at: number; readonly share: number }>()
  return (event) => {
    const key = `${event.doing} ${event.migration} ${event.table}`
    const share = event.rowsTotal <= 0 ? 1 : event.rowsDone / event.rowsTotal
    const at = Date.parse(event.at)
    const before = last.get(key)
    const finished = share >= 1 && (before?.share ?? 0) < 1
    const due = before === undefined || finished || at - before.at >= 10_000 || share - before.share >= 0.05
    if (due) last.set(key, { at, share })
    return due
  }
}
