import { count, percent } from '../cli/render/format.ts'
import type { RunnerEvent } from '../runner/events.ts'
import type { Migrate } from './migrate.ts'
import { sparkline } from './sparkline.ts'
import type { Notes } from './stage.ts'

/** Runs the backfill until it is done or, with `killAt`, until this share of a table is filled: then it is sent SIGKILL. */
export async function showBackfill(migrate: Migrate, notes: Notes, killAt: number | null): Promise<void> {
  const tables = new Map<string, { readonly rates: number[]; text: string }>()
  const by = await migrate(['backfill', '--batch-time', '100ms'], (event, killHard) => {
    if (event.kind !== 'progress' || event.doing !== 'backfill') return
    const table = tables.get(event.table) ?? { rates: [], text: '' }
    tables.set(event.table, table)
    table.rates.push((event.batchRows * 1000) / Math.max(1, event.batchMilliseconds))
    table.text = describe(event, table.rates)
    notes.live(table.text)
    if (killAt !== null && event.rowsDone >= event.rowsTotal * killAt) killHard()
  })
  notes.live(null)
  for (const { text } of tables.values()) notes.add(text)
  if (killAt === null) return
  if (by !== 'SIGKILL') throw new Error('the backfill was over before it could be killed')
  notes.add('killed with SIGKILL in the middle; the same command goes on from there:')
}

function describe(event: Extract<RunnerEvent, { kind: 'progress' }>, rates: readonly number[]): string {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  const done = `${count(event.rowsDone)} of ${count(event.rowsTotal)} rows, ${percent(event.rowsDone, event.rowsTotal)}`
  return `backfill ${event.table} ${sparkline(rates)} ${count(mean)} rows/s, ${done}`
}
