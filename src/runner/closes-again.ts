import type { Plan } from '../planner/plan.ts'
import type { Action, Step } from '../planner/steps.ts'
import type { Gate } from './api.ts'
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

/** The step of contract that keeps the old shape's users away first; null when they are away, or there is none. */
export async function firstLock(
  { ledger, dialect, worker }: Pick<Run, 'ledger' | 'dialect' | 'worker'>,
  { row, plan }: Pick<GateInput, 'row' | 'plan'>,
): Promise<Step | null> {
  const first = lockingStep(plan)
  if (first === undefined) return null
  const done = await ledger.steps(row.name, row.generation, 'contract')
  if (done.get(first.id) === 'done') return null
  // Where no transaction holds DDL, a runner that died may have hidden it: that is ended, whoever is still there.
  const hides = first.actions.find((action) => action.do === 'renameColumns')
  const half = dialect.section !== null && done.has(first.id) && hides !== undefined
  return half && (await dialect.probe(worker, hides)) === 'done' ? null : first
}

/** The first that hides something; where none does, the first that keeps others out. */
function lockingStep({ phases }: Plan): Step | undefined {
  const locking = phases.contract.filter(({ actions }) => actions.some((action) => action.do === 'lockTables'))
  const hides = (action: Action): boolean =>
    action.do === 'renameColumns' || (action.do === 'sync' && action.mode === 'quarantine')
  return locking.find(({ actions }) => actions.some(hides)) ?? locking[0]
}

/** Is the old shape still used? What of the gates can change from one moment to the next. */
export async function useGates({ input, seen }: Looked): Promise<readonly Gate[]> {
  return [await legacyWritesGate(input), sessionsGate(input, seen)]
}

/**
 * A client that came back between the gates and the lock must not slip through: once the lock is had, and nobody can come any more, its
 * traces are looked at once again. Sessions are asked for on the other session: this one may see what it saw when its transaction
 * began (PostgreSQL), or only what it has locked (MySQL, MariaDB).
 *
 * @param judge throws what closes contract; is told who was there
 */
export async function closesAgain(
  run: Run,
  looked: Looked,
  judge: (gates: readonly Gate[], seen: Seen) => void,
): Promise<Run> {
  const step = await firstLock(run, looked.input)
  if (step === null) return run
  const underLock = async (id: string): Promise<void> => {
    if (id !== step.id) return
    const seen = { ...(await connectedNow(run.dialect, run.observer)), looks: looked.seen.looks }
    const asked = useGates({ input: looked.input, seen })
    // The triggers of a table that only others' shapes are written beside lock no counters: then these are not locked at all.
    const elsewhere = { input: { ...looked.input, session: run.observer }, seen }
    judge(await (run.dialect.section === null ? asked : asked.catch(() => useGates(elsewhere))), seen)
  }
  const again: Run = { ...run, underLock, forDdl: (body) => body(again) }
  return again
}
