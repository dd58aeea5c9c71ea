import type { Arrange } from '../../../planner/plan.ts'
import { arrangeWith } from '../../shared/arrange.ts'
import { arrangeAddCheck } from './add-check.ts'
import { arrangeAddColumn } from './add-column.ts'
import { arrangeAddForeignKey } from './add-foreign-key.ts'
import { arrangeAddIndex } from './add-index.ts'
import { arrangeAddUnique } from './add-unique.ts'
import { arrangeComment } from './comment.ts'
import { arrangeCreateTable } from './create-table.ts'
import { arrangeDefault } from './default.ts'
import { arrangeDropColumn } from './drop-column.ts'
import { arrangeDropConstraint, arrangeRenameConstraint } from './drop-constraint.ts'
import { arrangeDropIndex } from './drop-index.ts'
import { arrangeNullability } from './nullability.ts'
import { arrangeRawSql } from './raw-sql.ts'
import { readBeforeWrite } from './read-before-write.ts'
import { refuseReads } from './refuse-reads.ts'
import { arrangeRegroupColumns } from './regroup-columns.ts'
import { arrangeRenameIndex } from './rename-index.ts'
import { arrangeReplaceColumn } from './replace-column.ts'

/** Changes into steps, and what a change of a table may do to those who read it. */
export const arrange: Arrange = (input) => {
  const arranged = arrangeEach(input)
  refuseReads(arranged.lenses)
  return { ...arranged, hazards: [...arranged.hazards, ...readBeforeWrite(arranged.phases)] }
}

const arrangeEach: Arrange = arrangeWith({
  replaceColumn: arrangeReplaceColumn,
  regroupColumns: arrangeRegroupColumns,
  addColumn: arrangeAddColumn,
  dropColumn: arrangeDropColumn,
  nullability: arrangeNullability,
  default: arrangeDefault,
  comment: arrangeComment,
  createTable: arrangeCreateTable,
  addIndex: arrangeAddIndex,
  addCheck: arrangeAddCheck,
  addForeignKey: arrangeAddForeignKey,
  addUnique: arrangeAddUnique,
  dropIndex: arrangeDropIndex,
  renameIndex: arrangeRenameIndex,
  dropConstraint: arrangeDropConstraint,
  renameConstraint: arrangeRenameConstraint,
  rawSql: arrangeRawSql,
})
