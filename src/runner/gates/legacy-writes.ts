import { showTable } from '../../planner/change.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { Gate } from '../api.ts'
import type { GateInput } from '../gates.ts'
import { gate } from './gate.ts'

/** What of a look at the gates this one needs, so that it can be asked again under the lock. */
export type LegacyWrites = Pick<GateInput, 'dialect' | 'session' | 'plan' | 'row' | 'stateSchema' | 'quietPeriod'>

/** Tells, where it can be told, who wrote the old side of a lens in that second. */
export type TellWho = (lens: Lens, second: number) => Promise<string | null>

/** Did nobody write the old shape within the quiet period? */
export async function legacyWritesGate(input: LegacyWrites, tellWho?: TellWho): Promise<Gate> {
  const { dialect, session, plan, row, stateSchema, quietPeriod } = input
  const watched = plan.lenses.filter((lens) => (lens.kind === 'row' ? !lens.sameName : lens.side === 'old'))
  if (watched.length === 0)
    return gate('legacy-writes', 'not-applicable', 'both versions use the same names until contract')
  const told: { readonly lens: Lens; readonly last: number; readonly quiet: number }[] = []
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
    if (!Number.isFinite(quiet))
      return gate('legacy-writes', 'unknown', 'the backfill has not ended yet', 'Run migrate backfill first.')
    told.push({ lens, last, quiet })
  }
  const latest = told.reduce((one, other) => (other.quiet < one.quiet ? other : one))
  const asked = Math.round(quietPeriod / 1000)
  const wait = quietPeriod === 0 ? 0 : quietPeriod / 1000 - latest.quiet
  const table = showTable(latest.lens.table)
  const at = new Date(latest.last * 1000).toISOString()
  if (wait <= 0) {
    const last = latest.last > 0 ? `; the last one was at ${at}, to ${table}` : '; there was none since expand'
    return gate('legacy-writes', 'ok', `no write in the old shape within ${asked} s${last}`)
  }
  if (latest.last === 0)
    return gate(
      'legacy-writes',
      'failed',
      `nobody wrote the old shape since expand, but the backfill ended at ${row.backfilled_at}, less than ${asked} s ago`,
      'Wait, or ask for a shorter --quiet-period.',
      Math.ceil(wait),
    )
  const who = (await tellWho?.(latest.lens, latest.last)) ?? null
  return gate(
    'legacy-writes',
    'failed',
    `the old shape of ${table} was last written at ${at}, less than ${asked} s ago${who === null ? '' : `, ${who}`}`,
    'Stop the old version, or what else writes the old names: jobs, scripts, other apps. The time counts from its last write.',
    Math.ceil(wait),
  )
}
