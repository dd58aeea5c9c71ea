import type { ActiveLens, Dialect } from '../dialects/dialect.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { Catalog } from '../planner/catalog.ts'
import type { Plan } from '../planner/plan.ts'
import { type Phase, phases, type Step } from '../planner/steps.ts'
import { withMode } from './active-lenses.ts'
import type { PlanView, StepView } from './api.ts'
import { compileUnit } from './execute-step.ts'
import { pointsOfNoReturn } from './no-return.ts'
import { rawOf } from './raw-step.ts'

/** A plan as people and programs read it: what compile returns is what is shown, and what is run. */
export function planView(
  dialect: Dialect,
  plan: Plan,
  state: LedgerState,
  stateSchema: string,
  active: readonly ActiveLens[],
  catalog: Catalog | null,
): PlanView {
  let current = active
  const views = {} as Record<Phase, StepView[]>
  for (const phase of phases) {
    views[phase] = plan.phases[phase].map((step) => {
      const view = stepView(dialect, step, stateSchema, current)
      for (const action of step.actions) if (action.do === 'sync') current = withMode(current, action.lens, action.mode)
      return view
    })
  }
  const names = new Set(
    Object.values(plan.phases).flatMap((steps) =>
      steps.flatMap((step) => step.tables.map((table) => `${table.schema}.${table.name}`)),
    ),
  )
  return {
    name: plan.migration,
    checksum: plan.checksum,
    state,
    phases: views,
    hazards: plan.hazards,
    tables: (catalog?.tables ?? [])
      .filter((table) => names.has(`${table.schema}.${table.name}`))
      .map((table) => ({ name: `${table.schema}.${table.name}`, rows: table.rows, bytes: table.bytes })),
    newVersionReady: readyState(plan),
    pointsOfNoReturn: pointsOfNoReturn(plan, state),
  }
}

function stepView(dialect: Dialect, step: Step, stateSchema: string, active: readonly ActiveLens[]): StepView {
  const statements = compileUnit({ dialect }, { stateSchema, active }, step.actions)
  const weaker = statements.flatMap(({ sql, otherwise }) =>
    otherwise === undefined ? [] : [{ of: sql, statements: otherwise }],
  )
  const probe = step.transaction ? undefined : rawOf(step)?.probe
  const locks = new Map(
    statements.flatMap((statement) => statement.locks.map((lock) => [`${lock.relation} ${lock.mode}`, lock])),
  )
  return {
    id: step.id,
    kind: step.kind,
    description: step.description,
    statements: statements.map(({ sql }) => sql),
    ...(probe === undefined ? {} : { probe }),
    ...(weaker.length === 0 ? {} : { otherwise: weaker }),
    transaction: step.transaction && (dialect.section === null || rawOf(step) !== null),
    locks: [...locks.values()],
    rewrites: statements.some((statement) => statement.rewrites),
    scans: statements.some((statement) => statement.scans),
    reversible: step.reversible,
  }
}

/** One name: the new type is there at contract. A unique index of the new shape: after the backfill. Else after expand. */
function readyState(plan: Plan): PlanView['newVersionReady'] {
  if (plan.lenses.some((lens) => lens.kind === 'row' && lens.sameName)) return 'contracted'
  if (plan.lenses.some((lens) => lens.kind === 'row') || plan.phases.backfill.length > 0) return 'backfilled'
  return 'expanded'
}
