import { drift, gateClosed, usageError } from '../../errors.ts'
import { rank } from '../../ledger/state.ts'
import type { Plan } from '../../planner/plan.ts'
import { planFormat } from '../../planner/plan.ts'
import type { BackfillOptions, Outcome, RunResult } from '../api.ts'
import { refuseConflicts } from '../claims.ts'
import { firstStatementLook } from '../gates/statements.ts'
import { makeLivePlan, makePlan, refuseStops } from '../make-plan.ts'
import { rulesOldVersion } from '../new-rules.ts'
import { changedObjects, objectsHint } from '../objects.ts'
import { type Environment, wrongOrder } from '../open.ts'
import { refuseParallel } from '../parallel.ts'
import { frozenPlan, runPhase } from '../phases.ts'
import { refuseDifference } from '../plan-difference.ts'
import { planView } from '../plan-view.ts'
import { preflight } from '../preflight.ts'
import { preparedNotice } from '../prepared.ts'
import { refuseUnchecked, uncheckedReasons } from '../require-check.ts'
import { type Known, known, requireFile, reread, saying, takenBy } from '../select.ts'

/** The phase makes the triggers anew, last in order. */
const makesAnew = { passed: ['order'] } as const

/** What `expand` and `backfill` take. */
export interface ForwardOptions extends BackfillOptions {
  readonly name?: string
  readonly dryRun?: boolean
  readonly accept?: readonly string[]
  readonly backfill?: boolean
  readonly planFile?: unknown
  /** In place of what the options of the migrator say. */
  readonly requireCheck?: boolean
}

/** An edited file is found at every phase: what is expanded is what was planned. */
export function refuseEdited(migration: Known): void {
  if (migration.file === null || migration.row === null || migration.state === 'pending') return
  if (migration.file.checksum === migration.row.checksum) return
  throw drift('migration.edited', `the file of ${migration.name} was edited after it was expanded`, {
    hint: 'Restore the file, or roll the migration back and expand it again. A new change is a new migration.',
  })
}

/** Runs the expand phase of every pending migration, or of one. */
export async function expand(environment: Environment, options: ForwardOptions): Promise<RunResult> {
  refuseParallel(options)
  const { taken: chosen, notices } = await takenBy(environment, options.name)
  const todo = chosen.filter(({ state }) => state === 'pending' || state === 'expanding')
  for (const migration of chosen) {
    refuseEdited(migration)
    if (migration.state === 'rolling-back')
      throw wrongOrder(`${migration.name} is being rolled back`, 'Run migrate rollback again to end that first.')
  }
  const all = options.requireCheck ?? environment.options.requireCheck ?? false
  // A rule that the old version has to keep before contract is for whoever knows that it does.
  const toCheck = todo.filter(
    ({ file }) => all || (options.requireCheck !== false && rulesOldVersion(file?.definition.intents ?? [])),
  )
  const checked = toCheck.length > 0
  if (options.dryRun === true) {
    const refusals = checked ? [...(await uncheckedReasons(environment, toCheck))] : []
    const told = refusals.map(([name, reasons]) => `expand would refuse ${name}: ${reasons.join('; ')}`)
    return { ...(await dryRun(environment, todo)), ...saying([...notices, ...told]) }
  }
  const kept = options.planFile === undefined ? null : readPlanFile(options.planFile)
  const outcomes: Outcome[] = []
  if (todo.length > 0) {
    await refuseStateTables(environment, todo, options.accept ?? [])
    await environment.withLease('ddl', {}, async (run) => {
      // All of them before the first: what is refused is refused before anything is done.
      if (checked) await refuseUnchecked(environment, toCheck)
      for (const { name } of todo) {
        const [current] = await known(environment, name)
        if (current === undefined || rank(current.state) >= rank('expanded')) continue
        if (current.state === 'pending') {
          if (toCheck.some((each) => each.name === name)) await refuseUnchecked(environment, [current])
          await freeze(environment, run, current, kept, options.accept ?? [])
        }
        const row = await reread(environment, name)
        if (current.state !== 'pending') await preflight(run, frozenPlan(row), makesAnew)
        const steps = await runPhase(run, row, 'expand', { expanded_at: run.dialect.state.now })
        outcomes.push({ name, from: current.state, state: 'expanded', steps, notices: noticesOf(frozenPlan(row)) })
      }
    })
  }
  if (options.backfill !== true) return { dryRun: false, migrations: outcomes, ...saying(notices) }
  const filled = await backfill(environment, options)
  return { dryRun: false, migrations: [...outcomes, ...filled.migrations], ...saying(notices) }
}

/** The state tables come before the plan, so what speaks against them is told before both. */
async function refuseStateTables(
  environment: Environment,
  todo: readonly Known[],
  accept: readonly string[],
): Promise<void> {
  const dialect = await environment.dialect()
  const hazards = await dialect.stateTableReaders(await environment.worker(), environment.stateSchema)
  for (const migration of todo) {
    const accepted = migration.file?.definition.accept ?? []
    refuseStops({ migration: migration.name, hazards, accepted }, accept)
  }
}

type LeasedRun = Parameters<Parameters<Environment['withLease']>[2]>[0]

/** Plans against the live catalog, checks, and freezes the plan in the ledger. */
async function freeze(
  environment: Environment,
  run: LeasedRun,
  migration: Known,
  kept: readonly Plan[] | null,
  accept: readonly string[],
): Promise<void> {
  const catalog = await environment.catalog()
  const plan = await makeLivePlan(environment, requireFile(migration), catalog)
  if (kept !== null) refuseDifference(run.dialect, environment.stateSchema, plan, kept)
  refuseStops(plan, accept)
  refuseConflicts(plan, await run.ledger.migrations())
  await preflight(run, plan, makesAnew)
  await run.worker.transaction(async () => {
    await run.lease.check()
    await run.ledger.begin(plan)
    await run.ledger.startPhase(migration.name, migration.row?.generation ?? 0, 'expand')
    await run.ledger.event(migration.name, 'planned', {
      hazards: plan.hazards.map(({ code }) => code),
      accepted: [...accept, ...plan.accepted],
    })
  })
}

/** Reads what `plan --out` wrote. */
export function readPlanFile(content: unknown): readonly Plan[] {
  const file = content as { format?: unknown; plans?: unknown }
  if (file?.format !== planFormat || !Array.isArray(file.plans)) {
    throw usageError('plan.file', 'this is not a plan file, or one of another version', {
      hint: 'migrate plan --out writes one.',
    })
  }
  return file.plans as readonly Plan[]
}

/** Runs or resumes the backfill of every expanded migration, or of one, and verifies it. */
export async function backfill(environment: Environment, options: ForwardOptions): Promise<RunResult> {
  refuseParallel(options)
  const chosen = await known(environment, options.name)
  const outcomes: Outcome[] = []
  const todo = chosen.filter(({ state }) => state === 'expanded' || state === 'backfilling')
  for (const migration of chosen) refuseEdited(migration)
  const [only] = chosen
  if (options.name !== undefined && only !== undefined && rank(only.state) < rank('expanded')) {
    throw wrongOrder(`${only.name} is ${only.state}`, 'Run migrate expand first.')
  }
  if (options.dryRun === true) return dryRun(environment, todo)
  for (const { name } of todo) {
    await environment.withLease(`data:${name}`, options, async (run) => {
      const row = await reread(environment, name)
      if (rank(row.state) >= rank('backfilled') || row.state === 'rolling-back') return
      // It was rolled back while we waited for the lease.
      if (rank(row.state) < rank('expanded')) throw wrongOrder(`${name} is ${row.state}`, 'Run migrate expand first.')
      const plan = frozenPlan(row)
      const changed = changedObjects(plan, await environment.catalog())
      if (changed.length > 0) {
        throw drift('objects.changed', changed.map((found) => `${found.name}: ${found.problem}`).join('; '), {
          hint: objectsHint(changed),
        })
      }
      await preflight(run, plan)
      const steps = await runPhase(run, row, 'backfill', { backfilled_at: run.dialect.state.now })
      await firstStatementLook(environment, run, name)
      const rows = (await run.ledger.backfills()).filter((each) => each.migration === name && each.mismatches === null)
      outcomes.push({
        name,
        from: row.state,
        state: 'backfilled',
        steps,
        rows: rows.reduce((sum, each) => sum + each.rows_done, 0),
        notices: backfillNotices(plan),
      })
    })
  }
  return { dryRun: false, migrations: outcomes }
}

/** What would run: the plan, from the file for what is pending, from the ledger for the rest. */
export async function dryRun(environment: Environment, migrations: readonly Known[]): Promise<RunResult> {
  const dialect = await environment.dialect()
  const catalog = await environment.catalog()
  const ledger = await environment.ledger()
  const active = (await ledger.exists()) ? await ledger.active() : []
  const views = []
  for (const migration of migrations) {
    const plan =
      migration.row?.plan && migration.state !== 'pending'
        ? migration.row.plan
        : await makePlan(environment, requireFile(migration), catalog)
    views.push(planView(dialect, plan, migration.state, environment.stateSchema, active, catalog))
  }
  return { dryRun: true, migrations: [], plan: { migrations: views, session: [] } }
}

function noticesOf(plan: Plan): readonly string[] {
  return plan.hazards.filter(({ severity }) => severity !== 'info').map(({ code, message }) => `${code}: ${message}`)
}

/** The notice that the gate `prepared` goes by: from here on the app can be deployed for what contract will do. */
function backfillNotices(plan: Plan): readonly string[] {
  const notice = preparedNotice(plan)
  return notice === null ? [] : [`prepared: ${notice}; sessions that are opened from now on count as warned`]
}

/** Used by contract for a migration that is not backfilled. */
export function notBackfilled(name: string, state: string): Error {
  return gateClosed('gate.backfill', `${name} is ${state}: the backfill is not complete`, {
    hint: 'Run migrate backfill first.',
  })
}
