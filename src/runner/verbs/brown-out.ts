import type { Session } from '../../dialects/dialect.ts'
import { BellowsError, exitCodes, gateClosed, isBellowsError, refused, usageError } from '../../errors.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import type { BrownOutView, ContractOptions, Gate, GateOptions } from '../api.ts'
import { oldNames, refuseOneWay } from '../brown-out/may-be.ts'
import { type BrownOutEnd, openBrownOut, recordEnd, recordStart } from '../brown-out/records.ts'
import { openWatch, type Watch } from '../brown-out/watch.ts'
import { type Looked, locksAhead } from '../closes-again.ts'
import { fenceOf } from '../fence.ts'
import { gate } from '../gates/gate.ts'
import { connectedNow, keepLook, type Seen } from '../gates/looks.ts'
import { sessionsGate } from '../gates/sessions.ts'
import { throwIfAborted, wait } from '../interrupt.ts'
import { type Environment, openEnvironment } from '../open.ts'
import { frozenPlan } from '../phases.ts'
import type { Run } from '../run.ts'
import { reread } from '../select.ts'
import { takeBack } from './rollback.ts'

type Asked = ContractOptions & GateOptions

/** How long the old shape is to be hidden on trial; 0 where nobody asked for it, or the config's wish has nothing to hide or nobody to see. */
export async function brownOutOf(environment: Environment, row: MigrationRow, options: Asked): Promise<number> {
  const milliseconds = options.brownOut ?? environment.options.brownOut ?? 0
  if (milliseconds === 0) return 0
  // What was begun behind a fence is ended behind it, unless this run is to try it.
  const begun = row.state === 'contracting' && (await fenceOf(await environment.ledger(), row.name)) !== null
  if (begun && options.brownOut === undefined) return 0
  refuseBoth(environment, options)
  if (fenceAsked(environment, options).length > 0) return 0
  const plan = frozenPlan(row)
  if (oldNames(plan).length === 0) {
    if (options.brownOut === undefined) return 0
    throw refused(
      'brown-out.nothing',
      `${row.name}: contract hides no name of the old version: there is nothing to try`,
      {
        hint: 'Contract it without --brown-out.',
      },
    )
  }
  const context = { stateSchema: environment.stateSchema, active: [] }
  refuseOneWay(plan, await environment.catalog(), await environment.dialect(), context)
  return milliseconds
}

/** Who asks for both has it told, also where there is nothing to contract yet. */
export function refuseBoth(environment: Environment, options: Asked): void {
  const fence = fenceAsked(environment, options)
  if (fence.length === 0 || options.brownOut === undefined || options.brownOut === 0) return
  throw usageError(
    'brown-out.fence',
    `--brown-out watches for the old version, and --fence locks ${fence.join(', ')} out: say one of them`,
  )
}

const fenceAsked = (environment: Environment, options: Asked): readonly string[] =>
  options.fence ?? environment.options.fence ?? []

/** Brings back what a runner that died in a brown-out left hidden; where another one is asked for, also what is left of any other contract. */
export async function endLeft(environment: Environment, run: Run, name: string, options: Asked): Promise<void> {
  const row = await reread(environment, name)
  if (row.state !== 'contracting') return
  const left = await openBrownOut(run.ledger, row)
  if (left === null && (await brownOutOf(environment, row, options)) === 0) return
  const reason = left === null ? 'a runner died in contract' : 'a runner died before its brown-out was over'
  await takeBack(environment, run, row, { reason, closedAgain: true })
  if (left !== null) await recordEnd(run.ledger, name, 'stopped', { reason })
  run.emit({ kind: 'notice', message: `${name}: ${reason}; the old shape is back` })
}

/** What contract is carried out with, and under. */
interface Under {
  readonly looked: Looked
  readonly guarded: Run
  /** Which of these gates close contract. */
  readonly shut: (gates: readonly Gate[]) => readonly Gate[]
  readonly phase: (run: Run, ahead: () => Promise<void>) => Promise<number>
}

/** A brown-out of one migration: open from before the gates to the end of contract. */
export interface BrownOut {
  /** Whether it can be told what fails. */
  readonly gate: Gate
  /** Looks at how much fails anyway. */
  usual(): Promise<void>
  /** Runs the phase under watch, and brings the old shape back where somebody used it, or the watch ends before its time. */
  carryOut(under: Under): Promise<number>
  told(): BrownOutView
}

/** Gives the body a brown-out where one is asked for, and closes it whatever happens. */
export async function withBrownOut<T>(
  environment: Environment,
  run: Run,
  row: MigrationRow,
  options: Asked,
  body: (trial: BrownOut | null) => Promise<T>,
): Promise<T> {
  const milliseconds = await brownOutOf(environment, row, options)
  if (milliseconds === 0) return body(null)
  const session = await environment.session('watch')
  const names = oldNames(frozenPlan(row))
  let look = async (): Promise<Awaited<ReturnType<typeof intruderOf>>> => null
  let met: Seen | null = null
  const watch = openWatch({
    migration: row.name,
    dialect: run.dialect,
    session,
    names,
    milliseconds,
    countOnly: options.accept?.includes('other-failures') === true,
    intruders: async () => {
      // Somebody else may be at it.
      if (run.lease.lost !== null) throw run.lease.lost
      const found = await look()
      met = found?.seen ?? null
      return found?.reason ?? null
    },
    emit: run.emit,
    signal: environment.signal,
  })
  const told = (): BrownOutView => ({ seconds: milliseconds / 1000, looks: watch.looks, counted: watch.counted() })
  try {
    return await body({
      gate: await lookAhead(run, session, names),
      usual: watch.usual,
      told,
      carryOut: async (under) => {
        look = () => intruderOf(run, session, under)
        await recordStart(run.ledger, row, milliseconds)
        return carryOut(environment, run, row, under, { watch, told, met: () => met })
      },
    })
  } finally {
    await watch.stop()
    await session.close().catch(() => undefined)
  }
}

/** Who is connected and should not be: told, and kept in mind for the gate of the next contract. */
async function intruderOf(
  run: Run,
  session: Session,
  { looked, shut }: Under,
): Promise<{ readonly seen: Seen; readonly reason: string } | null> {
  const seen = { ...(await connectedNow(run.dialect, session)), looks: looked.seen.looks }
  const [closed] = shut([sessionsGate(looked.input, seen)])
  return closed === undefined ? null : { seen, reason: `sessions: ${closed.reason}` }
}

interface Watched {
  readonly watch: Watch
  readonly told: () => BrownOutView
  /** Who was connected and should not have been. */
  readonly met: () => Seen | null
}

async function carryOut(
  environment: Environment,
  run: Run,
  row: MigrationRow,
  { looked, guarded, phase }: Under,
  watched: Watched,
): Promise<number> {
  const { watch, told } = watched
  const { name } = row
  // The old version misses something from the first of them on.
  const [step] = await locksAhead(run, looked.input)
  const under: Run = {
    ...guarded,
    signal: watch.signal,
    emit: (event) => {
      if (event.kind === 'retry') watch.noteRetry()
      guarded.emit(event)
    },
    underLock: async (id) => {
      await guarded.underLock?.(id)
      if (id === step) await watch.begin()
    },
    forDdl: (body) => body(under),
  }
  try {
    if (step === undefined) await watch.begin()
    return await phase(under, async () => {
      await watch.over()
      throwIfAborted(environment.signal)
      if (run.lease.lost !== null) throw run.lease.lost
      if (watch.seen !== null) throw usedError(name, watch, told())
      await recordEnd(run.ledger, name, 'quiet', told())
    })
  } catch (error) {
    await watch.stop()
    await ended(environment, run, row, { ...watched, error })
    throw watch.seen === null ? error : usedError(name, watch, told())
  }
}

async function lookAhead(run: Run, session: Session, names: ReturnType<typeof oldNames>): Promise<Gate> {
  const blind = await run.dialect.brownOut.blind(session, names)
  if (blind === null) return gate('brown-out', 'ok', 'statements that fail for want of the old names can be seen')
  return gate(
    'brown-out',
    'unknown',
    `${blind.reason}: who fails while the old shape is hidden would not be seen`,
    blind.hint,
  )
}

function usedError(name: string, { seen }: Watch, told: BrownOutView): BellowsError {
  return gateClosed('brown-out.used', `${name}: the old shape was used while it was hidden, and is back: ${seen}`, {
    retryable: false,
    hint: told.counted.some(({ sure }) => sure)
      ? 'Find who still uses it, and try again when that is gone.'
      : 'Is an old version still running? Where these are failures of another kind, which the app bears, --accept other-failures only counts them.',
    details: { brownOut: told },
  })
}

interface Ended extends Watched {
  readonly error: unknown
}

/** The old shape comes back whatever ended the watch. A gate that closed under the first lock has its own way, with nothing hidden. */
async function ended(
  environment: Environment,
  run: Run,
  begun: MigrationRow,
  { watch, told, met, error }: Ended,
): Promise<void> {
  const { name } = begun
  const { seen } = watch
  const message = error instanceof Error ? error.message : String(error)
  if (!watch.begun && isBellowsError(error) && error.code === 'gate.closed') {
    await recordEnd(run.ledger, name, 'not-begun', { reason: message })
    return
  }
  const end: BrownOutEnd = seen === null ? 'stopped' : 'used'
  const reason = seen ?? message
  run.emit({ kind: 'brown-out', migration: name, doing: 'bringing back', secondsLeft: 0, reason })
  try {
    await bringBack(environment, run, begun, { end, reason, told: told(), met: met() })
  } catch (cause) {
    const hidden = notBack(name, reason, cause)
    // After a signal, that is what the command ends with.
    run.emit({ kind: 'warning', message: `${hidden.message}. ${hidden.hint}` })
    throw hidden
  }
  run.emit({ kind: 'notice', message: `${name}: the old shape is back` })
  await watch.count().catch(() => undefined)
}

/** With the exit code of what keeps it from coming back. */
function notBack(name: string, reason: string, cause: unknown): BellowsError {
  const known = isBellowsError(cause) ? cause : null
  const why = cause instanceof Error ? cause.message : String(cause)
  return new BellowsError({
    code: 'brown-out.hidden',
    message: `${name}: the old shape is still hidden: ${reason}; it could not be brought back: ${why}`,
    exitCode: known?.exitCode ?? exitCodes.internal,
    retryable: known?.retryable ?? false,
    hint: `Run migrate rollback ${name} at once.${known?.hint == null ? '' : ` ${known.hint}`}`,
    cause,
  })
}

interface Back {
  readonly end: BrownOutEnd
  readonly reason: string
  readonly told: BrownOutView
  readonly met: Seen | null
}

const tries = 30

/** On the sessions that are there; where these are gone, or another runner has taken the lease, on new ones. */
async function bringBack(environment: Environment, run: Run, begun: MigrationRow, back: Back): Promise<void> {
  // A stop was asked for: this is how it stops.
  const calm: Run = { ...run, signal: null, forDdl: (body) => body(calm) }
  for (let left = tries; ; left--) {
    try {
      return await goBack(environment, calm, begun, back)
    } catch (error) {
      if (!run.worker.alive || !run.observer.alive || run.lease.lost !== null) break
      // Somebody has the table: who asked for a trial did not ask to have it end so.
      const waits = isBellowsError(error) && error.exitCode === exitCodes.temporary
      if (left <= 1 || !waits) throw error
      await wait(1000, null)
    }
  }
  const { signal: _, ...options } = environment.options
  for (let left = tries; ; left--) {
    const fresh = openEnvironment(options)
    try {
      return await fresh.withLease('ddl', {}, (again) => goBack(fresh, again, begun, back))
    } catch (error) {
      if (left <= 1 || !isBellowsError(error) || !error.retryable) throw error
      await wait(1000, null)
    } finally {
      await fresh.close()
    }
  }
}

async function goBack(
  environment: Environment,
  run: Run,
  { name, generation }: MigrationRow,
  { end, reason, told, met }: Back,
): Promise<void> {
  const row = await reread(environment, name)
  // The watch was over, or another runner was here.
  if (row.generation !== generation || row.state === 'contracted') return
  if (row.state !== 'backfilled') await takeBack(environment, run, row, { reason, closedAgain: true })
  if (met !== null) await keepLook(run.ledger, name, met)
  await recordEnd(run.ledger, name, end, { reason, ...told })
}
