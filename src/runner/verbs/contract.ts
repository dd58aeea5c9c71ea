import { BellowsError, drift, exitCodes, gateClosed, usageError } from '../../errors.ts'
import { type LedgerState, rank } from '../../ledger/state.ts'
import {
  type ContractOptions,
  type GateOptions,
  gateNames,
  type Outcome,
  type ReadyResult,
  type RunResult,
} from '../api.ts'
import { type GateReport, lookAtGates, notForceable } from '../gates.ts'
import { wait } from '../interrupt.ts'
import { type Environment, wrongOrder } from '../open.ts'
import { frozenPlan, runPhase } from '../phases.ts'
import { preflight } from '../preflight.ts'
import type { Run } from '../run.ts'
import { type Known, known, reread } from '../select.ts'
import { verifyLens } from '../verification.ts'
import { dryRun, notBackfilled, refuseEdited } from './forward.ts'
import { purgeOne } from './purge.ts'

const defaults = { quietPeriod: 600_000, retention: 86_400_000 } as const

/** What `contract` takes. */
export type ContractInput = GateOptions & ContractOptions & { readonly name?: string; readonly dryRun?: boolean }

/** Looks at the gates of what could be contracted; changes nothing. */
export async function ready(
  environment: Environment,
  options: GateOptions & { readonly name?: string },
): Promise<ReadyResult> {
  refuseUnknownGates(options.requireGate ?? environment.options.requireGate ?? [])
  const chosen = (await known(environment, options.name)).filter(
    ({ state }) => rank(state) > 0 && rank(state) < rank('contracted'),
  )
  const migrations = []
  for (const migration of chosen) {
    const report = await report_(environment, migration, options, null)
    const closed = report.gates.some(({ status }) => status === 'failed' || status === 'unknown')
    migrations.push({ name: migration.name, ready: !closed, ...report })
  }
  return { migrations }
}

function refuseUnknownGates(given: readonly string[]): void {
  const names: readonly string[] = gateNames
  const wrong = given.find((name) => !names.includes(name))
  if (wrong === undefined) return
  throw usageError('gate.unknown', `there is no gate ${wrong}`, { hint: `The gates are ${names.join(', ')}.` })
}

async function report_(
  environment: Environment,
  migration: Known,
  options: GateOptions,
  verified: { rows: number; mismatches: number } | null,
): Promise<GateReport> {
  const ledger = await environment.ledger()
  const row = await reread(environment, migration.name)
  const checks = (await ledger.backfills()).filter(
    (each) => each.migration === migration.name && each.mismatches !== null,
  )
  const recorded =
    checks.length === 0
      ? null
      : {
          rows: checks.reduce((sum, each) => sum + each.rows_done, 0),
          mismatches: checks.reduce((sum, each) => sum + Number(each.mismatches), 0),
        }
  return lookAtGates({
    dialect: await environment.dialect(),
    session: await environment.worker(),
    ledger,
    stateSchema: environment.stateSchema,
    row,
    plan: frozenPlan(row),
    catalog: await environment.catalog(),
    fileChecksum: migration.file?.checksum ?? null,
    quietPeriod: options.quietPeriod ?? environment.options.quietPeriod ?? defaults.quietPeriod,
    oldApp: options.oldApp ?? environment.options.oldApp ?? [],
    requireGate: options.requireGate ?? environment.options.requireGate ?? [],
    accept: options.accept ?? [],
    verified: verified ?? recorded,
  })
}

/** Runs the contract phase behind its gates. */
export async function contract(environment: Environment, options: ContractInput): Promise<RunResult> {
  const forced = options.forceGates ?? []
  if (forced.length > 0 && (options.reason ?? '').trim() === '') {
    throw usageError('gate.reason', '--force-gate needs a --reason, which is recorded')
  }
  refuseUnknownGates([...forced, ...(options.requireGate ?? environment.options.requireGate ?? [])])
  const never = forced.find((name) => notForceable.has(name))
  if (never !== undefined) throw usageError('gate.not-forceable', `the gate ${never} cannot be forced`)
  const chosen = await known(environment, options.name)
  for (const migration of chosen) refuseEdited(migration)
  const todo = chosen.filter(({ state }) => rank(state) > 0 && rank(state) < rank('contracted'))
  const [only] = chosen
  if (options.name !== undefined && only !== undefined) refuseOrder(only.name, only.state)
  if (options.dryRun === true) return dryRun(environment, todo)
  const outcomes: Outcome[] = []
  for (const migration of todo) {
    if (rank(migration.state) < rank('backfilled')) throw notBackfilled(migration.name, migration.state)
    outcomes.push(await contractOne(environment, migration, options))
  }
  return { dryRun: false, migrations: outcomes }
}

function refuseOrder(name: string, state: LedgerState): void {
  if (state !== 'pending' && state !== 'rolling-back') return
  throw wrongOrder(`${name} is ${state}`, 'The phases are expand, backfill, contract, in this order.')
}

async function contractOne(environment: Environment, migration: Known, options: ContractInput): Promise<Outcome> {
  const deadline = Date.now() + (options.wait ?? 0)
  for (;;) {
    try {
      return await environment.withLease('ddl', {}, (run) => behindGates(environment, run, migration, options))
    } catch (error) {
      const closed = error instanceof BellowsError && error.exitCode === exitCodes.gateClosed
      if (!closed || Date.now() >= deadline) throw error
      environment.emit({ kind: 'waiting', what: 'gates', reason: error.message })
      const after = Number(error.details.retryAfterSeconds ?? 5) * 1000
      await wait(Math.max(200, Math.min(after, 5000, deadline - Date.now())), environment.signal)
    }
  }
}

async function behindGates(
  environment: Environment,
  run: Run,
  migration: Known,
  options: ContractInput,
): Promise<Outcome> {
  const { name } = migration
  const row = await reread(environment, name)
  if (rank(row.state) >= rank('contracted')) return { name, from: row.state, state: row.state, steps: 0, notices: [] }
  // It may have been rolled back while we waited for the lease.
  refuseOrder(name, row.state)
  if (rank(row.state) < rank('backfilled')) throw notBackfilled(name, row.state)
  const plan = frozenPlan(row)
  const retention = options.retention ?? environment.options.retention ?? defaults.retention
  const notices: string[] = []
  await preflight(run, plan)
  // Once contracting, the gates were open; a runner that died in the middle is finished, not questioned again.
  if (row.state === 'backfilled') {
    const forced = new Set(options.forceGates ?? [])
    const shut = (report: GateReport): GateReport['gates'] =>
      report.gates.filter((gate) => (gate.status === 'failed' || gate.status === 'unknown') && !forced.has(gate.name))
    // What costs little first: with --wait, a table is not read again for a gate that is closed anyway.
    const early = shut(await report_(environment, migration, options, null)).filter(
      ({ name: gate }) => gate !== 'verification',
    )
    if (early.length > 0) throw closedError(name, early)
    const verified = { rows: 0, mismatches: 0 }
    for (const lens of plan.lenses) {
      const result = await verifyLens(run, name, lens, 'final')
      verified.rows += result.rows
      verified.mismatches += result.mismatches
    }
    const report = await report_(environment, migration, options, verified)
    const closed = shut(report)
    if (closed.length > 0) throw closedError(name, closed)
    const overridden = report.gates.filter((gate) => forced.has(gate.name) && gate.status !== 'ok')
    if (report.readersNotice !== null) notices.push(report.readersNotice)
    const prepared = report.gates.find((gate) => gate.name === 'prepared')
    const aside = prepared?.status === 'advisory' || prepared?.status === 'forced'
    if (aside) notices.push(`prepared: ${prepared.reason}`)
    await run.ledger.sample(name, 'contract-evidence', {
      gates: report.gates,
      sessions: report.sessions,
      readersNotice: report.readersNotice,
    })
    if (prepared?.status === 'forced') await run.ledger.event(name, 'gate-accepted', { gate: prepared })
    if (overridden.length > 0)
      await run.ledger.event(name, 'gate-forced', { gates: overridden, reason: options.reason })
  }
  const steps = await runPhase(run, row, 'contract', {
    contracted_at: run.dialect.state.now,
    retention_ms: Math.round(retention),
    quarantined_until: run.dialect.state.fromNow(retention),
  })
  const contracted = await reread(environment, name)
  if (retention === 0) return { ...(await purgeOne(environment, run, contracted)), from: row.state, notices }
  return { name, from: row.state, state: 'contracted', steps, quarantinedUntil: contracted.quarantined_until, notices }
}

function closedError(name: string, closed: GateReport['gates']): Error {
  const reason = closed.map((gate) => `${gate.name}: ${gate.reason}`).join('; ')
  const extra = {
    hint: closed.find(({ hint }) => hint !== null)?.hint ?? null,
    details: {
      gates: closed,
      retryAfterSeconds: Math.max(0, ...closed.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 0)),
    },
  }
  const drifted = closed.find((gate) => gate.name === 'file' || gate.name === 'objects')
  if (drifted !== undefined) return drift(`gate.${drifted.name}`, `${name} may not be contracted: ${reason}`, extra)
  return gateClosed('gate.closed', `${name} may not be contracted yet: ${reason}`, extra)
}
