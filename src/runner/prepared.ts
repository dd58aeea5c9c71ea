import { showTable } from '../planner/change.ts'
import type { Plan } from '../planner/plan.ts'
import type { Gate, SessionView } from './api.ts'
import type { GateInput } from './gates.ts'

const hazard = 'prepared-statements-at-contract'

/** What consents to it, by `--accept` or in the migration: the gate's name, or the hazard's code. */
const consents: ReadonlySet<string> = new Set(['prepared', hazard])

/** What contract makes prepared statements on it fail, in words; null where they all go on. */
export function preparedNotice(plan: Plan): string | null {
  const concerned = plan.hazards.filter(({ code }) => code === hazard)
  return concerned.length === 0 ? null : concerned.map(({ message }) => message).join('; ')
}

/** Tables are all we can name: which statements a session prepared, no server tells another session. */
const tablesOf = (plan: Plan): string =>
  [
    ...new Set(
      plan.lenses.filter((lens) => lens.kind === 'row' && !lens.identity).map((lens) => showTable(lens.table)),
    ),
  ].join(', ')

/**
 * Sessions that are older than the notice may hold prepared statements of an app that does not expect contract. The
 * notice is the end of the backfill: there we say to deploy the new version, and a deploy opens its sessions anew
 * (decision 7). Advisory unless it is required; once required, unknown blocks.
 */
export async function preparedGate(input: GateInput): Promise<Gate> {
  const { plan, row } = input
  const plain = { name: 'prepared', hint: null, retryAfterSeconds: null } as const
  if (preparedNotice(plan) === null)
    return { ...plain, status: 'not-applicable', reason: 'prepared statements go on through contract' }
  const notice = row.backfilled_at
  if (notice === null) return closed(input, 'unknown', 'the backfill has not ended yet', null)
  const older = await olderSessions(input, notice)
  if (older === null)
    return closed(
      input,
      'unknown',
      `who was connected before ${notice} could not be read`,
      'GRANT pg_read_all_stats to the migrating role.',
    )
  if (older.length === 0)
    return { ...plain, status: 'ok', reason: `no session is older than ${notice}, when the backfill ended` }
  const names = older.map((each) => `${who(each)} (${each.count}) since ${each.since}`)
  return closed(
    input,
    'failed',
    `older than ${notice}, when the backfill ended: ${names.join(', ')}; what they prepared on ${tablesOf(plan)} fails after contract until it is prepared again`,
    "Restart the app's connection pools, or say --accept prepared when the app prepares again by itself.",
  )
}

const who = ({ applicationName, user }: SessionView): string =>
  applicationName === '' ? user : `${applicationName} as ${user}`

function closed(input: GateInput, status: 'failed' | 'unknown', reason: string, hint: string | null): Gate {
  const accepted = [...input.accept, ...input.plan.accepted.map(({ id }) => id)].some((id) => consents.has(id))
  const required = input.requireGate.includes('prepared')
  return {
    name: 'prepared',
    status: accepted ? 'forced' : required ? status : 'advisory',
    reason: accepted ? `accepted: ${reason}` : reason,
    hint: accepted ? null : hint,
    retryAfterSeconds: null,
  }
}

/** Null where it cannot be known: of some session the server does not tell us when it began. */
async function olderSessions({ dialect, session }: GateInput, notice: string): Promise<readonly SessionView[] | null> {
  try {
    const { rows } = await session.query<{ application: string; user: string; since: string | null; count: number }>(
      dialect.sessions.olderThan(notice),
    )
    if (rows.some(({ since }) => since === null)) return null
    return rows.map((row) => ({
      applicationName: row.application ?? '',
      user: row.user,
      since: row.since ?? '',
      count: row.count,
    }))
  } catch {
    return null
  }
}
