import type { Ledger } from '../../ledger/records.ts'
import type { MigrationRow } from '../../ledger/tables.ts'

/** How a brown-out ended: nobody used the old shape; somebody did; it was stopped; it did not begin. */
export type BrownOutEnd = 'quiet' | 'used' | 'stopped' | 'not-begun'

interface Started {
  readonly generation: number
  readonly milliseconds: number
}

/** Written before anything is hidden, so that whoever comes after a runner that died knows that nobody was to be left without the old shape. */
export async function recordStart(
  ledger: Ledger,
  { name, generation }: MigrationRow,
  milliseconds: number,
): Promise<void> {
  await ledger.event(name, 'brown-out-started', { generation, milliseconds })
}

/** Writes down how it ended, and what was seen. */
export async function recordEnd(ledger: Ledger, name: string, end: BrownOutEnd, detail: object): Promise<void> {
  await ledger.event(name, 'brown-out-ended', { end, ...detail })
}

/** A brown-out that has begun and not ended: since when, and for how long; null where there is none. */
export async function openBrownOut(
  ledger: Ledger,
  { name, state, generation }: Pick<MigrationRow, 'name' | 'state' | 'generation'>,
): Promise<{ readonly at: string; readonly milliseconds: number } | null> {
  if (state !== 'contracting') return null
  const { events } = await ledger.history()
  const last = events
    .filter(({ migration, kind }) => migration === name && String(kind).startsWith('brown-out-'))
    .at(-1)
  if (last?.kind !== 'brown-out-started') return null
  const started = last.detail as Started
  // One that somebody has taken back since then is another life's.
  return started.generation === generation ? { at: String(last.at), milliseconds: started.milliseconds } : null
}
