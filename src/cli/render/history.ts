import type { HistoryResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { duration, indent } from './format.ts'
import { table } from './table.ts'

/** The ledger in the order of time: who ran what, when, how long, and what went wrong. */
export function renderHistory(history: HistoryResult, colours: Colours, verbose: boolean): string {
  const steps = history.steps.map((step) => ({
    at: step.startedAt,
    row: [step.startedAt, step.migration, step.phase, step.step, step.state, took(step.milliseconds), who(step)],
    below: [...(verbose ? step.statements : []), ...(step.error === null ? [] : [colours.red(step.error)])],
  }))
  const events = history.events.map((event) => ({
    at: event.at,
    row: [event.at, event.migration ?? '', '', event.kind, '', '', `${event.actor}: ${event.detail}`],
    below: [],
  }))
  const entries = [...steps, ...events].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  if (entries.length === 0) return 'nothing has been done yet'
  const lines = table(entries.map(({ row }) => row)).split('\n')
  return lines
    .flatMap((line, index) => [line, ...(entries[index]?.below ?? []).map((text) => indent(text, '    '))])
    .join('\n')
}

const took = (milliseconds: number | null): string => (milliseconds === null ? '' : duration(milliseconds))

const who = (step: HistoryResult['steps'][number]): string =>
  [`${step.actor}@${step.host}`, step.appVersion, step.gitRevision?.slice(0, 12)].filter(Boolean).join(' ')
