import type { z } from 'zod'
import type { AddCheckParameters } from './add-check.ts'
import { addCheckKind } from './add-check.ts'
import type { AddColumnParameters } from './add-column.ts'
import { addColumnKind } from './add-column.ts'
import type { AddForeignKeyParameters } from './add-foreign-key.ts'
import { addForeignKeyKind } from './add-foreign-key.ts'
import type { AddIndexParameters } from './add-index.ts'
import { addIndexKind } from './add-index.ts'
import type { AddUniqueParameters } from './add-unique.ts'
import { addUniqueKind } from './add-unique.ts'
import type { ChangeType } from './change-type.ts'
import { changeTypeKind } from './change-type.ts'
import type { CreateTableParameters } from './create-table.ts'
import { createTableKind } from './create-table.ts'
import type { DropColumnParameters } from './drop-column.ts'
import { dropColumnKind } from './drop-column.ts'
import type { DropConstraint } from './drop-constraint.ts'
import { dropConstraintKind } from './drop-constraint.ts'
import type { DropDefault } from './drop-default.ts'
import { dropDefaultKind } from './drop-default.ts'
import type { DropIndex } from './drop-index.ts'
import { dropIndexKind } from './drop-index.ts'
import type { DropNotNull } from './drop-not-null.ts'
import { dropNotNullKind } from './drop-not-null.ts'
import type { IntentKind } from './intent.ts'
import type { MergeColumns } from './merge-columns.ts'
import { mergeColumnsKind } from './merge-columns.ts'
import type { RawSqlParameters } from './raw-sql.ts'
import { rawSqlKind } from './raw-sql.ts'
import type { RenameColumn } from './rename-column.ts'
import { renameColumnKind } from './rename-column.ts'
import type { RenameConstraint } from './rename-constraint.ts'
import { renameConstraintKind } from './rename-constraint.ts'
import type { RenameIndex } from './rename-index.ts'
import { renameIndexKind } from './rename-index.ts'
import type { SetComment } from './set-comment.ts'
import { setCommentKind } from './set-comment.ts'
import type { SetDefault } from './set-default.ts'
import { setDefaultKind } from './set-default.ts'
import type { SetNotNull } from './set-not-null.ts'
import { setNotNullKind } from './set-not-null.ts'
import type { SplitColumn } from './split-column.ts'
import { splitColumnKind } from './split-column.ts'

/** The parameters of every intent, by its key in a migration file. */
export interface IntentParameters {
  renameColumn: RenameColumn
  changeType: ChangeType
  addColumn: AddColumnParameters
  dropColumn: DropColumnParameters
  splitColumn: SplitColumn
  mergeColumns: MergeColumns
  setNotNull: SetNotNull
  dropNotNull: DropNotNull
  setDefault: SetDefault
  dropDefault: DropDefault
  createTable: CreateTableParameters
  addIndex: AddIndexParameters
  addCheck: AddCheckParameters
  addForeignKey: AddForeignKeyParameters
  addUnique: AddUniqueParameters
  dropIndex: DropIndex
  renameIndex: RenameIndex
  dropConstraint: DropConstraint
  renameConstraint: RenameConstraint
  setComment: SetComment
  rawSql: RawSqlParameters
}

/** The name of an intent. */
export type IntentName = keyof IntentParameters

/** One declared change: an object with one key, the intent's name. */
export type Intent = { [Name in IntentName]: { readonly [Key in Name]: IntentParameters[Name] } }[IntentName]

/** The one list: to add an intent, write its file and add a line here. */
export const intentKinds: { readonly [Name in IntentName]: IntentKind<Name, IntentParameters[Name]> } = {
  renameColumn: renameColumnKind,
  changeType: changeTypeKind,
  addColumn: addColumnKind,
  dropColumn: dropColumnKind,
  splitColumn: splitColumnKind,
  mergeColumns: mergeColumnsKind,
  setNotNull: setNotNullKind,
  dropNotNull: dropNotNullKind,
  setDefault: setDefaultKind,
  dropDefault: dropDefaultKind,
  createTable: createTableKind,
  addIndex: addIndexKind,
  addCheck: addCheckKind,
  addForeignKey: addForeignKeyKind,
  addUnique: addUniqueKind,
  dropIndex: dropIndexKind,
  renameIndex: renameIndexKind,
  dropConstraint: dropConstraintKind,
  renameConstraint: renameConstraintKind,
  setComment: setCommentKind,
  rawSql: rawSqlKind,
}

/** The names of all intents, in the order of the documentation. */
export const intentNames: readonly IntentName[] = Object.keys(intentKinds) as IntentName[]

/** The kind of an intent and its parameters, without their types tied: for code that treats all alike. */
export function kindOf(intent: Intent): {
  readonly kind: IntentKind<IntentName, unknown>
  readonly parameters: unknown
} {
  const [entry] = Object.entries(intent)
  if (entry === undefined) throw new TypeError('an intent has one key')
  return { kind: intentKinds[entry[0] as IntentName] as IntentKind<IntentName, unknown>, parameters: entry[1] }
}

/** The zod schemas of all intents, by name. */
export function intentSchemas(): Readonly<Record<IntentName, z.ZodType>> {
  return Object.fromEntries(intentNames.map((name) => [name, intentKinds[name].schema])) as Record<
    IntentName,
    z.ZodType
  >
}
