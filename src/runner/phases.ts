import type { LedgerState } from '../ledger/state.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import type { Plan } from '../planner/plan.ts'
import type { Phase } from '../planner/steps.ts'
import { executeUnit } from './execute-step.ts'
import type { Run } from './run.ts'

/** The states in and after each phase. */
export const phaseStates: Readonly<Record<Phase, { readonly during: LedgerState; readonly after: LedgerState }>> = {
  expand: { during: 'expanding', after: 'expanded' },
  backfill: { during: 'backfilling', after: 'backfilled' },
  contract: { during: 'contracting', after: 'contracted' },
  purge: { during: 'purging', after: 'completed' },
}

/** The phase that a state is in or has ahead of it; null once all is over. */
export function nextPhase(state: LedgerState): Phase | null {
  if (state === 'pending' || state === 'expanding') return 'expand'
  if (state === 'expanded' || state === 'backfilling') return 'backfill'
  if (state === 'backfilled' || state === 'contracting') return 'contract'
  if (state === 'contracted' || state === 'purging') return 'purge'
  return null
}

/** The frozen plan of a migration that has been expanded at least in part. */
export function frozenPlan(row: MigrationRow): Plan {
  if (row.plan === null) throw new TypeError(`${row.name} has no frozen plan`)
  return row.plan
}

/**
 * Carries one phase out, step by step, from wherever an earlier run left it.
 *
 * @param finish columns of the migration's row that are set together with its new state
 * @param ahead what comes after the last step, and before the phase is over
 * @returns how many steps were run
 */
export async function runPhase(
  run: Run,
  row: MigrationRow,
  phase: Phase,
  finish: Readonly<Record<string, unknown>> = {},
  ahead: () => Promise<void> = async () => undefined,
): Promise<number> {
  const plan = frozenPlan(row)
  const states = phaseStates[phase]
  const { ledger } = run
  const begun = Date.now()
  if (row.state !== states.during) {
    await run.worker.transaction(async () => {
      await run.lease.check()
      await ledger.setState(row.name, states.during)
      await ledger.startPhase(row.name, row.generation, phase)
    })
  }
  const done = await ledger.steps(row.name, row.generation, phase)
  const todo = plan.phases[phase].filter((step) => done.get(step.id) !== 'done')
  run.emit({ kind: 'phase-started', migration: row.name, phase, steps: todo.length })
  for (const step of todo) {
    await executeUnit(run, row, phase, step)
  }
  await ahead()
  await run.worker.transaction(async () => {
    await run.lease.check()
    await ledger.finishPhase(row.name, row.generation, phase)
    await ledger.setState(row.name, states.after, finish)
    await ledger.event(row.name, `${phase}-finished`, { steps: plan.phases[phase].length })
  })
  run.emit({ kind: 'phase-finished', migration: row.name, phase, milliseconds: Date.now() - begun })
  return todo.length
}
