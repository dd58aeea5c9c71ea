import type { CompileContext, StepStatement } from '../dialects/dialect.ts'
import { findings, isBellowsError } from '../errors.ts'
import type { MigrationRow, RecordedPhase, StepState } from '../ledger/tables.ts'
import type { Action, UndoPart } from '../planner/steps.ts'
import { withMode } from './active-lenses.ts'
import { runBackfill } from './backfill.ts'
import { throwIfAborted } from './interrupt.ts'
import { isRawDone, ofStatement, type Raw, rawOf } from './raw-step.ts'
import { runResync } from './resync.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'
import { runVerification } from './verification.ts'

/** A step, or a part of what takes one back: something that is recorded, done once, and found done after a crash. */
export interface Unit extends UndoPart {
  readonly id: string
  readonly description: string
}

/** The statements of a unit, each action compiled as the ones before it leave the lenses. */
export function compileUnit(
  run: Pick<Run, 'dialect'>,
  context: CompileContext,
  actions: readonly Action[],
): readonly StepStatement[] {
  let current = context
  return actions.flatMap((action) => {
    const statements = run.dialect.compile(action, current)
    if (action.do === 'sync') current = { ...current, active: withMode(current.active, action.lens, action.mode) }
    return statements
  })
}

/** Runs one unit: recorded before, done in one transaction with its record where the engine can, looked up where it cannot. */
export async function executeUnit(run: Run, migration: MigrationRow, phase: RecordedPhase, unit: Unit): Promise<void> {
  throwIfAborted(run.signal)
  if (unit.transaction) return run.forDdl((inner) => execute(inner, migration, phase, unit))
  return execute(run, migration, phase, unit)
}

async function execute(run: Run, migration: MigrationRow, phase: RecordedPhase, unit: Unit): Promise<void> {
  if (run.lease.lost !== null) throw run.lease.lost
  const context: CompileContext = { stateSchema: run.stateSchema, active: await run.ledger.active() }
  const statements = compileUnit(run, context, unit.actions)
  const raw = rawOf(unit)
  const alone = raw !== null && !unit.transaction
  const begun = alone ? await stateOf(run, migration, phase, unit.id) : undefined
  const isDone = alone && (await isRawDone(run, migration.name, unit.id, raw, begun))
  const started = Date.now()
  run.emit({ kind: 'step-started', migration: migration.name, phase, step: unit.id, description: unit.description })
  await run.ledger.startStep(
    migration.name,
    migration.generation,
    phase,
    unit.id,
    statements.map(({ sql }) => sql),
  )
  const finish = (): Promise<void> => run.ledger.finishStep(migration.name, migration.generation, phase, unit.id)
  try {
    if (isDone) await finish()
    else if (alone) await runRaw(run, unit, raw, context, finish)
    else if (unit.transaction && run.dialect.section !== null && raw === null)
      await inSection(run, migration, phase, unit, context, run.dialect.section)
    else if (unit.transaction) await inOneTransaction(run, unit, context, finish)
    else {
      for (const action of unit.actions) await runAction(run, migration, unit.id, action, context)
      await finish()
    }
  } catch (error) {
    await recordFailure(run, migration, phase, unit.id, error, alone)
    throw raw === null ? error : ofStatement(unit.id, raw, error)
  }
  run.emit({
    kind: 'step-finished',
    migration: migration.name,
    phase,
    step: unit.id,
    milliseconds: Date.now() - started,
  })
}

async function stateOf(
  run: Run,
  migration: MigrationRow,
  phase: RecordedPhase,
  id: string,
): Promise<StepState | undefined> {
  return (await run.ledger.steps(migration.name, migration.generation, phase)).get(id)
}

/**
 * A statement of the author's that no transaction ties to its record. One that waits for a lock is ended, and tried again; not one
 * that may be half done then.
 */
async function runRaw(
  run: Run,
  unit: Unit,
  raw: Raw,
  context: CompileContext,
  finish: () => Promise<void>,
): Promise<void> {
  const { dialect, worker, observer } = run
  const { section, sessions } = dialect
  await run.lease.check()
  if (section !== null && raw.once !== 'partial') {
    await withLockRetry(unit.description, run, (lockTimeout, tries) =>
      section({ worker, observer, actions: unit.actions, context, lockTimeout, tries, onBegun: () => undefined }),
    )
  } else {
    for (const setting of sessions.patientSettings) await worker.query(setting)
    for (const statement of dialect.compile(raw, context)) await worker.query(statement)
  }
  await finish()
}

/** DDL, the record of it and the hold on the lease are one transaction: all of it is there, or nothing. */
async function inOneTransaction(
  run: Run,
  unit: Unit,
  context: CompileContext,
  finish: () => Promise<void>,
): Promise<void> {
  const { sessions } = run.dialect
  await withLockRetry(unit.description, run, (lockTimeout) =>
    run.worker.transaction(async () => {
      for (const setting of sessions.lockSettings(lockTimeout)) await run.worker.query(setting)
      await run.lease.check()
      let current = context
      for (const action of unit.actions) {
        const several = action.do === 'lockTables' && action.tables.length > 1
        if (several) for (const setting of sessions.severalLocks(lockTimeout)) await run.worker.query(setting)
        for (const statement of run.dialect.compile(action, current)) await run.worker.query(statement)
        if (several) for (const setting of sessions.severalLocks(0)) await run.worker.query(setting)
        if (action.do === 'lockTables') await run.underLock?.(unit.id)
        if (action.do !== 'sync') continue
        current = { ...current, active: withMode(current.active, action.lens, action.mode) }
        await run.ledger.setLens(action.lens, action.mode)
      }
      await finish()
    }),
  )
}

/**
 * Where no transaction holds DDL: the actions look at what is there, so that a step which died in its middle is ended by
 * running it again; rows that were written meanwhile are brought back in sync before the step counts as done.
 */
async function inSection(
  run: Run,
  migration: MigrationRow,
  phase: RecordedPhase,
  unit: Unit,
  context: CompileContext,
  section: NonNullable<Run['dialect']['section']>,
): Promise<void> {
  const { worker, observer, ledger } = run
  await run.lease.check()
  // A try that had begun and failed left what a runner leaves that dies there.
  let begins = (await ledger.attempts(migration.name, migration.generation, phase, unit.id)) - 1
  const instead: { readonly statement: string; readonly reason: string }[] = []
  const onInstead = (statement: string, reason: string): void => {
    // A lock is asked for in each try.
    if (instead.some((each) => each.statement === statement)) return
    instead.push({ statement, reason })
    run.emit({ kind: 'notice', message: `${unit.id}: ${reason}; so instead: ${statement}` })
  }
  await withLockRetry(unit.description, run, (lockTimeout, tries) => {
    let begun = false
    const onBegun = (): void => {
      if (!begun) begins++
      begun = true
    }
    const onLocked = async (): Promise<void> => run.underLock?.(unit.id)
    const { actions } = unit
    return section({ worker, observer, actions, context, lockTimeout, tries, onLocked, onBegun, onInstead })
  })
  const syncs = unit.actions.flatMap((action) => (action.do === 'sync' && action.bearsRename !== true ? [action] : []))
  // Where columns come, and from when they have changed their names, there is a moment without triggers that know them; elsewhere a
  // spare one stands in.
  const gap = unit.actions.some((action) => action.do === 'addColumn' || action.do === 'renameColumns')
  if (gap && begins > 1) {
    for (const { lens, mode } of syncs) if (mode !== null) await runResync(run, lens, mode)
  }
  await worker.transaction(async () => {
    await run.lease.check()
    for (const { lens, mode } of syncs) await ledger.setLens(lens, mode)
    for (const each of instead) await ledger.event(migration.name, 'stepped-down', { step: unit.id, ...each })
    await ledger.finishStep(migration.name, migration.generation, phase, unit.id)
  })
}

/** Work that no transaction can hold: it is looked up first, and cleared away when an earlier attempt left it broken. */
async function runAction(
  run: Run,
  migration: MigrationRow,
  step: string,
  action: Action,
  context: CompileContext,
): Promise<void> {
  if (action.do === 'backfill') return runBackfill(run, migration, step, action.lens)
  if (action.do === 'verify') return runVerification(run, migration, step, action.lens)
  for (const setting of run.dialect.sessions.patientSettings) await run.worker.query(setting)
  const found = await run.dialect.probe(run.worker, action)
  if (found === 'done') {
    for (const statement of run.dialect.compile(action, context))
      if (statement.again === true) await run.worker.query(statement)
    return
  }
  if (found === 'broken') for (const statement of run.dialect.mend(action, context)) await run.worker.query(statement)
  try {
    for (const statement of run.dialect.compile(action, context)) await run.worker.query(statement)
  } catch (error) {
    // A failed build leaves an invalid index behind, which every write would go on maintaining.
    if (run.worker.alive) for (const statement of run.dialect.mend(action, context)) await run.worker.query(statement)
    throw explain(action, error)
  }
}

function explain(action: Action, error: unknown): unknown {
  if (action.do !== 'createIndex' || !isBellowsError(error) || error.code !== 'data.duplicates') return error
  return findings('data.duplicates', `index ${action.index.name} cannot be unique: ${error.message}`, {
    hint: 'Remove the duplicates, then run the same command again.',
    cause: error,
  })
}

/** Kept for history and status; not worth failing over when the connection is what broke. */
async function recordFailure(
  run: Run,
  migration: MigrationRow,
  phase: RecordedPhase,
  id: string,
  error: unknown,
  always: boolean,
): Promise<void> {
  if (!run.worker.alive || (!always && isBellowsError(error) && error.code.startsWith('interrupted'))) return
  const message = error instanceof Error ? error.message : String(error)
  await run.ledger.finishStep(migration.name, migration.generation, phase, id, message).catch(() => undefined)
}
