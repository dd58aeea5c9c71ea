import type { Table } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Hazard } from '../../planner/hazards/hazard.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Action, Phase } from '../../planner/steps.ts'

/** What those see of a plan who take the rows of a table elsewhere. */
export interface Seen {
  /** In words, phase by phase. */
  readonly text: string
  /** The columns that it has for a while or from then on, and has not now. */
  readonly columns: readonly string[]
}

/** Null where they see nothing of it. */
export function seenOf(plan: Plan, table: Table): Seen | null {
  const shown = showTable(table)
  const of = (phase: Phase): readonly Action[] =>
    plan.phases[phase].flatMap(({ actions }) =>
      actions.filter((action) => 'table' in action && showTable(action.table) === shown),
    )
  const come = of('expand').flatMap((action) => (action.do === 'addColumn' ? [action.column.name] : []))
  const filled = of('backfill').some((action) => action.do === 'backfill')
  const renames = of('contract').flatMap((action) =>
    action.do === 'renameColumn' ? [action] : action.do === 'renameColumns' ? action.renames : [],
  )
  const go = [...of('contract'), ...of('purge')].flatMap((action) =>
    action.do === 'dropColumn' ? [action.column] : [],
  )
  const parts = [
    ...(come.length === 0 ? [] : [`from expand on ${come.join(', ')}`]),
    ...(filled ? [`each row once more that the backfill fills (of about ${Math.round(table.rows)})`] : []),
    ...(renames.length === 0
      ? []
      : [`other names from contract on (${renames.map(({ from, to }) => `${from} -> ${to}`).join(', ')})`]),
    ...(go.length === 0 ? [] : [`no ${go.join(', ')} any more in the end`]),
  ]
  if (parts.length === 0) return null
  const known = new Set([...table.columns.map(({ name }) => name), ...come])
  const columns = [...come, ...renames.map(({ to }) => to).filter((name) => !known.has(name))]
  return { text: parts.join('; '), columns: [...new Set(columns)] }
}

/** A hazard of what was seen on the server. */
export const live = (code: string, severity: Hazard['severity'], message: string, hint: string): Hazard => ({
  code,
  severity,
  statement: null,
  message,
  hint,
  docs: `docs/hazards.md#${code}`,
})

/** The tables of a plan that are there. */
export function tablesThere(plan: Plan, tables: readonly Table[]): readonly Table[] {
  const named = new Set(
    Object.values(plan.phases).flatMap((steps) => steps.flatMap((step) => step.tables.map(showTable))),
  )
  return tables.filter((table) => named.has(showTable(table)))
}
