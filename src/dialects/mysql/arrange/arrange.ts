import { refused } from '../../../errors.ts'
import type { Change } from '../../../planner/change.ts'
import type { Arrange } from '../../../planner/plan.ts'
import { arrangeWith } from '../../shared/arrange.ts'
import type { Context } from '../../shared/context.ts'
import { arrangeAddColumn } from './add-column.ts'
import { arrangeAddIndex } from './add-index.ts'
import { arrangeCreateTable } from './create-table.ts'
import { arrangeDefault } from './default.ts'
import { arrangeDropColumn } from './drop-column.ts'
import { arrangeNullability } from './nullability.ts'
import { arrangeReplaceColumn } from './replace-column.ts'

const notYet = (_context: Context, change: Change): never => {
  throw refused('plan.not-yet', `this intent (${change.kind}) is not there yet on MySQL and MariaDB`, {
    hint: 'Nothing was changed.',
  })
}

/** Changes into steps. */
export const arrange: Arrange = arrangeWith({
  replaceColumn: arrangeReplaceColumn,
  addColumn: arrangeAddColumn,
  dropColumn: arrangeDropColumn,
  nullability: arrangeNullability,
  default: arrangeDefault,
  createTable: arrangeCreateTable,
  addIndex: arrangeAddIndex,
  rawSql: notYet,
})
