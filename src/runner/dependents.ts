import type { Catalog } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Plan } from '../planner/plan.ts'
import type { Gate } from './api.ts'

/**
 * What names the old shape and would not follow at contract. Names that are exchanged follow by themselves, but for text:
 * bodies of functions are only text to the server.
 */
export function dependentsGate(plan: Plan, catalog: Catalog): Gate {
  const carried = new Set(
    plan.phases.contract.flatMap((step) =>
      step.actions.flatMap((action) =>
        action.do === 'createView' ? [`${action.view.schema}.${action.view.name}`] : [],
      ),
    ),
  )
  const blocking = plan.lenses.flatMap((lens) => {
    if (lens.kind === 'fill' && lens.side !== 'old') return []
    const table = catalog.tables.find((found) => found.schema === lens.table.schema && found.name === lens.table.name)
    const olds = lens.kind === 'row' ? lens.old : [lens.column]
    const follows = lens.kind === 'row' && lens.identity
    return (table?.dependents ?? [])
      .filter((dependent) => dependent.columns.some((column) => olds.some((old) => old.expanded === column)))
      .filter((dependent) => (follows ? dependent.textual : !carried.has(dependent.name)))
      .map(
        (dependent) =>
          `${dependent.kind} ${dependent.name} names ${showTable(lens.table)}.${olds.map(({ name }) => name).join(', ')}${dependent.textual ? ' in its text' : ''}`,
      )
  })
  if (blocking.length === 0) {
    return {
      name: 'dependents',
      status: 'ok',
      reason: 'nothing else names the old shape',
      hint: null,
      retryAfterSeconds: null,
    }
  }
  return {
    name: 'dependents',
    status: 'failed',
    reason: [...new Set(blocking)].join('; '),
    hint: 'Make them use the new shape (both work now), or say --force-gate dependents --reason when the text means something else.',
    retryAfterSeconds: null,
  }
}
