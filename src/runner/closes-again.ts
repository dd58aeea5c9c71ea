import { showTable } from '../planner/change.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action, Step } from '../planner/steps.ts'
import type { Gate } from './api.ts'
import { heartbeatsGate, readHeard } from './gates/heartbeats.ts'
import { legacyWritesGate } from './gates/legacy-writes.ts'
import { connectedNow, type Seen } from './gates/looks.ts'
import { sessionsGate } from './gates/sessions.ts'
import type { GateInput } from './gates.ts'
import type { Run } from './run.ts'

/** What the gates go by, and what is known of the sessions. */
export interface Looked {
  readonly input: GateInput
  readonly seen: Seen
}

/** The steps of contract that keep the old shape's users of a table away, and are still to come; none when all are away. */
export async function locksAhead(
  { ledger, dialect, worker }: Pick<Run, 'ledger' | 'dialect' | 'worker'>,
  { row, plan }: Pick<GateInput, 'row' | 'plan'>,
): Promise<ReadonlySet<string>> {
  const done = await ledger.steps(row.name, row.generation, 'contract')
  const ahead = new Set<string>()
  for (const { id, actions } of lockingSteps(plan)) {
    if (done.get(id) === 'done') continue
    // Where no transaction holds DDL, a runner that died may have hidden it: that is ended, whoever is still there.
    const hides = actions.find((action) => action.do === 'renameColumns')
    const half = dialect.section !== null && done.has(id) && hides !== undefined
    if (!half || (await dialect.probe(worker, hides)) !== 'done') ahead.add(id)
  }
  return ahead
}

/** Is there nothing yet that the old version could miss? */
export async function isAllThere(run: Run, input: GateInput): Promise<boolean> {
  const ahead = await locksAhead(run, input)
  return lockingSteps(input.plan).every(({ id }) => ahead.has(id))
}

/** Those that hide something; where none does, the first of each table that keeps others out. */
function lockingSteps({ phases }: Plan): readonly Step[] {
  const locking = phases.contract.filter(({ actions }) => actions.some((action) => action.do === 'lockTables'))
  const hides = (action: Action): boolean =>
    action.do === 'renameColumns' || (action.do === 'sync' && action.mode === 'quarantine')
  const hiding = locking.filter(({ actions }) => actions.some(hides))
  if (hiding.length > 0) return hiding
  const tablesOf = ({ tables }: Step): string => tables.map(showTable).join()
  return locking.filter((step, at) => locking.findIndex((other) => tablesOf(other) === tablesOf(step)) === at)
}

/** Is the old shape still used? What of the gates can change from one moment to the next. */
export async function useGates({ input, seen }: Looked): Promise<readonly Gate[]> {
  return [await legacyWritesGate(input), sessionsGate(input, seen), heartbeatsGate(input, seen.now).gate]
}

/**
 * A client that came back between the gates and the lock must not slip through: once the lock of a table is had, and nobody can come to
 * it any more, its traces are looked at once again. Sessions are asked for on the other session: this one may see what it saw when its
 * transaction began (PostgreSQL), or only what it has locked (MySQL, MariaDB).
 *
 * @param judge throws what closes contract; is told who was there
 */
export async function closesAgain(
  run: Run,
  looked: Looked,
  judge: (gates: readonly Gate[], seen: Seen) => void,
): Promise<Run> {
  const ahead = await locksAhead(run, looked.input)
  if (ahead.size === 0) return run
  const underLock = async (id: string): Promise<void> => {
    if (!ahead.has(id)) return
    const seen = { ...(await connectedNow(run.dialect, run.observer)), looks: looked.seen.looks }
    const fenced = sinceTheFence(looked.input)
    const { quietPeriod, requireGate } = fenced
    const hear = requireGate.includes('heartbeats')
      ? { heard: await readHeard(run.dialect, run.observer, run.stateSchema, quietPeriod) }
      : {}
    const input = { ...fenced, ...hear }
    const asked = useGates({ input, seen })
    // The triggers of a table that only others' shapes are written beside lock no counters: then these are not locked at all.
    const elsewhere = { input: { ...input, session: run.observer }, seen }
    judge(await (run.dialect.section === null ? asked : asked.catch(() => useGates(elsewhere))), seen)
  }
  const again: Run = { ...run, underLock, forDdl: (body) => body(again) }
  return again
}

/** Writes are told in whole seconds, and the last of whom was locked out may have been just before. */
const slack = 2000

/** Once the old version is locked out, whoever writes the old shape is another that nobody named, however long the quiet period is. */
function sinceTheFence(input: GateInput): GateInput {
  if (input.fencedSince === null) return input
  return { ...input, quietPeriod: Math.max(input.quietPeriod, Date.now() - input.fencedSince - slack) }
}
