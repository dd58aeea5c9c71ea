/**
 * What an intent asks for, in words that no engine is needed to understand. Intents make Changes, the dialect arranges
 * Changes into steps.
 */

/** A table as the migration names it: `name` or `schema.name`, resolved later against the catalog. */
export interface TableName {
  readonly schema: string | null
  readonly name: string
}

/** When a rule that the old version does not know starts to be enforced. */
export type Enforce = 'expand' | 'backfill' | 'contract'

/**
 * From when on a new column is seen by statements that do not list theirs, on MySQL and MariaDB, which have invisible columns. `auto`
 * is decided from the statements of both versions.
 */
export type Visible = 'expand' | 'backfilled' | 'contract' | 'auto'

/** A column of the new shape. `type` null means: that of the column it replaces. */
export interface NewColumn {
  readonly name: string
  readonly type: string | null
  readonly nullable: boolean | null
  readonly default: string | null
  readonly comment: string | null
}

/**
 * One column gives way to another. `sameName` is the form in which both versions see the old shape until contract.
 * An `identity` replacement (a rename) copies the value as it is.
 */
export interface ReplaceColumn {
  readonly kind: 'replaceColumn'
  readonly table: TableName
  readonly from: string
  readonly to: string
  readonly sameName: boolean
  readonly identity: boolean
  readonly type: string | null
  readonly up: string | null
  readonly down: string | null
  readonly onError: string | null
  /** Set by a later intent of the same migration on the new column; null leaves what the old column has. */
  readonly nullable: boolean | null
  readonly default: { readonly value: string | null } | null
  readonly visible: Visible
}

/** A column that only the new version knows. */
export interface AddColumn {
  readonly kind: 'addColumn'
  readonly table: TableName
  readonly column: NewColumn & { readonly type: string; readonly nullable: boolean }
  readonly up: string | null
  readonly onError: string | null
  readonly visible: Visible
}

/** A column that only the old version knows. */
export interface DropColumn {
  readonly kind: 'dropColumn'
  readonly table: TableName
  readonly column: string
  readonly down: string | null
  readonly onError: string | null
}

/** Some columns give way to others of the same row: one to several, or several to one. */
export interface RegroupColumns {
  readonly kind: 'regroupColumns'
  readonly table: TableName
  readonly from: readonly { readonly name: string; readonly down: string; readonly onError: string | null }[]
  readonly to: readonly {
    readonly name: string
    readonly type: string
    readonly up: string
    readonly onError: string | null
  }[]
  readonly visible: Visible
}

/** NOT NULL comes or goes. */
export interface Nullability {
  readonly kind: 'nullability'
  readonly table: TableName
  readonly column: string
  readonly nullable: boolean
  readonly up: string | null
  readonly onError: string | null
  readonly enforce: Enforce
}

/** The default of a column comes, changes or goes. */
export interface Default {
  readonly kind: 'default'
  readonly table: TableName
  readonly column: string
  readonly value: string | null
  readonly enforce: Enforce
}

/** What people read about a table or, where one is named, a column; null for nothing. */
export interface Comment {
  readonly kind: 'comment'
  readonly table: TableName
  readonly column: string | null
  readonly comment: string | null
}

/** A table of the new shape. */
export interface CreateTable {
  readonly kind: 'createTable'
  readonly table: TableName
  readonly columns: readonly (NewColumn & {
    readonly type: string
    readonly nullable: boolean
    readonly identity: boolean
  })[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly { readonly name: string | null; readonly columns: readonly string[] }[]
  readonly checks: readonly { readonly name: string | null; readonly expression: string }[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[]; readonly unique: boolean }[]
  readonly like: TableName | null
  readonly grants: readonly { readonly to: string; readonly privileges: readonly string[] }[]
}

/** A foreign key as an author writes it. */
export interface ForeignKey {
  readonly name: string | null
  readonly columns: readonly string[]
  readonly references: { readonly table: TableName; readonly columns: readonly string[] }
  readonly onDelete: string | null
  readonly onUpdate: string | null
}

/** An index of the new shape. Each key is a column or an expression. */
export interface AddIndex {
  readonly kind: 'addIndex'
  readonly table: TableName
  readonly name: string
  readonly keys: readonly ({ readonly column: string } | { readonly expression: string })[]
  readonly unique: boolean
  readonly method: string | null
  readonly where: string | null
  readonly include: readonly string[]
  readonly enforce: Enforce
}

/** A CHECK of the new shape. */
export interface AddCheck {
  readonly kind: 'addCheck'
  readonly table: TableName
  readonly name: string
  readonly expression: string
  readonly enforce: Enforce
}

/** A foreign key of the new shape, on a table that is there. */
export interface AddForeignKey extends Omit<ForeignKey, 'name'> {
  readonly kind: 'addForeignKey'
  readonly table: TableName
  readonly name: string
  /** PostgreSQL: when it is looked at, unless a transaction says otherwise; null: it is not deferrable. */
  readonly deferrable: 'immediate' | 'deferred' | null
  readonly enforce: Enforce
}

/** Columns that become unique. */
export interface AddUnique {
  readonly kind: 'addUnique'
  readonly table: TableName
  readonly name: string
  readonly columns: readonly string[]
  readonly nullsNotDistinct: boolean
  /** PostgreSQL: when it is looked at, unless a transaction says otherwise; null: it is not deferrable. */
  readonly deferrable: 'immediate' | 'deferred' | null
  readonly enforce: Enforce
}

/** An index that the new version does not need. */
export interface DropIndex {
  readonly kind: 'dropIndex'
  readonly table: TableName
  readonly name: string
}

/** An index under another name. */
export interface RenameIndex {
  readonly kind: 'renameIndex'
  readonly table: TableName
  readonly name: string
  readonly to: string
}

/** A rule that the new version does not keep. */
export interface DropConstraint {
  readonly kind: 'dropConstraint'
  readonly table: TableName
  readonly name: string
}

/** A constraint under another name. */
export interface RenameConstraint {
  readonly kind: 'renameConstraint'
  readonly table: TableName
  readonly name: string
  readonly to: string
}

/** Statements of the author's own. */
export interface RawSql {
  readonly kind: 'rawSql'
  readonly expand: string | null
  readonly backfill: string | null
  readonly contract: string | null
  readonly rollback: string | null
  /** A query for each that has one statement: is that done? */
  readonly probe: Readonly<Record<'expand' | 'backfill' | 'contract' | 'rollback', string | null>>
  readonly reason: string
}

/** The closed set of changes. */
export type Change =
  | ReplaceColumn
  | RegroupColumns
  | AddColumn
  | DropColumn
  | Nullability
  | Default
  | Comment
  | CreateTable
  | AddIndex
  | AddCheck
  | AddForeignKey
  | AddUnique
  | DropIndex
  | RenameIndex
  | DropConstraint
  | RenameConstraint
  | RawSql

/** Splits `schema.name`; a name that itself holds a dot is written `{ schema, name }` in a file. */
export function parseTableName(text: string): TableName {
  const dot = text.indexOf('.')
  return dot < 0 ? { schema: null, name: text } : { schema: text.slice(0, dot), name: text.slice(dot + 1) }
}

/** How a table name is shown to people. */
export function showTable(table: { readonly schema: string | null; readonly name: string }): string {
  return table.schema === null ? table.name : `${table.schema}.${table.name}`
}
