import { findings, gateClosed, refused, usageError } from '../../errors.ts'
import type { LedgerState } from '../../ledger/state.ts'
import { rank } from '../../ledger/state.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import type { Catalog } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Action, Phase, Step } from '../../planner/steps.ts'
import type { Outcome, RunResult } from '../api.ts'
import { refuseStandingOnNew } from '../dependents.ts'
import { executeUnit, type Unit } from '../execute-step.ts'
import { fenceOf, lowerFence, nameOf, refuseToLower } from '../fence.ts'
import { listOf } from '../list-of.ts'
import { goingAlong } from '../objects.ts'
import { type Environment, wrongOrder } from '../open.ts'
import { frozenPlan } from '../phases.ts'
import { preflight } from '../preflight.ts'
import { isToBeTakenBack, rawOf, undoId } from '../raw-step.ts'
import type { Looking, Run } from '../run.ts'
import { type Known, known, reread } from '../select.ts'
import { lockedStill, lookAhead, subjectOf } from '../way-back.ts'

/** What `rollback` takes. */
export interface RollbackOptions {
  readonly name?: string
  readonly all?: boolean
  readonly dryRun?: boolean
  readonly acceptLoss?: boolean
  readonly reason?: string
  readonly quietPeriod?: number
  readonly forceGates?: readonly string[]
}

const quietDefault = 10_000

/** One phase back: contracted to backfilled; backfilled or expanded to pending. Nothing that an app wrote is lost. */
export async function rollback(environment: Environment, options: RollbackOptions): Promise<RunResult> {
  const needsReason = options.acceptLoss === true || (options.forceGates ?? []).length > 0
  if (needsReason && (options.reason ?? '').trim() === '') {
    throw usageError('rollback.reason', '--accept-loss and --force-gate need a --reason, which is recorded')
  }
  const chosen = await known(environment, options.name)
  const todo = pick(chosen, options)
  const outcomes: Outcome[] = []
  for (const { name } of todo) {
    if (options.dryRun === true) {
      outcomes.push(await wouldGoBack(environment, name, options))
      continue
    }
    // A backfill of the same migration has to end first. Taken in its order.
    await environment.withLease(`data:${name}`, {}, (held) =>
      held.forDdl(async (run) => {
        const row = await reread(environment, name)
        refuseDropped(row)
        if (row.state !== 'pending') outcomes.push(await takeBack(environment, run, row, options))
      }),
    )
  }
  return { dryRun: options.dryRun === true, migrations: outcomes }
}

function pick(chosen: readonly Known[], options: RollbackOptions): readonly Known[] {
  const [only] = chosen
  if (options.name !== undefined && only !== undefined) {
    refuseDropped(only)
    if (only.state === 'pending') throw wrongOrder(`${only.name} is pending`, 'There is nothing to roll back.')
    return [only]
  }
  const open = chosen.filter(({ state }) => !['pending', 'completed', 'purging'].includes(state)).reverse()
  return options.all === true ? open : open.slice(0, 1)
}

function refuseDropped({ name, state }: Pick<Known, 'name' | 'state'>): void {
  if (state !== 'completed' && state !== 'purging') return
  throw refused('rollback.completed', `${name} is ${state}: the old shape is dropped`, {
    hint: 'Write a new migration that brings the shape back; the data of the old column comes from a backup.',
  })
}

/** What a rollback will do. */
interface WayBack {
  readonly resumed: boolean
  readonly target: LedgerState
  /** What is taken back, last first. */
  readonly steps: readonly Step[]
  /** What stays away, by its name, and why. */
  readonly gone: ReadonlyMap<string, string>
  /** What is still to be run for it. */
  readonly parts: readonly Unit[]
}

/** Everything that can be in the way is found here, before anything is done. */
async function wayBack(
  environment: Environment,
  run: Looking,
  row: MigrationRow,
  options: RollbackOptions,
): Promise<WayBack> {
  const plan = frozenPlan(row)
  await preflight(run, plan)
  await refuseToLower(run, row.name)
  const resumed = row.state === 'rolling-back'
  const target = resumed ? await targetOf(run, row) : rank(row.state) >= rank('contracting') ? 'backfilled' : 'pending'
  const steps = await undoable(run, row, plan, target, resumed)
  const stuck = steps.find((step) => !step.reversible)
  if (stuck !== undefined) {
    throw refused('rollback.irreversible', `${row.name}: ${stuck.description} cannot be taken back`, {
      hint: 'Statements of rawSql need a rollback, and those of its contract have none. Go forward with a new migration.',
    })
  }
  const done = await run.ledger.steps(row.name, row.generation, 'rollback')
  const parts = steps.flatMap((step) =>
    step.undo
      .map((part, index) => ({ ...part, id: undoId(step, index), description: `take back: ${step.description}` }))
      .filter(({ id }) => done.get(id) !== 'done'),
  )
  const ahead = parts.flatMap(({ actions }) => actions)
  const catalog = await environment.catalog()
  // Before rows are asked for by the names of their columns.
  const gone = await lookAhead(run, row.name, plan, ahead, catalog)
  if (!resumed && target === 'backfilled')
    await refuseUnrepresentable(run, row, await contractedPart(run, row, plan), catalog, options)
  // Of the phases before contract only the rules that went with them.
  if (!resumed && target === 'pending')
    await refuseUnrepresentable(
      run,
      row,
      { ...plan, lenses: [], phases: { ...plan.phases, contract: steps } },
      catalog,
      options,
    )
  const actions = steps.flatMap(({ undo }) => undo.flatMap((part) => part.actions))
  const quietPeriod = options.quietPeriod ?? environment.options.quietPeriod ?? quietDefault
  if (!resumed) await refuseLoss(run, row, plan, target, { ...options, quietPeriod }, catalog, actions)
  refuseStandingOnNew(row.name, ahead, catalog)
  const isThere = (action: Action): boolean => !gone.has(subjectOf(action) ?? '')
  return {
    resumed,
    target,
    steps,
    gone,
    parts: parts.map((part) => ({
      ...part,
      actions: part.actions.filter(isThere).map((each) => lockedStill(each, catalog)),
    })),
  }
}

/** Looks, and holds nobody up. */
async function wouldGoBack(environment: Environment, name: string, options: RollbackOptions): Promise<Outcome> {
  const row = await reread(environment, name)
  const { target, steps } = await wayBack(environment, await environment.looking(), row, options)
  const fence = await fenceOf(await environment.ledger(), name)
  const shut = (fence?.accounts ?? []).filter(({ open }) => open).map(nameOf)
  const notices = [
    ...steps.map(({ id }) => `would take back ${id}`),
    ...(shut.length === 0 ? [] : [`would let ${shut.join(', ')} log in again`]),
  ]
  return { name, from: row.state, state: target, steps: steps.length, notices }
}

/** Takes back what the row's state says. The lease has to be held. */
export async function takeBack(
  environment: Environment,
  run: Run,
  row: MigrationRow,
  options: RollbackOptions & { readonly closedAgain?: boolean },
): Promise<Outcome> {
  const { resumed, target, parts, gone } = await wayBack(environment, run, row, options)
  if (!resumed) {
    await run.worker.transaction(async () => {
      await run.lease.check()
      await run.ledger.setState(row.name, 'rolling-back')
      await run.ledger.startPhase(row.name, row.generation, 'rollback')
      await run.ledger.event(row.name, 'rollback-started', {
        from: row.state,
        to: target,
        acceptLoss: options.acceptLoss === true,
        reason: options.reason ?? null,
        ...(options.closedAgain === true ? { closedAgain: true } : {}),
      })
    })
  }
  for (const part of parts) await executeUnit(run, row, 'rollback', part)
  // The old shape is there again, and what a runner did that died from here on is done again.
  const letIn = await lowerFence(run, row.name)
  await run.worker.transaction(async () => {
    await run.lease.check()
    await run.ledger.finishPhase(row.name, row.generation, 'rollback')
    await run.ledger.nextGeneration(row.name, target)
    if (target === 'pending') await run.ledger.resolveFailures(row.name)
    await run.ledger.event(row.name, 'rollback-finished', { to: target })
  })
  return {
    name: row.name,
    from: row.state,
    state: target,
    steps: parts.length,
    quarantinedUntil: null,
    notices: [...[...gone].map(([subject, why]) => `${subject} ${why}`), ...letIn],
  }
}

/** Where a rollback that was interrupted was going. */
async function targetOf(run: Looking, row: MigrationRow): Promise<LedgerState> {
  const { events } = await run.ledger.history()
  const started = events.filter((event) => event.migration === row.name && event.kind === 'rollback-started').at(-1)
  return (started?.detail as { to?: LedgerState } | undefined)?.to ?? 'pending'
}

/** The steps to take back, last first: all of the phases that are over, and of the current one those that began. */
async function undoable(
  run: Looking,
  row: MigrationRow,
  plan: Plan,
  target: LedgerState,
  resumed: boolean,
): Promise<readonly Step[]> {
  const phases: readonly Phase[] = target === 'backfilled' ? ['contract'] : ['expand', 'backfill']
  const complete = new Set<Phase>()
  const from = resumed ? await fromOf(run, row) : row.state
  if (rank(from) >= rank('expanded')) complete.add('expand')
  if (rank(from) >= rank('backfilled')) complete.add('backfill')
  if (rank(from) >= rank('contracted')) complete.add('contract')
  // What no transaction holds may be there in part: its way back looks at what there is.
  const isPartial = (step: Step): boolean => !step.transaction || run.dialect.section !== null
  const taken = await run.ledger.steps(row.name, row.generation, 'rollback')
  const steps: Step[] = []
  for (const phase of phases) {
    const begun = await run.ledger.steps(row.name, row.generation, phase)
    for (const step of plan.phases[phase]) {
      const state = begun.get(step.id)
      const isOver = complete.has(phase) || state === 'done' || taken.has(undoId(step, 0))
      const isBegun = rawOf(step) === null && isPartial(step) && state !== undefined
      if (isOver || isBegun || (await isToBeTakenBack(run, row.name, step, state))) steps.push(step)
    }
  }
  return steps.reverse()
}

async function fromOf(run: Looking, row: MigrationRow): Promise<LedgerState> {
  const { events } = await run.ledger.history()
  const started = events.filter((event) => event.migration === row.name && event.kind === 'rollback-started').at(-1)
  return (started?.detail as { from?: LedgerState } | undefined)?.from ?? 'expanded'
}

/** Of a plan whose contract has not come to its end, what has: only there the old columns are the hidden ones. */
async function contractedPart(run: Looking, row: MigrationRow, plan: Plan): Promise<Plan> {
  if (row.state === 'contracted') return plan
  const begun = await run.ledger.steps(row.name, row.generation, 'contract')
  const contract = plan.phases.contract.filter(({ id }) => begun.get(id) === 'done')
  const hidden = new Set(
    contract.flatMap(({ actions }) =>
      actions.flatMap((action) => (action.do === 'sync' && action.mode === 'quarantine' ? [action.lens.id] : [])),
    ),
  )
  return {
    ...plan,
    lenses: plan.lenses.filter(({ id }) => hidden.has(id)),
    phases: { ...plan.phases, contract },
  }
}

/** Rows that the new version wrote and that the old shape has no value for: told by key before anything is undone. */
async function refuseUnrepresentable(
  run: Looking,
  row: MigrationRow,
  plan: Plan,
  catalog: Catalog,
  { acceptLoss = false }: RollbackOptions,
): Promise<void> {
  for (const question of run.dialect.undoBlockers(plan, catalog, { stateSchema: run.stateSchema, active: [] })) {
    const mayBeLost = question.mayBeLost === true
    if (mayBeLost && acceptLoss) continue
    const [found] = (await run.worker.query<{ count: number; keys: unknown }>(question.statement)).rows
    if (found === undefined || found.count === 0) continue
    throw findings(
      'rollback.unrepresentable',
      `${row.name}: ${found.count} ${question.what} in ${showTable(question.table)}, for example ${listOf(found.keys).slice(0, 5).join(', ')}`,
      {
        hint: `${question.hint ?? 'The old shape cannot hold what the new version wrote there. Change those rows, then roll back'}${mayBeLost ? '; or say --accept-loss --reason "…", which is recorded' : ''}.`,
      },
    )
  }
}

/** Going back to pending is a contract of the new shape: nobody may write it any more, and nothing in it may be lost. */
async function refuseLoss(
  run: Looking,
  row: MigrationRow,
  plan: Plan,
  target: LedgerState,
  options: RollbackOptions & { readonly quietPeriod: number },
  catalog: Catalog,
  ahead: readonly Action[],
): Promise<void> {
  if (target !== 'pending') return
  if (!(options.forceGates ?? []).includes('new-writes')) await refuseNewWrites(run, row, plan, options.quietPeriod)
  if (options.acceptLoss === true || row.state === 'expanding') return
  const context = { stateSchema: run.stateSchema, active: [] }
  const lost = [...goingAlong(plan, ahead, catalog)]
  for (const question of run.dialect.losses(plan, catalog, context)) {
    const [found] = (await run.worker.query<{ count: number; keys: unknown }>(question.statement)).rows
    if (found === undefined || found.count === 0) continue
    const keys = listOf(found.keys).slice(0, 5)
    lost.push(
      `${found.count} ${question.what} in ${showTable(question.table)}${keys.length === 0 ? '' : ` (${keys.join(', ')})`}`,
    )
  }
  if (lost.length === 0) return
  throw findings(
    'rollback.loss',
    `rolling ${row.name} back would lose ${lost.join('; ')}: the old shape cannot hold them`,
    {
      hint: 'Save what matters, then say --accept-loss --reason "…", which is recorded.',
    },
  )
}

async function refuseNewWrites(run: Looking, row: MigrationRow, plan: Plan, quiet: number): Promise<void> {
  if (quiet === 0) return
  for (const lens of plan.lenses) {
    if (lens.kind === 'row' && lens.sameName) continue
    const [times] = (
      await run.worker.query<{ new: number | null; now: number }>(
        run.dialect.sessions.lastWrites(lens, run.stateSchema),
      )
    ).rows
    if (times === undefined || times.new === 0) continue
    if (times.new === null) throw gateClosed('gate.new-writes', `${row.name}: the counters could not be read`)
    const left = quiet / 1000 - (times.now - times.new - 1)
    if (left <= 0) continue
    throw gateClosed('gate.new-writes', `${row.name}: the new shape was written less than ${quiet / 1000} s ago`, {
      hint: 'Roll the app back first: a new version that still runs would fail. Then try again, with --quiet-period for another time.',
      details: { retryAfterSeconds: Math.ceil(left) },
    })
  }
}
