/** Whose SQL it is. MariaDB is read as MySQL is; what it does may differ. */
export type Engine = 'postgres' | 'mysql' | 'mariadb'

/** A column as a statement declares it. */
export interface NewColumn {
  readonly name: string
  /** Without length, in the engine's short word: `int4`, `varchar`. */
  readonly type: string
  readonly nullable: boolean
  /** What rows that are there get: nothing, one value for all of them, or one worked out for each. */
  readonly fill: 'none' | 'constant' | 'each'
  readonly made: 'no' | 'identity' | 'stored' | 'virtual'
  readonly check: boolean
  readonly unique: boolean
  readonly primary: boolean
  readonly references: string | null
}

/** A rule of a table as a statement declares it. */
export interface NewConstraint {
  readonly kind: 'check' | 'foreign key' | 'unique' | 'primary key' | 'exclusion' | 'not null'
  readonly name: string | null
  /** Rows that are there are not looked at. */
  readonly notValid: boolean
  /** Made from an index that is there. */
  readonly usingIndex: boolean
  readonly references: string | null
  /** Columns that are not NULL in every row for which it holds. */
  readonly proves: readonly string[]
}

/**
 * One thing that a statement does, in words that the engines share: what the readers of the dialects find, and the rules look at.
 * Tables are named as they are written, in the engine's case.
 */
export type Operation =
  | {
      readonly do: 'createTable'
      readonly table: string
      readonly columns: readonly NewColumn[]
      readonly constraints: readonly NewConstraint[]
      readonly partitionOf: string | null
    }
  | { readonly do: 'dropTable'; readonly table: string; readonly cascade: boolean }
  | { readonly do: 'dropSchema'; readonly name: string; readonly cascade: boolean; readonly what: string }
  | { readonly do: 'dropOther'; readonly name: string; readonly cascade: boolean; readonly what: string }
  | { readonly do: 'renameTable'; readonly table: string; readonly to: string }
  | { readonly do: 'renameSchema'; readonly name: string; readonly to: string }
  | { readonly do: 'addColumn'; readonly table: string; readonly column: NewColumn }
  | { readonly do: 'dropColumn'; readonly table: string; readonly column: string; readonly cascade: boolean }
  | { readonly do: 'renameColumn'; readonly table: string; readonly column: string; readonly to: string }
  | { readonly do: 'changeType'; readonly table: string; readonly column: string; readonly type: string }
  | { readonly do: 'setNotNull'; readonly table: string; readonly column: string }
  | { readonly do: 'dropNotNull'; readonly table: string; readonly column: string }
  | { readonly do: 'setDefault'; readonly table: string; readonly column: string }
  | { readonly do: 'dropDefault'; readonly table: string; readonly column: string }
  | { readonly do: 'addConstraint'; readonly table: string; readonly constraint: NewConstraint }
  | { readonly do: 'validate'; readonly table: string; readonly name: string }
  | {
      readonly do: 'dropConstraint'
      readonly table: string
      readonly name: string
      readonly kind: string | null
      readonly cascade: boolean
    }
  | {
      readonly do: 'createIndex'
      readonly table: string
      readonly name: string | null
      readonly unique: boolean
      readonly concurrently: boolean
      readonly ifNotExists: boolean
      /** `fulltext` and `spatial` of MySQL and MariaDB. */
      readonly kind: 'usual' | 'fulltext' | 'spatial'
    }
  | {
      readonly do: 'dropIndex'
      readonly name: string
      readonly table: string | null
      readonly concurrently: boolean
      readonly cascade: boolean
    }
  | { readonly do: 'reindex'; readonly name: string; readonly concurrently: boolean }
  /** The table is written anew, whole: `how` are the words that do it. */
  | { readonly do: 'remake'; readonly table: string; readonly how: string }
  | { readonly do: 'attachPartition'; readonly table: string; readonly partition: string }
  | {
      readonly do: 'detachPartition'
      readonly table: string
      readonly partition: string
      readonly concurrently: boolean
    }
  | { readonly do: 'domainConstraint'; readonly name: string; readonly notValid: boolean }
  | { readonly do: 'addLabel'; readonly type: string; readonly label: string }
  | { readonly do: 'renameLabel'; readonly type: string; readonly label: string; readonly to: string }
  | { readonly do: 'truncate'; readonly table: string; readonly cascade: boolean }
  | { readonly do: 'lockTable'; readonly table: string; readonly mode: string }
  | {
      readonly do: 'write'
      readonly verb: 'update' | 'delete' | 'insert'
      readonly table: string
      /** How many rows, by its own words: all of them, those that lack something, or those it names. */
      readonly rows: 'all' | 'lacking' | 'some'
      /** Texts that stand in it. */
      readonly texts: readonly string[]
    }
  | { readonly do: 'set'; readonly name: string; readonly value: string | null; readonly local: boolean }
  | { readonly do: 'transaction'; readonly word: 'begin' | 'commit' | 'rollback' }
  /** Something small in the catalog, under a lock that keeps everybody out. */
  | { readonly do: 'alterOther'; readonly table: string; readonly what: string }
  | { readonly do: 'security'; readonly table: string; readonly what: string }
  /** Known, and nothing is held against it. */
  | { readonly do: 'other' }
  /** Not understood, or worked out by the server as it runs. */
  | { readonly do: 'unread'; readonly why: string }

/** A statement that was read. */
export interface ReadStatement {
  readonly text: string
  /** Where it begins, from 1. */
  readonly line: number
  readonly lastLine: number
  readonly operations: readonly Operation[]
  /** Names in it that the server would cut off. */
  readonly tooLong: readonly string[]
  /** What it says of how it is to be done, on MySQL and MariaDB. */
  readonly algorithm?: string | undefined
  readonly lock?: string | undefined
}
