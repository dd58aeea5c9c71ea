import type { Catalog } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Plan } from '../planner/plan.ts'
import type { Gate } from './api.ts'

/** Are the columns that the plan stands on still there? Somebody may have changed the table beside us. */
export function missingObjects(
  plan: Plan,
  catalog: Catalog,
  contracted = false,
): readonly { readonly name: string; readonly problem: string }[] {
  return plan.lenses.flatMap((lens) => {
    const table = catalog.tables.find((found) => found.schema === lens.table.schema && found.name === lens.table.name)
    if (table === undefined) return [{ name: showTable(lens.table), problem: 'the table is gone' }]
    const ends = lens.kind === 'row' ? [...lens.old, ...lens.new] : [lens.column]
    return ends.flatMap((end) => {
      const name = contracted ? end.contracted : end.expanded
      const column = table.columns.find((found) => found.name === name)
      if (column === undefined) return [{ name: `${showTable(table)}.${name}`, problem: 'the column is gone' }]
      return []
    })
  })
}

/** The gate: everything that the plan stands on is as it was left. */
export function objectsGate(plan: Plan, catalog: Catalog): Gate {
  const missing = missingObjects(plan, catalog)
  if (missing.length === 0)
    return {
      name: 'objects',
      status: 'ok',
      reason: 'the objects are as they were left',
      hint: null,
      retryAfterSeconds: null,
    }
  return {
    name: 'objects',
    status: 'failed',
    reason: missing.map(({ name, problem }) => `${name}: ${problem}`).join('; '),
    hint: 'Somebody changed the table beside the migration. Restore it, then try again.',
    retryAfterSeconds: null,
  }
}
