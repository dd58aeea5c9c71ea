import { BellowsError, drift, exitCodes, gateClosed, isBellowsError, usageError } from '../../errors.ts'
import { pruneHeartbeats } from '../../ledger/heartbeats.ts'
import type { Ledger } from '../../ledger/records.ts'
import { type LedgerState, rank } from '../../ledger/state.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import {
  type ContractOptions,
  type GateOptions,
  gateNames,
  type Outcome,
  type ReadyResult,
  type RunResult,
  type SessionView,
} from '../api.ts'
import { closesAgain, isAllThere, type Looked, locksAhead, useGates } from '../closes-again.ts'
import { planFence } from '../fence.ts'
import { readCheckInput } from '../gates/check.ts'
import { readHeard } from '../gates/heartbeats.ts'
import { keepLook, lookAtSessions, type Seen } from '../gates/looks.ts'
import { readPods } from '../gates/read-pods.ts'
import { type GateInput, type GateReport, lookAtGates, notForceable } from '../gates.ts'
import { wait } from '../interrupt.ts'
import { violationCodes } from '../new-rules.ts'
import { pointsOfNoReturn } from '../no-return.ts'
import { type Environment, wrongOrder } from '../open.ts'
import { frozenPlan, runPhase } from '../phases.ts'
import { preflight } from '../preflight.ts'
import type { Run } from '../run.ts'
import { type Known, known, reread, saying } from '../select.ts'
import { keepVerified, lastVerified, verifyLens } from '../verification.ts'
import { type BrownOut, brownOutOf, endLeft, refuseBoth, withBrownOut } from './brown-out.ts'
import { asItWas, endTakingBack, isTakingBack } from './closed-again.ts'
import { fencingOf, saidOfFence } from './fencing.ts'
import { dryRun, notBackfilled, refuseEdited } from './forward.ts'
import { purgeOne } from './purge.ts'

const defaults = { quietPeriod: 600_000, retention: 86_400_000, evidenceMaxAge: 300_000 } as const

/** What `contract` takes. */
export type ContractInput = GateOptions & ContractOptions & { readonly name?: string; readonly dryRun?: boolean }

/** Looks at the gates of what could be contracted; changes nothing. */
export async function ready(
  environment: Environment,
  options: GateOptions & { readonly name?: string },
): Promise<ReadyResult> {
  refuseUnknownGates(options.requireGate ?? environment.options.requireGate ?? [])
  refuseEmptyPatterns(environment, options)
  const chosen = (await known(environment, options.name)).filter(
    ({ state }) => rank(state) > 0 && rank(state) < rank('contracted'),
  )
  const migrations = []
  for (const migration of chosen) {
    const { input, seen } = await look(environment, migration, options, { settles: false })
    await planFence({ ...input, worker: input.session }, input.fence, input.allowApp)
    const { notices: _, ...report } = await lookAtGates(input, seen)
    const closed = report.gates.some(({ status }) => status === 'failed' || status === 'unknown')
    migrations.push({
      name: migration.name,
      ready: !closed,
      ...report,
      ...fenceView(input.fence, report.sessions),
      pointsOfNoReturn: pointsOfNoReturn(input.plan, input.row.state),
    })
  }
  return { migrations }
}

function fenceView(users: readonly string[], sessions: readonly SessionView[]): Pick<Report, 'fence'> {
  if (users.length === 0) return {}
  const count = sessions.filter(({ user }) => users.includes(user)).reduce((sum, each) => sum + each.count, 0)
  return { fence: { users, sessions: count } }
}

type Report = ReadyResult['migrations'][number]

function refuseUnknownGates(required: readonly string[], forced: readonly string[] = []): void {
  const names: readonly string[] = gateNames
  const wrong = [...forced, ...required].find((name) => !names.includes(name))
  // It is there where a brown-out is asked for, and nowhere else: to require it by its name would not count.
  if (wrong === undefined && required.includes('brown-out'))
    throw usageError('gate.not-required', 'a brown-out is not required, but asked for', {
      hint: 'Say --brown-out 5m, or brownOut in the config.',
    })
  if (wrong === undefined) return
  throw usageError('gate.unknown', `there is no gate ${wrong}`, { hint: `The gates are ${names.join(', ')}.` })
}

/** Most often a variable of a pipeline that is not set: whoever bears no name would be allowed by it. */
function refuseEmptyPatterns({ options: configured }: Environment, options: GateOptions): void {
  const given = { allowApp: options.allowApp ?? configured.allowApp, oldApp: options.oldApp ?? configured.oldApp }
  for (const [key, patterns] of Object.entries(given)) {
    if (patterns?.some((pattern) => pattern.trim() === '') !== true) continue
    throw usageError(
      'gate.pattern',
      `${key === 'allowApp' ? '--allow-app' : '--old-app'}: an empty pattern names nobody`,
      {
        hint: 'Is a variable not set? Sessions without a name are named by their user.',
      },
    )
  }
}

async function look(
  environment: Environment,
  migration: Known,
  options: GateOptions,
  { verified, settles = true }: { readonly verified?: GateInput['verified']; readonly settles?: boolean } = {},
): Promise<Looked> {
  const ledger = await environment.ledger()
  const row = await reread(environment, migration.name)
  const { options: configured } = environment
  const [dialect, session] = [await environment.dialect(), await environment.worker()]
  const quietPeriod = options.quietPeriod ?? configured.quietPeriod ?? defaults.quietPeriod
  const evidence = options.evidenceFile === undefined ? configured.evidenceFile : options.evidenceFile
  const input: GateInput = {
    dialect,
    session,
    ledger,
    stateSchema: environment.stateSchema,
    row,
    plan: frozenPlan(row),
    catalog: await environment.catalog(),
    fileChecksum: migration.file?.checksum ?? null,
    quietPeriod,
    oldApp: options.oldApp ?? configured.oldApp ?? [],
    allowApp: options.allowApp ?? configured.allowApp ?? [],
    throughPooler: options.throughPooler ?? configured.throughPooler ?? null,
    fence: options.fence ?? configured.fence ?? [],
    fencedSince: null,
    minAge: options.minAge ?? configured.minAge ?? 0,
    requireGate: options.requireGate ?? configured.requireGate ?? [],
    accept: options.accept ?? [],
    check: await readCheckInput(environment, row),
    heard: (await ledger.layout()) < 2 ? [] : await readHeard(dialect, session, environment.stateSchema, quietPeriod),
    pods: typeof evidence === 'string' ? await readPods(evidence) : null,
    evidenceMaxAge: options.evidenceMaxAge ?? configured.evidenceMaxAge ?? defaults.evidenceMaxAge,
    settles,
    verified: verified ?? (await recorded(ledger, row)),
  }
  return { input, seen: await lookAtSessions(dialect, session, ledger, row, input.quietPeriod) }
}

/** What the last comparison of the shapes found: that of the backfill, or one since. */
async function recorded(ledger: Ledger, row: MigrationRow): Promise<GateInput['verified']> {
  const since = await lastVerified(ledger, row)
  if (since !== null) return since
  const { name } = row
  const checks = (await ledger.backfills()).filter((each) => each.migration === name && each.mismatches !== null)
  if (checks.length === 0) return null
  return {
    rows: checks.reduce((sum, each) => sum + each.rows_done, 0),
    mismatches: checks.reduce((sum, each) => sum + Number(each.mismatches), 0),
    at: checks.map(({ updated }) => updated).sort()[0] ?? null,
  }
}

/** Runs the contract phase behind its gates. */
export async function contract(environment: Environment, options: ContractInput): Promise<RunResult> {
  const forced = options.forceGates ?? []
  if (forced.length > 0 && (options.reason ?? '').trim() === '') {
    throw usageError('gate.reason', '--force-gate needs a --reason, which is recorded')
  }
  refuseUnknownGates(options.requireGate ?? environment.options.requireGate ?? [], forced)
  refuseEmptyPatterns(environment, options)
  refuseBoth(environment, options)
  const never = forced.find((name) => notForceable.has(name))
  if (never !== undefined) throw usageError('gate.not-forceable', `the gate ${never} cannot be forced`)
  const chosen = await known(environment, options.name)
  for (const migration of chosen) refuseEdited(migration)
  const back = await isTakingBack(environment)
  const todo = chosen.filter(({ name, state }) => back(name) || (rank(state) > 0 && rank(state) < rank('contracted')))
  const [only] = chosen
  if (options.name !== undefined && only !== undefined && !back(only.name)) refuseOrder(only.name, only.state)
  // Before the first of them is touched.
  const trials: string[] = []
  for (const { row } of todo) {
    const milliseconds = row?.plan == null ? 0 : await brownOutOf(environment, row, options)
    if (row !== null && milliseconds > 0) trials.push(saidOfBrownOut(row.name, milliseconds))
  }
  if (options.dryRun === true) {
    const fencing = todo.length === 0 ? [] : await saidOfFence(environment, options)
    return { ...(await dryRun(environment, todo)), ...saying([...fencing, ...trials]) }
  }
  const outcomes: Outcome[] = []
  for (const migration of todo) {
    if (!back(migration.name) && rank(migration.state) < rank('backfilled'))
      throw notBackfilled(migration.name, migration.state)
    outcomes.push(await contractOne(environment, migration, options))
  }
  return { dryRun: false, migrations: outcomes }
}

const saidOfBrownOut = (name: string, milliseconds: number): string =>
  `${name}: contract would hide the old shape on trial for ${milliseconds / 1000} s, and bring it back if somebody uses it or is seen`

function refuseOrder(name: string, state: LedgerState): void {
  if (state === 'rolling-back')
    throw wrongOrder(`${name} is being rolled back`, 'Run migrate rollback again to end that first.')
  if (state !== 'pending') return
  throw wrongOrder(`${name} is ${state}`, 'The phases are expand, backfill, contract, in this order.')
}

async function contractOne(environment: Environment, migration: Known, options: ContractInput): Promise<Outcome> {
  const deadline = Date.now() + (options.wait ?? 0)
  for (;;) {
    try {
      return await environment.withLease('ddl', {}, (run) => behindGates(environment, run, migration, options))
    } catch (error) {
      const closed = error instanceof BellowsError && error.exitCode === exitCodes.gateClosed
      // Once somebody has met with it, it is not tried on him again.
      const met = isBellowsError(error) && (error.code === 'brown-out.used' || error.code === 'brown-out.hidden')
      if (!closed || met || Date.now() >= deadline) throw error
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
  await endTakingBack(environment, run, name)
  await endLeft(environment, run, name, options)
  const row = await reread(environment, name)
  if (rank(row.state) >= rank('contracted')) return { name, from: row.state, state: row.state, steps: 0, notices: [] }
  // It may have been rolled back while we waited for the lease.
  refuseOrder(name, row.state)
  if (rank(row.state) < rank('backfilled')) throw notBackfilled(name, row.state)
  return withBrownOut(environment, run, row, options, (trial) =>
    contractRow(environment, run, { migration, row, options, trial }),
  )
}

interface Contracting {
  readonly migration: Known
  readonly row: MigrationRow
  readonly options: ContractInput
  /** Null where the old shape is hidden for good. */
  readonly trial: BrownOut | null
}

async function contractRow(
  environment: Environment,
  run: Run,
  { migration, row, options, trial }: Contracting,
): Promise<Outcome> {
  const { name } = migration
  const plan = frozenPlan(row)
  const retention = options.retention ?? environment.options.retention ?? defaults.retention
  const notices: string[] = []
  await preflight(run, plan)
  const fence = await fencingOf(environment, run, row, options)
  const forced = new Set(options.forceGates ?? [])
  const shut = (gates: GateReport['gates']): GateReport['gates'] =>
    gates.filter((gate) => (gate.status === 'failed' || gate.status === 'unknown') && !forced.has(gate.name))
  const pass = (gates: GateReport['gates']): void => {
    const closed = shut(gates)
    if (closed.length > 0) throw closedError(name, closed)
  }
  const tell = (gates: GateReport['gates']): void =>
    run.emit({ kind: 'gates', migration: name, gates: gates.map(({ name: gate, status }) => ({ name: gate, status })) })
  const told = new Set<string>()
  const overridden = async (gates: GateReport['gates']): Promise<void> => {
    const open = gates.filter((gate) => forced.has(gate.name) && gate.status !== 'ok' && !told.has(gate.name))
    for (const gate of open) told.add(gate.name)
    if (open.length > 0)
      await run.ledger.event(name, 'gate-forced', { gates: open, reason: options.reason, host: run.ledger.by.host })
  }
  const asked = { ...options, fence: fence.users }
  const looked = await look(environment, migration, asked)
  await keepLook(run.ledger, name, looked.seen)
  // Once contracting, the gates were open; what a runner left that died in the middle is finished. Only whether the old shape is still
  // used is asked again, as long as it is there.
  if (row.state === 'backfilled') {
    // What costs little first: with --wait, a table is not read again for a gate that is closed anyway.
    const early = await lookAtGates(looked.input, looked.seen)
    tell(early.gates)
    pass(early.gates.filter(({ name: gate }) => gate !== 'verification'))
    if (trial !== null) {
      pass([trial.gate])
      await trial.usual()
    }
    const verified = { rows: 0, mismatches: 0, at: null }
    for (const lens of plan.lenses) {
      const result = await verifyLens(run, name, lens, 'final')
      verified.rows += result.rows
      verified.mismatches += result.mismatches
    }
    await keepVerified(run.ledger, name, verified)
    const again = await look(environment, migration, asked, { verified })
    await keepLook(run.ledger, name, again.seen)
    const report = await lookAtGates(again.input, again.seen)
    tell(report.gates)
    pass(report.gates)
    // No contract is to fail over what is only put in order.
    await pruneHeartbeats(run.dialect, run.worker, run.stateSchema, again.input.quietPeriod).catch(() => undefined)
    if (report.readersNotice !== null) notices.push(report.readersNotice)
    notices.push(...report.notices)
    await run.ledger.sample(name, 'contract-evidence', {
      gates: report.gates,
      sessions: report.sessions,
      readersNotice: report.readersNotice,
    })
    for (const gate of report.gates.filter(({ status }) => status === 'forced'))
      await run.ledger.event(name, 'gate-accepted', { gate })
    await overridden(trial === null ? report.gates : [...report.gates, trial.gate])
  } else if ((await locksAhead(run, looked.input)).size > 0) {
    const gates = await useGates(looked)
    tell(gates)
    const closed = shut(gates)
    if (closed.length > 0) throw await asItWas(environment, run, row, closedError(name, closed))
    await overridden(gates)
  }
  const finish = {
    contracted_at: run.dialect.state.now,
    retention_ms: Math.round(retention),
    quarantined_until: run.dialect.state.fromNow(retention),
  }
  const late: { seen?: Seen; gates: GateReport['gates'] } = { gates: [] }
  const behindTheFence = async (): Promise<number> => {
    const fenced = await fence.raise()
    if (fenced !== null) notices.push(fenced.notice)
    const input = { ...looked.input, fencedSince: fenced?.since ?? null }
    const behind = { ...looked, input }
    const guarded = await closesAgain(run, behind, (gates, seen) => {
      Object.assign(late, { seen, gates })
      tell(gates)
      pass(gates)
    })
    const phase = (under: Run, ahead?: () => Promise<void>): Promise<number> =>
      runPhase(under, row, 'contract', finish, ahead)
    return trial === null ? phase(guarded) : trial.carryOut({ looked: behind, guarded, shut, phase })
  }
  const steps = await behindTheFence().catch(async (error: unknown) => {
    const violated = isBellowsError(error) && violationCodes.has(error.code) ? violatedSince(name, error) : null
    if (violated !== null) throw await asItWas(environment, run, row, violated)
    if (isBellowsError(error) && error.code === 'gate.closed') {
      if (late.seen !== undefined) await keepLook(run.ledger, name, late.seen)
      throw await asItWas(environment, run, row, error)
    }
    if (!run.worker.alive) fence.left()
    else if (await isAllThere(run, looked.input)) await fence.lower()
    throw error
  })
  // Forced, and open until then.
  await overridden(late.gates)
  const contracted = await reread(environment, name)
  const saw = { from: row.state, notices, ...(trial === null ? {} : { brownOut: trial.told() }) }
  if (retention === 0) return { ...(await purgeOne(environment, run, contracted)), ...saw }
  return { name, state: 'contracted', steps, quarantinedUntil: contracted.quarantined_until, ...saw }
}

/** A row that came between the last look and the rule: the server refused the rule, and contract closes again. */
function violatedSince(name: string, error: BellowsError): BellowsError {
  return gateClosed('gate.closed', `${name} may not be contracted yet: violations: ${error.message}`, {
    hint: 'A row that violates it was written while contract began, and what it had done is taken back. migrate ready names such rows.',
    details: { retryAfterSeconds: 0 },
    cause: error,
  })
}

function closedError(name: string, closed: GateReport['gates']): BellowsError {
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
