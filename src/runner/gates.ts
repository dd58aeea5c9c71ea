import type { Dialect, FailureKey, Session } from '../dialects/dialect.ts'
import type { Ledger } from '../ledger/records.ts'
import { rank } from '../ledger/state.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import type { Catalog } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { Gate, SessionView } from './api.ts'
import { dependentsGate } from './dependents.ts'
import { likePattern } from './like.ts'
import { listOf } from './list-of.ts'
import { objectsGate } from './objects.ts'
import { preparedGate } from './prepared.ts'

/** What the gates look at. */
export interface GateInput {
  readonly dialect: Dialect
  readonly session: Session
  readonly ledger: Ledger
  readonly stateSchema: string
  readonly row: MigrationRow
  readonly plan: Plan
  readonly catalog: Catalog
  /** The checksum of the file as it is now; null when there is no file. */
  readonly fileChecksum: string | null
  readonly quietPeriod: number
  readonly oldApp: readonly string[]
  /** Gates that are advisory unless they are named here. */
  readonly requireGate: readonly string[]
  /** Ids of what is consented to, besides those in the migration. */
  readonly accept: readonly string[]
  readonly verified: { readonly mismatches: number; readonly rows: number } | null
}

/** All gates of one migration, and who is connected. */
export interface GateReport {
  readonly gates: readonly Gate[]
  readonly sessions: readonly SessionView[]
  readonly readersNotice: string | null
}

/** Gates that no reason opens: what they stand for is not a matter of judgement. */
export const notForceable: ReadonlySet<string> = new Set(['backfill', 'verification', 'file'])

const gate = (
  name: Gate['name'],
  status: Gate['status'],
  reason: string,
  hint: string | null = null,
  retryAfterSeconds: number | null = null,
): Gate => ({
  name,
  status,
  reason,
  hint,
  retryAfterSeconds,
})

/** Looks at every gate of contract. What cannot be read is unknown, and unknown is not yes. */
export async function lookAtGates(input: GateInput): Promise<GateReport> {
  const sessions = await otherSessions(input)
  const gates = [
    backfillGate(input),
    verificationGate(input),
    fileGate(input),
    objectsGate(input.plan, input.catalog),
    dependentsGate(input.plan, input.catalog),
    await failuresGate(input),
    await violationsGate(input),
    await legacyWritesGate(input),
    sessionsGate(input, sessions),
    await preparedGate(input),
  ]
  const looked = gates.find(({ name }) => name === 'sessions')?.status
  const proven = looked === 'ok'
  return {
    gates,
    sessions: sessions ?? [],
    readersNotice: proven
      ? null
      : 'readers are not proven gone: name the old version with --old-app to have its sessions looked for',
  }
}

function backfillGate({ row }: GateInput): Gate {
  if (rank(row.state) >= rank('backfilled')) return gate('backfill', 'ok', 'the backfill is complete')
  return gate('backfill', 'failed', `the migration is ${row.state}`, 'Run migrate backfill first.')
}

function verificationGate({ verified, plan }: GateInput): Gate {
  if (plan.lenses.length === 0) return gate('verification', 'not-applicable', 'nothing is copied')
  // Nothing is promised of a column that one version alone knows: backfill has nothing to compare, and records nothing.
  if (plan.lenses.every((lens) => lens.kind === 'fill' && lens.side !== 'both'))
    return gate('verification', 'not-applicable', 'no column is kept in two shapes')
  if (verified === null) return gate('verification', 'unknown', 'not verified yet', 'Run migrate verify.')
  if (verified.mismatches === 0) return gate('verification', 'ok', `${verified.rows} rows are in sync`)
  return gate(
    'verification',
    'failed',
    `${verified.mismatches} rows differ between the shapes`,
    'Run migrate verify to see their keys.',
  )
}

function fileGate({ fileChecksum, row }: GateInput): Gate {
  if (fileChecksum === null) return gate('file', 'ok', 'no file here; the frozen plan is what counts')
  if (fileChecksum === row.checksum) return gate('file', 'ok', 'the file is the one that was expanded')
  return gate(
    'file',
    'failed',
    'the migration file was edited after expand',
    'Restore the file, or roll back and expand again.',
  )
}

async function failuresGate({ ledger, row, dialect, session, stateSchema, plan }: GateInput): Promise<Gate> {
  const open = await ledger.failures(row.name)
  const left = []
  for (const failure of open) {
    const lens = plan.lenses.find(({ id }) => id === failure.lens)
    const settled = lens === undefined || (await isSettled(dialect, session, lens, failure, stateSchema))
    if (settled) await ledger.resolveFailure(failure.lens, failure.key, failure.target)
    else left.push(failure)
  }
  if (left.length === 0) return gate('conversion-failures', 'ok', 'every value could be converted')
  const keys = left.slice(0, 5).map(({ key, code }) => `${key} (${code})`)
  return gate(
    'conversion-failures',
    'failed',
    `${left.length} rows hold a value that could not be converted, for example ${keys.join(', ')}`,
    'Mend those rows in either shape.',
  )
}

async function isSettled(
  dialect: Dialect,
  session: Session,
  lens: Lens,
  failure: FailureKey,
  stateSchema: string,
): Promise<boolean> {
  const { rows } = await session.query<{ open: boolean }>(
    dialect.failureOpen(lens, failure, { stateSchema, active: [] }),
  )
  return rows[0]?.open !== true
}

/** Rows that a rule which is enforced at contract would refuse. */
async function violationsGate({ dialect, session, plan, catalog }: GateInput): Promise<Gate> {
  const found: string[] = []
  for (const question of dialect.violations(plan, catalog)) {
    const { rows } = await session.query<{ count: number; keys: unknown }>(question.statement)
    const [row] = rows
    if (row !== undefined && row.count > 0) {
      const keys = listOf(row.keys)
      found.push(
        `${row.count} rows of ${showTable(question.table)}: ${question.rule}${keys.length === 0 ? '' : `, for example ${keys.join(', ')}`}`,
      )
    }
  }
  if (found.length === 0) return gate('violations', 'ok', 'no row violates a rule that contract enforces')
  return gate('violations', 'failed', found.join('; '), 'Mend those rows.')
}

async function legacyWritesGate({ dialect, session, plan, row, stateSchema, quietPeriod }: GateInput): Promise<Gate> {
  const watched = plan.lenses.filter((lens) => (lens.kind === 'row' ? !lens.sameName : lens.side === 'old'))
  if (watched.length === 0)
    return gate('legacy-writes', 'not-applicable', 'both versions use the same names until contract')
  let wait = 0
  for (const lens of watched) {
    const { rows } = await session.query<{ old: number; now: number }>(dialect.sessions.lastWrites(lens, stateSchema))
    const [times] = rows
    if (times === undefined) return gate('legacy-writes', 'unknown', 'the counters could not be read')
    const since = times.old > 0 ? times.old : Date.parse(row.backfilled_at ?? '') / 1000
    // Writes are recorded in whole seconds: one more second, so that "since" is never taken too early.
    const quiet = times.now - since - (times.old > 0 ? 1 : 0)
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

async function otherSessions({ dialect, session }: GateInput): Promise<readonly SessionView[] | null> {
  try {
    const { rows } = await session.query<{
      application: string | null
      user: string
      since: string | null
      count: number
    }>(dialect.sessions.others)
    return rows.map((row) => ({
      applicationName: row.application,
      user: row.user,
      since: row.since ?? 'unknown',
      count: row.count,
    }))
  } catch {
    return null
  }
}

function matching(sessions: readonly SessionView[], patterns: readonly string[]): readonly SessionView[] {
  return sessions.filter((session) =>
    patterns.some(
      (pattern) => likePattern(pattern, session.applicationName ?? '') || likePattern(pattern, session.user),
    ),
  )
}

function sessionsGate({ oldApp, requireGate }: GateInput, sessions: readonly SessionView[] | null): Gate {
  if (oldApp.length === 0 && requireGate.includes('sessions'))
    return gate('sessions', 'unknown', 'no --old-app was named', 'Name the sessions of the old version with --old-app.')
  if (oldApp.length === 0) return gate('sessions', 'not-applicable', 'no --old-app was named')
  if (sessions === null)
    return gate(
      'sessions',
      'unknown',
      'the sessions could not be read',
      'GRANT pg_read_all_stats to the migrating role.',
    )
  const old = matching(sessions, oldApp)
  const untold = sessions.filter(({ applicationName }) => applicationName === null)
  if (old.length === 0 && untold.length > 0)
    return gate(
      'sessions',
      'unknown',
      `the server does not tell which applications are connected: ${untold.map(({ user, count }) => `${count} as ${user}`).join(', ')}`,
      "Set performance_schema = ON in the server's configuration, or force this gate with a reason.",
    )
  if (old.length === 0) return gate('sessions', 'ok', 'no session of the old version is connected')
  const names = old.map((session) => `${session.applicationName || session.user} since ${session.since}`)
  return gate(
    'sessions',
    'failed',
    `the old version is still connected: ${names.join(', ')}`,
    'Stop it, then try again.',
  )
}
