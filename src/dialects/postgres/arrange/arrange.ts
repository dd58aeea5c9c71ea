import type { Change } from '../../../planner/change.ts'
import type { Arrange } from '../../../planner/plan.ts'
import { arrangeWith } from '../../shared/arrange.ts'
import { arrangeAddColumn } from './add-column.ts'
import { arrangeAddIndex } from './add-index.ts'
import { arrangeDefault, arrangeNullability } from './column-rules.ts'
import { arrangeCreateTable } from './create-table.ts'
import { arrangeDropColumn } from './drop-column.ts'
import { arrangeRawSql } from './raw-sql.ts'
import { arrangeReplaceColumn } from './replace-column.ts'

/** Changes into steps. An index comes after the columns that the same migration makes, wherever it is said. */
export const arrange: Arrange = (input) => arrangeInOrder({ ...input, changes: indexesLast(input.changes) })

const indexesLast = (changes: readonly Change[]): readonly Change[] => [
  ...changes.filter(({ kind }) => kind !== 'addIndex'),
  ...changes.filter(({ kind }) => kind === 'addIndex'),
]

const arrangeInOrder: Arrange = arrangeWith({
  replaceColumn: arrangeReplaceColumn,
  addColumn: arrangeAddColumn,
  dropColumn: arrangeDropColumn,
  nullability: arrangeNullability,
  default: arrangeDefault,
  createTable: arrangeCreateTable,
  addIndex: arrangeAddIndex,
  rawSql: arrangeRawSql,
})
