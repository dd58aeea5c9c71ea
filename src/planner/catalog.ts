/** The engines. MariaDB is the `mysql` dialect with other capabilities; it has its own name only where people read it. */
export type DialectName = 'postgres' | 'mysql' | 'mariadb'

/** A table, with its schema resolved. */
export interface TableRef {
  readonly schema: string
  readonly name: string
}

/** One right on a table or column, as the server lists it. */
export interface Grant {
  readonly grantee: string
  readonly privilege: string
  readonly grantable: boolean
}

/** What the server does not let a sequence or a table go without. */
export interface Holder {
  /** `default`, `view`, `function`, or what else the server calls it. */
  readonly kind: string
  readonly name: string
  /** The statement that takes it away, with its names in quotes where they need them; a view has its own. */
  readonly drop: string | null
}

/** A column as the server describes it. `type` is the server's own spelling, with length and precision. */
export interface Column {
  readonly name: string
  readonly position: number
  readonly type: string
  readonly typeSchema: string
  readonly nullable: boolean
  readonly default: string | null
  /** The default gives another value at each evaluation (nextval, random, clock_timestamp). */
  readonly defaultVolatile: boolean
  readonly identity: 'always' | 'by default' | null
  /** The sequence of an identity (PostgreSQL), and what else stands on it. */
  readonly sequence?: TableRef & { readonly users: readonly Holder[] }
  /** Sequences that go with it, by OWNED BY (PostgreSQL), as `schema.name`. */
  readonly owns?: readonly string[]
  readonly generated: boolean
  readonly collation: string | null
  readonly comment: string | null
  readonly statistics: number | null
  readonly storage: string | null
  readonly compression: string | null
  /** What only MySQL and MariaDB have. */
  readonly mysql?: {
    readonly charset: string | null
    readonly invisible: boolean
    /** ON UPDATE CURRENT_TIMESTAMP: an UPDATE that does not name it changes it. */
    readonly onUpdateNow: boolean
    /** `?` in the default may stand for a character that the server does not tell. */
    readonly untoldDefault?: boolean
    readonly autoIncrement: boolean
    /** Of a generated column: whether it is kept with the row, and the columns that it is made from. */
    readonly generation?: { readonly stored: boolean; readonly reads: readonly string[] }
    /** A CHECK that is part of the column's definition (MariaDB), which goes where it is not said again. */
    readonly check?: string
  }
  /** What ALTER COLUMN ... SET (...) gave, as `name=value`. */
  readonly options?: readonly string[]
  readonly grants: readonly Grant[]
}

/** One key of an index: a plain column, or an expression. */
export interface IndexKey {
  readonly column: string | null
  readonly expression: string
  /** Operator class, collation, sort order and nulls order, as the server prints them after the key. */
  readonly options: string
}

/** An index, in pieces that the server printed, so that it can be built again on another column. */
export interface Index {
  readonly name: string
  readonly method: string
  readonly unique: boolean
  readonly primary: boolean
  readonly valid: boolean
  /** Logical replication tells rows apart by it. */
  readonly replicaIdentity: boolean
  readonly constraint: string | null
  readonly keys: readonly IndexKey[]
  readonly include: readonly string[]
  readonly nullsNotDistinct: boolean
  readonly with: string | null
  readonly tablespace: string | null
  readonly predicate: string | null
  readonly definition: string
  readonly comment: string | null
  /** Every column it mentions: keys, expressions, INCLUDE and predicate. */
  readonly columns: readonly string[]
  /** It is INVISIBLE (MySQL) or IGNORED (MariaDB). */
  readonly hidden?: true
  /** CLUSTER goes by it. */
  readonly clustered?: true
  /** The targets that ALTER INDEX gave the statistics of its expressions, by their places in it. */
  readonly targets?: readonly { readonly place: number; readonly target: number }[]
  /** Of one that is not valid: the statement that takes it away, with its names in quotes where they need them. */
  readonly drop?: string
}

/** A constraint with the server's own definition. */
export interface Constraint {
  readonly name: string
  readonly kind: 'check' | 'unique' | 'primary' | 'foreign' | 'exclusion' | 'not null'
  readonly definition: string
  readonly columns: readonly string[]
  readonly validated: boolean
  readonly deferrable: boolean
  readonly index: string | null
  readonly comment: string | null
  readonly references: {
    readonly table: TableRef
    readonly columns: readonly string[]
    /** The words after the referenced columns: MATCH, ON UPDATE, ON DELETE, DEFERRABLE, NOT ENFORCED. */
    readonly rules: string
    /** The own columns that ON DELETE sets, where it does not set all. */
    readonly sets?: readonly string[]
    /** The last column of both ends is a period. */
    readonly period?: boolean
  } | null
  /** MySQL and MariaDB: the indexes of this table, of which a foreign key needs any one; it keeps its columns from being dropped. */
  readonly indexes?: readonly string[]
  /** The statement that takes a foreign key away, with its names in quotes where they need them. */
  readonly drop?: string
}

/** A foreign key of another table (or this one) that points at a column of this table, which its indexes are of. */
export interface ForeignKeyIn extends Constraint {
  readonly table: TableRef
}

/** A trigger of the user's. Ours are left out. */
export interface Trigger {
  readonly name: string
  readonly timing: 'before' | 'after' | 'instead of'
  readonly events: readonly string[]
  /** The columns of UPDATE OF, empty for any update. */
  readonly updateOf: readonly string[]
  readonly enabled: 'origin' | 'always' | 'replica' | 'disabled'
  readonly row: boolean
}

/** Something outside the table that names a column of it. */
export interface Dependent {
  readonly kind:
    | 'view'
    | 'materialized view'
    | 'function'
    | 'procedure'
    | 'event'
    | 'policy'
    | 'rule'
    | 'trigger'
    | 'generated column'
    | 'publication'
  readonly name: string
  readonly columns: readonly string[]
  /** Found in the text of a body, so it may be a false alarm. */
  readonly textual: boolean
  /** The statement that takes it away, with its names in quotes where they need them; a view has its own. */
  readonly drop?: string
  /** The server looks its columns up by their names each time it is used, with whatever type they then have (MySQL, MariaDB). */
  readonly byName?: true
  /** The expressions of a policy, as the server prints them. */
  readonly policy?: PolicyRules
}

/** What a policy lets through. */
export interface PolicyRules {
  readonly using: string | null
  readonly check: string | null
}

/** An extended statistics object. */
export interface Statistics {
  readonly schema: string
  readonly name: string
  readonly definition: string
  readonly expressions?: readonly string[]
  readonly owner?: string
  /** This session may not take it away, or not make it again as its owner's. */
  readonly outOfReach?: true
  /** Also those that only its expressions read. */
  readonly columns: readonly string[]
  readonly target: number | null
  readonly comment: string | null
}

/** A table of the live schema. Sizes are the server's estimates. */
export interface Table extends TableRef {
  readonly kind: 'table' | 'partitioned' | 'partition' | 'inherited' | 'view' | 'foreign'
  /** The composite type whose columns it has, and no other (CREATE TABLE ... OF). */
  readonly ofType?: string
  readonly owner: string
  readonly grants: readonly Grant[]
  readonly rows: number
  readonly bytes: number
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
  readonly constraints: readonly Constraint[]
  readonly foreignKeysIn: readonly ForeignKeyIn[]
  readonly triggers: readonly Trigger[]
  readonly statistics: readonly Statistics[]
  readonly dependents: readonly Dependent[]
  /** What only MySQL and MariaDB have. */
  readonly mysql?: {
    readonly engine: string
    readonly compressed: boolean
    readonly fullText: boolean
    /** WITH SYSTEM VERSIONING (MariaDB). */
    readonly versioned?: boolean
    /** What a new column of text gets. */
    readonly collation: string | null
    /** How often columns were added or dropped INSTANT since the table was last rebuilt. */
    readonly rowVersions: number
  }
  /** Functions that return rows of this table, and types and columns that hold them: all of them count its columns. */
  readonly rowTypeUsers?: readonly string[]
  /** What depends on the table as a whole or on the type of its rows, but for foreign keys, views and what is its own. */
  readonly holders?: readonly Holder[]
  readonly rowSecurity: 'off' | 'on' | 'forced'
  /** The names of all of its policies; those that name a column of it are dependents. */
  readonly policies?: readonly string[]
  /** The columns that it lists; with none listed it publishes all. */
  readonly publications: readonly {
    readonly name: string
    readonly columnList: boolean
    readonly columns?: readonly string[]
  }[]
  readonly comment: string | null
}

/** A view, with everything that is needed to make it again. */
export interface View extends TableRef {
  readonly definition: string
  readonly options: string | null
  readonly owner: string
  readonly comment: string | null
  readonly grants: readonly Grant[]
  /** The relations that it reads, or whose rows it makes, as `schema.name`. */
  readonly reads: readonly string[]
  /** The statement that takes it away, with its names in quotes where they need them. */
  readonly drop?: string
  /** What else cannot be without it: functions, policies, rules, and what is of the type of its rows. */
  readonly holders?: readonly { readonly name: string; readonly drop: string | null }[]
  /** A plain view without rules, triggers or anything of single columns: one that can be made again exactly. */
  readonly plain: boolean
  /** What a view that is not plain has besides its definition, as people read it. */
  readonly ofItsOwn?: readonly string[]
  /** Whether this session may take it away and make it as it is. A catalog of an older version does not say it. */
  readonly mayMakeAgain?: boolean
}

/** A named object that an expression may call or cast to. */
export interface NamedObject {
  readonly schema: string
  readonly name: string
}

/** What this connection may do, learned once per connection; asked instead of version numbers. */
export interface Capabilities {
  /** `session_replication_role` may be set, so the user's triggers stay quiet during the backfill. */
  readonly quietTriggers: boolean
  /** UNIQUE ... NULLS NOT DISTINCT exists. */
  readonly nullsNotDistinct: boolean
  /** NOT NULL is a named constraint that can be added NOT VALID. */
  readonly notNullConstraints: boolean
  readonly mysql?: MysqlCapabilities
}

/** What a MySQL or MariaDB server may be asked for. */
export interface MysqlCapabilities {
  readonly mariadb: boolean
  /** As people read it: `9.7.4`. */
  readonly version: string
  /** ALGORITHM=COPY lets others write (MariaDB 11.2). */
  readonly onlineCopy: boolean
  /** A rebuild in place can lose rows that are written meanwhile (MySQL bugs 113812, 115511, 115608). */
  readonly rebuildLosesRows: boolean
  /** How often columns can be added or dropped INSTANT until the table is rebuilt; null without a limit. */
  readonly maxRowVersions: number | null
  /**
   * A column comes INSTANT only behind the last virtual one, and not at all where one is indexed; NOT NULL comes by a copy where
   * one is stored.
   */
  readonly generatedBlocksAlter?: boolean
  /** Types without a length (TEXT, BLOB, JSON) take a literal as their default. */
  readonly longDefaults?: boolean
  /** A column that a CHECK or a generated column names cannot be renamed. */
  readonly namedBlocksRename: boolean
}

/** Our model of a live schema, read from the server; also a file, for planning without a database. */
export interface Catalog {
  readonly format: 1
  readonly dialect: DialectName
  readonly server: string
  readonly database: string
  readonly schemas: readonly string[]
  /** Schemas in which everybody may create objects: never put on a pinned search path. */
  readonly openSchemas: readonly string[]
  readonly capabilities: Capabilities
  readonly tables: readonly Table[]
  readonly views: readonly View[]
  readonly functions: readonly (NamedObject & { readonly volatile: boolean })[]
  /** What default privileges give of themselves on a table or view that is made: in one schema, or in all (null). */
  readonly defaultGrants?: readonly (Grant & { readonly schema: string | null })[]
  readonly types: readonly (NamedObject & {
    /** Of a domain: the type under it, whether it has a default, which holds for a column without one, NOT NULL, and NOT NULL or CHECKs. */
    readonly base?: string | null
    readonly hasDefault?: boolean
    readonly notNull?: boolean
    readonly rules?: boolean
  })[]
}
