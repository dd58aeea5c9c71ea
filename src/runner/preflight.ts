import type { ActiveLens, Changed } from '../dialects/dialect.ts'
import { drift } from '../errors.ts'
import type { MigrationRow, RecordedPhase } from '../ledger/tables.ts'
import type { TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Plan } from '../planner/plan.ts'
import { phaseStates } from './phases.ts'
import type { Looking } from './run.ts'

/**
 * Before a phase of a migration: may we still do what it takes, and are the triggers on its tables as they were left?
 *
 * @param passed what the phase itself makes good, or does not depend on
 * @throws BellowsError exit 3 with what is missing, exit 6 with what was changed beside us
 */
export async function preflight(
  run: Looking,
  plan: Plan,
  { passed = [] }: { readonly passed?: readonly Changed['kind'][] } = {},
): Promise<void> {
  const tables = new Set(plan.lenses.map(({ table }) => showTable(table)))
  if (tables.size === 0) return
  const changed = await changedTriggers(run, (table) => tables.has(showTable(table)))
  // What came behind ours before expand was told then, and consented to.
  const known = plan.hazards.some(({ code }) => code === 'trigger-after-ours')
  const through = new Set<Changed['kind']>([...passed, ...(known ? (['theirs'] as const) : [])])
  const wrong = changed.filter(({ kind }) => !through.has(kind))
  if (wrong.length === 0) return
  throw drift('triggers.changed', wrong.map(say).join('; '), {
    hint: wrong.every(({ kind }) => kind === 'theirs')
      ? 'Rename that trigger so that it sorts before ours; then migrate verify names rows that differ.'
      : 'Rows that were written meanwhile may differ between the shapes. migrate repair makes our triggers anew, behind yours and as the account that runs it; then migrate verify names such rows.',
  })
}

/** What is wrong with a trigger, as a sentence. */
export const say = ({ object, table, problem }: Changed): string => `${object} on ${showTable(table)} ${problem}`

/** The triggers of ours on some tables that are not as they were left; none on a table on which a step is half done, and will be ended. */
export async function changedTriggers(run: Looking, wanted: (table: TableRef) => boolean): Promise<readonly Changed[]> {
  const { dialect, worker, ledger, stateSchema } = run
  const halfDone = await tablesInWork(run)
  const looked = ({ lens }: ActiveLens): boolean => wanted(lens.table) && !halfDone.has(showTable(lens.table))
  return dialect.preflight(worker, { stateSchema, active: (await ledger.active()).filter(looked) })
}

async function tablesInWork({ ledger }: Looking): Promise<ReadonlySet<string>> {
  const tables = new Set<string>()
  for (const row of await ledger.migrations()) {
    const phase = phaseOf(row)
    if (phase === null || row.plan === null) continue
    const all = Object.values(row.plan.phases).flat()
    for (const [id, state] of await ledger.steps(row.name, row.generation, phase)) {
      const step = state === 'done' ? undefined : all.find((each) => each.id === id.replace(/~undo\.\d+$/, ''))
      for (const action of step?.actions ?? []) if (action.do === 'sync') tables.add(showTable(action.table))
    }
  }
  return tables
}

/** The phase in whose middle a migration is. */
function phaseOf({ state }: MigrationRow): RecordedPhase | null {
  if (state === 'rolling-back') return 'rollback'
  const found = Object.entries(phaseStates).find(([, { during }]) => during === state)
  return (found?.[0] as RecordedPhase | undefined) ?? null
}
