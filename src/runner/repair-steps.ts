import { usageError } from '../errors.ts'
import type { MigrationRow, RecordedPhase, StepState } from '../ledger/tables.ts'
import { phases, type Step } from '../planner/steps.ts'
import type { RepairResult } from './api.ts'
import type { Environment } from './open.ts'
import { isUnknown, type Raw, rawOf, undoId } from './raw-step.ts'
import { reread } from './select.ts'
import type { RepairOptions } from './verbs/repair.ts'

type Finding = RepairResult['findings'][number]

interface Unknown {
  readonly phase: RecordedPhase
  readonly id: string
  readonly action: Raw
}

/** Which steps a person has spoken of. */
export const saidOf = (options: RepairOptions): readonly string[] => [
  ...(options.done ?? []),
  ...(options.undone ?? []),
]

/** Statements of an author's of which nobody knows whether they are done: what a person says of them is recorded. */
export async function repairSteps(
  environment: Environment,
  row: MigrationRow,
  options: RepairOptions,
): Promise<readonly Finding[]> {
  if (options.dryRun === true || saidOf(options).length === 0)
    return (await unknownOf(environment, row)).map((each) => finding(row.name, each, options))
  // Whoever runs such a step holds one of the two: it may have ended while we waited. Taken in the order of a backfill.
  return environment.withLease(`data:${row.name}`, {}, (held) =>
    held.forDdl(async (run) => {
      const now = await reread(environment, row.name)
      const all = await unknownOf(environment, now)
      refuseStray(now.name, all, options)
      await run.worker.transaction(async () => {
        await run.lease.check()
        for (const { phase, id } of all) {
          const state = saidState(id, options)
          if (state === null) continue
          await run.ledger.settleStep(now.name, now.generation, phase, id, state)
          await run.ledger.event(now.name, 'repaired', { step: id, phase, state })
        }
      })
      return all.map((each) => finding(now.name, each, options))
    }),
  )
}

/** Those of a migration; none of one that is not on its way. */
export async function unknownOf(environment: Environment, row: MigrationRow | null): Promise<readonly Unknown[]> {
  if (row?.plan == null || row.state === 'pending' || row.state === 'completed') return []
  const ledger = await environment.ledger()
  const isOpen = (action: Raw | null, transaction: boolean, state: StepState | undefined): action is Raw =>
    action !== null && !transaction && isUnknown(action, state)
  const found: Unknown[] = []
  for (const phase of phases) {
    const states = await ledger.steps(row.name, row.generation, phase)
    for (const step of row.plan.phases[phase]) {
      const action = rawOf(step)
      if (isOpen(action, step.transaction, states.get(step.id))) found.push({ phase, id: step.id, action })
    }
  }
  const taken = await ledger.steps(row.name, row.generation, 'rollback')
  const steps: readonly Step[] = Object.values(row.plan.phases).flat()
  for (const step of steps) {
    for (const [index, part] of step.undo.entries()) {
      const id = undoId(step, index)
      const action = rawOf(part)
      if (isOpen(action, part.transaction, taken.get(id))) found.push({ phase: 'rollback', id, action })
    }
  }
  return found
}

/** @throws BellowsError exit 2 for a step that is spoken of and not in doubt, and for one that is said to be both. */
export function refuseStray(migration: string, all: readonly Unknown[], options: RepairOptions): void {
  const both = options.done?.find((id) => options.undone?.includes(id))
  if (both !== undefined)
    throw usageError('repair.step', `${both} of ${migration} is said to be done, and not to be done`, {
      hint: 'Look, and say one of the two.',
    })
  const stray = saidOf(options).find((id) => !all.some((each) => each.id === id))
  if (stray === undefined) return
  throw usageError('repair.step', `${migration} has no step ${stray} of which it is not known whether it is done`, {
    hint: all.length === 0 ? 'It has none at all.' : `It has: ${all.map(({ id }) => id).join(', ')}.`,
  })
}

function saidState(id: string, { done, undone }: RepairOptions): 'done' | 'todo' | null {
  if (done?.includes(id) === true) return 'done'
  return undone?.includes(id) === true ? 'todo' : null
}

function finding(migration: string, { id, action }: Unknown, options: RepairOptions): Finding {
  const problem = `${id} of ${migration} was begun, and nobody knows whether it is done: ${action.sql}`
  const state = saidState(id, options)
  if (state === null) {
    const hint = `look, then say: migrate repair ${migration} --done ${id}, or --undone ${id}`
    return { problem, action: hint, done: false }
  }
  const told = state === 'done' ? 'record that it is done' : 'record that it is not done, so that it runs again'
  return { problem, action: told, done: options.dryRun !== true }
}
