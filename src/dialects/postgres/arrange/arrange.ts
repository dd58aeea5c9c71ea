import type { Arrange } from '../../../planner/plan.ts'
import { arrangeWith } from '../../shared/arrange.ts'
import { arrangeAddCheck } from './add-check.ts'
import { arrangeAddColumn } from './add-column.ts'
import { arrangeAddForeignKey } from './add-foreign-key.ts'
import { arrangeAddIndex } from './add-index.ts'
import { arrangeAddUnique } from './add-unique.ts'
import { arrangeDefault, arrangeNullability } from './column-rules.ts'
import { arrangeComment } from './comment.ts'
import { arrangeCreateTable } from './create-table.ts'
import { arrangeDropColumn } from './drop-column.ts'
import { arrangeDropConstraint } from './drop-constraint.ts'
import { arrangeDropIndex } from './drop-index.ts'
import { arrangeRawSql } from './raw-sql.ts'
import { arrangeRegroupColumns } from './regroup-columns.ts'
import { arrangeRenameConstraint } from './rename-constraint.ts'
import { arrangeRenameIndex } from './rename-index.ts'
import { arrangeReplaceColumn } from './replace-column.ts'

/** Changes into steps. */
export const arrange: Arrange = arrangeWith({
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
