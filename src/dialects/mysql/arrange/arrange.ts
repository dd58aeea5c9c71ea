import { refused } from '../../../errors.ts'
import type { Arrange, Arranged } from '../../../planner/plan.ts'
import type { Context } from '../../shared/context.ts'
import { arrangeRename } from './rename-column.ts'

/** Changes into steps. Pure: it knows the catalog it is given and nothing else. */
export const arrange: Arrange = ({ migration, changes, catalog }): Arranged => {
  const context: Context = {
    migration,
    catalog,
    phases: { expand: [], backfill: [], contract: [], purge: [] },
    lenses: [],
    hazards: [],
  }
  for (const change of changes) {
    if (change.kind !== 'replaceColumn' || !change.identity) {
      throw refused('plan.not-yet', `this intent is not there yet on MySQL and MariaDB: only renameColumn is`, {
        hint: 'Nothing was changed.',
      })
    }
    arrangeRename(context, change)
  }
  return { phases: context.phases, lenses: context.lenses, hazards: context.hazards }
}
