import { refused } from '../../../errors.ts'
import type { Change } from '../../../planner/change.ts'
import type { Arrange, Arranged } from '../../../planner/plan.ts'
import type { Context } from '../../shared/context.ts'
import { arrangeAddColumn } from './add-column.ts'
import { arrangeAddIndex } from './add-index.ts'
import { arrangeCreateTable } from './create-table.ts'
import { arrangeDefault } from './default.ts'
import { arrangeDropColumn } from './drop-column.ts'
import { arrangeNullability } from './nullability.ts'
import { arrangeReplaceColumn } from './replace-column.ts'

/** Changes into steps. Pure: it knows the catalog it is given and nothing else. */
export const arrange: Arrange = ({ migration, changes, catalog }): Arranged => {
  const context: Context = {
    migration,
    catalog,
    phases: { expand: [], backfill: [], contract: [], purge: [] },
    lenses: [],
    hazards: [],
  }
  for (const change of changes) arrangeChange(context, change)
  return { phases: context.phases, lenses: context.lenses, hazards: context.hazards }
}

type Arranger<Kind extends Change['kind']> = (context: Context, change: Extract<Change, { kind: Kind }>) => void

const notYet = (_context: Context, change: Change): never => {
  throw refused('plan.not-yet', `this intent (${change.kind}) is not there yet on MySQL and MariaDB`, {
    hint: 'Nothing was changed.',
  })
}

const arrangers: { readonly [Kind in Change['kind']]: Arranger<Kind> } = {
  replaceColumn: arrangeReplaceColumn,
  addColumn: arrangeAddColumn,
  dropColumn: arrangeDropColumn,
  nullability: arrangeNullability,
  default: arrangeDefault,
  createTable: arrangeCreateTable,
  addIndex: arrangeAddIndex,
  rawSql: notYet,
}

function arrangeChange<Kind extends Change['kind']>(context: Context, change: Extract<Change, { kind: Kind }>): void {
  const arranger: Arranger<Kind> = arrangers[change.kind as Kind]
  arranger(context, change)
}
