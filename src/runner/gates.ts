import type { Dialect, FailureKey, Session } from '../dialects/dialect.ts'
import { isBellowsError } from '../errors.ts'
import type { HeardVersion } from '../ledger/heartbeats.ts'
import type { Ledger } from '../ledger/records.ts'
import { rank } from '../ledger/state.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import type { Catalog } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { Gate, SessionView, ThroughPooler } from './api.ts'
import { dependentsGate } from './dependents.ts'
import { type CheckInput, checkGate } from './gates/check.ts'
import { consumersGate } from './gates/consumers.ts'
import { gate } from './gates/gate.ts'
import { heartbeatsGate } from './gates/heartbeats.ts'
import { legacyWritesGate } from './gates/legacy-writes.ts'
import type { Seen } from './gates/looks.ts'
import { minimumAgeGate } from './gates/minimum-age.ts'
import { podsGate } from './gates/pods.ts'
import type { PodEvidence } from './gates/read-pods.ts'
import { sessionsGate } from './gates/sessions.ts'
import { statementsGate } from './gates/statements.ts'
import { transactionsGate } from './gates/transactions.ts'
import { whoWrote } from './gates/who-wrote.ts'
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
  /** Who may be connected; empty: whoever is not of `oldApp`. */
  readonly allowApp: readonly string[]
  readonly throughPooler: ThroughPooler | null
  /** Users whom contract locks out before it hides anything. */
  readonly fence: readonly string[]
  /** Since when they are, by the clock of this process; null when they are not yet. */
  readonly fencedSince: number | null
  /** Milliseconds; 0: none is asked for. */
  readonly minAge: number
  /** Gates that are advisory unless they are named here. */
  readonly requireGate: readonly string[]
  /** Ids of what is consented to, besides those in the migration. */
  readonly accept: readonly string[]
  readonly check: CheckInput
  /** Who sent heartbeats; null where they could not be read. */
  readonly heard: readonly HeardVersion[] | null
  /** What a file says of pods; null where none was named. */
  readonly pods: PodEvidence | null
  /** Milliseconds. */
  readonly evidenceMaxAge: number
  /** Whether what turns out to be settled is written down. */
  readonly settles: boolean
  /** `at` is null where that was just now. */
  readonly verified: { readonly mismatches: number; readonly rows: number; readonly at: string | null } | null
}

/** All gates of one migration, and who is connected. */
export interface GateReport {
  readonly gates: readonly Gate[]
  readonly sessions: readonly SessionView[]
  readonly readersNotice: string | null
  /** What contract says of gates that are only told. */
  readonly notices: readonly string[]
}

/** Gates that no reason opens: what they stand for is not a matter of judgement. */
export const notForceable: ReadonlySet<string> = new Set(['backfill', 'verification', 'file'])

/** Looks at every gate of contract. What cannot be read is unknown, and unknown is not yes. */
export async function lookAtGates(input: GateInput, seen: Seen): Promise<GateReport> {
  const advisories = [
    await transactionsGate(input),
    await consumersGate(input),
    await statementsGate(input, seen.now),
    heartbeatsGate(input, seen.now),
  ]
  const prepared = await preparedGate(input)
  const gates = [
    backfillGate(input),
    verificationGate(input, seen.now),
    fileGate(input),
    objectsGate(input.plan, input.catalog, rank(input.row.state) > rank('backfilled')),
    dependentsGate(input.plan, input.catalog),
    await failuresGate(input),
    await violationsGate(input),
    await legacyWritesGate(input, whoWrote(input, seen)),
    sessionsGate(input, seen),
    minimumAgeGate(input, seen.now),
    prepared,
    ...advisories.map((each) => each.gate),
    checkGate(input.check, input.plan, input.requireGate),
    podsGate(input, input.pods, seen.now),
  ]
  const looked = gates.find(({ name }) => name === 'sessions')?.status
  const proven = looked === 'ok'
  const aside = prepared.status === 'advisory' || prepared.status === 'forced'
  return {
    gates,
    notices: [...(aside ? [`prepared: ${prepared.reason}`] : []), ...advisories.flatMap(({ notice }) => notice ?? [])],
    sessions: seen.sessions ?? [],
    readersNotice: proven
      ? null
      : 'readers are not proven gone: name the old version with --old-app, or who may be connected with --allow-app, to have sessions looked for',
  }
}

function backfillGate({ row }: GateInput): Gate {
  if (rank(row.state) >= rank('backfilled')) return gate('backfill', 'ok', 'the backfill is complete')
  return gate('backfill', 'failed', `it is not complete: the migration is ${row.state}`, 'Run migrate backfill first.')
}

function verificationGate({ verified, plan }: GateInput, now: string): Gate {
  if (plan.lenses.length === 0) return gate('verification', 'not-applicable', 'nothing is copied')
  // Nothing is promised of a column that one version alone knows: backfill has nothing to compare, and records nothing.
  if (plan.lenses.every((lens) => lens.kind === 'fill' && lens.side !== 'both'))
    return gate('verification', 'not-applicable', 'no column is kept in two shapes')
  if (verified === null) return gate('verification', 'unknown', 'not verified yet', 'Run migrate verify.')
  if (verified.mismatches === 0)
    return gate('verification', 'ok', `${verified.rows} rows are in sync${since(verified.at, now)}`)
  return gate(
    'verification',
    'failed',
    `${verified.mismatches} rows differ between the shapes`,
    'Run migrate verify to see their keys.',
  )
}

/** What is older than a day may not hold any more. */
function since(at: string | null, now: string): string {
  if (at === null || Date.parse(now) - Date.parse(at) < 86_400_000) return ''
  return `, as was found at ${at}, more than a day ago: contract compares them again itself`
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

async function failuresGate({ ledger, row, dialect, session, stateSchema, plan, settles }: GateInput): Promise<Gate> {
  const open = await ledger.failures(row.name)
  const left = []
  for (const failure of open) {
    const lens = plan.lenses.find(({ id }) => id === failure.lens)
    const settled = lens === undefined || (await isSettled(dialect, session, lens, failure, stateSchema))
    if (!settled) left.push(failure)
    else if (settles) await ledger.resolveFailure(failure.lens, failure.key, failure.target)
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
    const asked = await session.query<{ count: number; keys: unknown }>(question.statement).catch((error: unknown) => {
      if (!isBellowsError(error) || error.retryable || !session.alive) throw error
      return error
    })
    // A rule that cannot be worked out for a row, or names what is gone.
    if (asked instanceof Error)
      return gate(
        'violations',
        'unknown',
        `it could not be asked of ${showTable(question.table)} whether ${question.rule}: ${asked.message}`,
        'Mend the rows for which the server cannot tell.',
      )
    const { rows } = asked
    const [row] = rows
    if (row !== undefined && row.count > 0) {
      const keys = listOf(row.keys)
      found.push(
        `${row.count} rows of ${showTable(question.table)}: ${question.rule}${keys.length === 0 ? '' : `, for example ${keys.join(', ')}`}`,
      )
    }
  }
  if (found.length === 0) return gate('violations', 'ok', 'no row violates a rule that contract enforces')
  return gate(
    'violations',
    'failed',
    found.join('; '),
    'Mend those rows; the old version may write more of them until contract, so see that it does not.',
  )
}
