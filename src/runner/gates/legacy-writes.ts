import type { Gate } from '../api.ts'
import type { GateInput } from '../gates.ts'
import { gate } from './gate.ts'

/** What of a look at the gates this one needs, so that it can be asked again under the lock. */
export type LegacyWrites = Pick<GateInput, 'dialect' | 'session' | 'plan' | 'row' | 'stateSchema' | 'quietPeriod'>

/** Did nobody write the old shape within the quiet period? */
export async function legacyWritesGate(input: LegacyWrites): Promise<Gate> {
  const { dialect, session, plan, row, stateSchema, quietPeriod } = input
  const watched = plan.lenses.filter((lens) => (lens.kind === 'row' ? !lens.sameName : lens.side === 'old'))
  if (watched.length === 0)
    return gate('legacy-writes', 'not-applicable', 'both versions use the same names until contract')
  let wait = 0
  for (const lens of watched) {
    const { rows } = await session.query<{ old: number | null; now: number }>(
      dialect.sessions.lastWrites(lens, stateSchema),
    )
    const [times] = rows
    const last = times?.old ?? null
    if (times === undefined || last === null)
      return gate(
        'legacy-writes',
        'unknown',
        'the counters could not be read',
        'Run this as the role that migrates, or GRANT SELECT on its sequences in the schema of the state tables.',
      )
    const since = last > 0 ? last : Date.parse(row.backfilled_at ?? '') / 1000
    // Writes are recorded in whole seconds: one more second, so that "since" is never taken too early.
    const quiet = times.now - since - (last > 0 ? 1 : 0)
    if (!Number.isFinite(quiet)) return gate('legacy-writes', 'unknown', 'the backfill has not ended yet')
    wait = Math.max(wait, quietPeriod === 0 ? 0 : quietPeriod / 1000 - quiet)
  }
  if (wait <= 0)
    return gate('legacy-writes', 'ok', `no write in the old shape within ${Math.round(quietPeriod / 1000)} s`)
  return gate(
    'legacy-writes',
    'failed',
    `the old shape was written, or the backfill ended, less than ${Math.round(quietPeriod / 1000)} s ago`,
    'Is an old version still running?',
    Math.ceil(wait),
  )
}
