import { refused } from '../../../errors.ts'
import type { Change } from '../../../planner/change.ts'
import type { Arrange, Arranged } from '../../../planner/plan.ts'
import type { Context } from './context.ts'
import { arrangeReplaceColumn } from './replace-column.ts'

/** Changes into steps. Pure: it knows the catalog it is given and nothing else. */
export const arrange: Arrange = ({ migration, changes, catalog }): Arranged => {
  const context: Context = {
    migration,
    catalog,
    phases: { expand: [], backfill: [], contract: [], purge: [] },
    lenses: [],
    hazards: [],
    created: new Set(),
  }
  for (const change of changes) arrangeChange(context, change)
  return { phases: context.phases, lenses: context.lenses, hazards: context.hazards }
}

function arrangeChange(context: Context, change: Change): void {
  switch (change.kind) {
    case 'replaceColumn':
      arrangeReplaceColumn(context, change)
      return
    default:
      throw refused('plan.unsupported', `${change.kind} is not there yet on PostgreSQL`)
  }
}
