import type { Grant, Index, PolicyRules, Statistics, TableRef } from './catalog.ts'
import type { FillLens, Lens, RowLens } from './links/lens.ts'

/** The phases that a plan is split into. */
export const phases = ['expand', 'backfill', 'contract', 'purge'] as const
/** One of {@link phases}. */
export type Phase = (typeof phases)[number]

/** A column to be created. */
export interface ColumnSpec {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly default: string | null
  readonly identity: boolean
  readonly collation: string | null
  readonly comment: string | null
  readonly statistics: number | null
  readonly storage: string | null
  readonly compression: string | null
  readonly options?: readonly string[]
  /** What only MySQL and MariaDB have; `after` is the column it stands behind. */
  readonly mysql?: {
    readonly charset: string | null
    readonly after: string | null
    readonly invisible: boolean
    /** ON UPDATE CURRENT_TIMESTAMP. */
    readonly onUpdateNow?: boolean
    /** A CHECK that is part of the definition. */
    readonly check?: string
  }
  readonly grants: readonly Grant[]
}

/** What is left of an index definition once its name and table are taken off. */
export interface IndexSpec {
  readonly name: string
  readonly unique: boolean
  /** From `USING` to the end, in the dialect's own words. */
  readonly body: string
  /** Every column that it names. A plan of an older version does not say. */
  readonly columns?: readonly string[]
  readonly comment: string | null
  /** What has to be unique, where: looked at before the index is built, where there may be duplicates. */
  readonly rule?: UniqueRule
}

/** What a unique index says, apart from its definition, so that it can be asked beforehand. */
export interface UniqueRule {
  readonly keys: readonly string[]
  readonly where: string | null
  /** What people know it by, where its own name is one of ours. */
  readonly called?: string
  /** Two NULLs are the same to it. */
  readonly nullsNotDistinct?: boolean
  /** How much of the beginning of each key counts; null for all of it. */
  readonly cuts?: readonly (number | null)[]
}

/** What a constraint says of each row, so that it can be asked beforehand. */
export interface RowRule {
  /** True of a row `t` that violates it; its columns are where they are before contract. */
  readonly violated: string
  /** What people read. */
  readonly said: string
}

/** A table to be created. */
export interface TableSpec {
  readonly columns: readonly ColumnSpec[]
  readonly constraints: readonly {
    readonly name: string | null
    readonly definition: string
    /** Of all but CHECKs. */
    readonly columns?: readonly string[]
    /** Of foreign keys, where the server does not look at them itself. */
    readonly references?: { readonly table: TableRef; readonly columns: readonly string[] }
  }[]
  readonly references: readonly TableRef[]
  readonly owner: string | null
  readonly grants: readonly { readonly to: string; readonly privileges: readonly string[] }[]
}

/** A view that is dropped and made again from the server's own definition. */
export interface ViewSpec {
  readonly schema: string
  readonly name: string
  readonly definition: string
  readonly options: string | null
  readonly owner: string
  readonly comment: string | null
  readonly grants: readonly Grant[]
}

/** How the sync of one lens works: off, filling (expand, backfill), final (backfilled) or quarantine (contracted). */
export type SyncMode = 'fill' | 'final' | 'quarantine'

/** The closed set of things that a step can do, as data. The dialect compiles each into statements. */
export type Action =
  | { readonly do: 'lockTables'; readonly tables: readonly TableRef[]; readonly mode: 'exclusive' | 'writes' }
  | { readonly do: 'addColumn'; readonly table: TableRef; readonly column: ColumnSpec }
  | {
      readonly do: 'dropColumn'
      readonly table: TableRef
      readonly column: string
      /** Where the catalog alone does not do, the table may be made anew while others write. */
      readonly rebuild?: boolean
    }
  | { readonly do: 'renameColumn'; readonly table: TableRef; readonly from: string; readonly to: string }
  | {
      readonly do: 'renameColumns'
      readonly table: TableRef
      /** All at once, so that two columns can exchange their names. */
      readonly renames: readonly { readonly from: string; readonly to: string }[]
    }
  | {
      readonly do: 'redefineColumn'
      readonly table: TableRef
      readonly column: ColumnSpec
      /** NOT NULL comes or goes, for which the table is made anew. */
      readonly rebuild?: boolean
      /** Where that cannot be in place, by a copy that lets others write. */
      readonly copy?: boolean
    }
  | { readonly do: 'setNotNull'; readonly table: TableRef; readonly column: string }
  | { readonly do: 'dropNotNull'; readonly table: TableRef; readonly column: string }
  | { readonly do: 'setDefault'; readonly table: TableRef; readonly column: string; readonly value: string }
  | { readonly do: 'dropDefault'; readonly table: TableRef; readonly column: string }
  /** With its sequence as it is by then, while both columns are there. */
  | { readonly do: 'moveIdentity'; readonly table: TableRef; readonly from: string; readonly to: string }
  /** This and the next are in plans of an older version. */
  | { readonly do: 'dropIdentity'; readonly table: TableRef; readonly column: string }
  | {
      readonly do: 'addIdentity'
      readonly table: TableRef
      readonly column: string
      readonly always: boolean
      readonly from: string
    }
  | { readonly do: 'comment'; readonly table: TableRef; readonly column: string; readonly comment: string | null }
  | { readonly do: 'tableComment'; readonly table: TableRef; readonly comment: string | null }
  | {
      readonly do: 'addConstraint'
      readonly table: TableRef
      readonly name: string
      readonly definition: string
      readonly valid: boolean
      readonly parent: TableRef | null
      readonly comment: string | null
      /** Of one that the way back brings: a condition on a row, `t`, that it would refuse. Such rows are looked for beforehand. */
      readonly violatedBy?: string
      /** It is the proof that this column holds no NULL. */
      readonly notNullOf?: string
      /** The columns that the definition names. A plan of an older version does not say. */
      readonly names?: readonly { readonly table: TableRef; readonly columns: readonly string[] }[]
      /** A rule that the migration is about, and that rows may violate until then. */
      readonly rule?: RowRule
      /** MySQL and MariaDB: how the server is to do it. `copy`: writers wait. */
      readonly way?: 'copy' | 'online copy'
    }
  | {
      readonly do: 'validateConstraint'
      readonly table: TableRef
      readonly name: string
      /** Where a foreign key points; a plan of an older version does not say. */
      readonly parent?: TableRef
      /** MySQL and MariaDB: what is looked for, where the server does not look itself. */
      readonly rule?: RowRule
    }
  | { readonly do: 'dropConstraint'; readonly table: TableRef; readonly name: string; readonly parent: TableRef | null }
  | { readonly do: 'renameConstraint'; readonly table: TableRef; readonly from: string; readonly to: string }
  | {
      readonly do: 'uniqueFromIndex'
      readonly table: TableRef
      readonly name: string
      readonly index: string
      readonly deferrable: string
      readonly comment?: string | null
    }
  | {
      readonly do: 'createIndex'
      readonly table: TableRef
      readonly index: IndexSpec
      readonly concurrently: boolean
      /** Only where this column is: on the way back from a swap that may not have come so far. */
      readonly ifColumn?: string
    }
  | {
      readonly do: 'dropIndex'
      readonly table: TableRef
      readonly name: string
      readonly concurrently: boolean
      /** Only the one on this column: another takes its name later, and is not meant when this is said again. */
      readonly on?: string
    }
  | { readonly do: 'renameIndex'; readonly table: TableRef; readonly from: string; readonly to: string }
  /** The server keeps it up to date and does not use it: INVISIBLE (MySQL), IGNORED (MariaDB). */
  | {
      readonly do: 'hideIndex'
      readonly table: TableRef
      readonly name: string
      readonly hidden: boolean
      readonly word: 'visible' | 'ignored'
    }
  /** What an index has beside its definition: CLUSTER goes by it, targets of statistics. */
  | {
      readonly do: 'tuneIndex'
      readonly table: TableRef
      readonly name: string
      readonly clustered: boolean
      readonly targets: NonNullable<Index['targets']>
    }
  | { readonly do: 'createTable'; readonly table: TableRef; readonly spec: TableSpec }
  | { readonly do: 'dropTable'; readonly table: TableRef }
  | { readonly do: 'dropStatistics'; readonly table: TableRef; readonly statistics: Statistics }
  | { readonly do: 'createStatistics'; readonly table: TableRef; readonly statistics: Statistics }
  | { readonly do: 'dropView'; readonly view: ViewSpec }
  | { readonly do: 'createView'; readonly view: ViewSpec }
  | { readonly do: 'bindPolicy'; readonly table: TableRef; readonly name: string; readonly rules: PolicyRules }
  | { readonly do: 'createCounters'; readonly lens: Lens }
  | { readonly do: 'dropCounters'; readonly lens: Lens }
  | { readonly do: 'createLens'; readonly lens: Lens }
  | { readonly do: 'dropLens'; readonly lens: Lens }
  | {
      readonly do: 'sync'
      readonly table: TableRef
      readonly lens: Lens
      readonly mode: SyncMode | null
      /** The columns are about to change their names: once they have, the triggers of this lens do nothing, instead of failing. */
      readonly bearsRename?: true
    }
  | { readonly do: 'backfill'; readonly table: TableRef; readonly lens: RowLens | FillLens }
  | { readonly do: 'verify'; readonly table: TableRef; readonly lens: Lens }
  | { readonly do: 'analyze'; readonly table: TableRef; readonly columns: readonly string[] }
  | {
      readonly do: 'raw'
      readonly sql: string
      /** No transaction ties it to its record, and it must not be run twice; `partial`: it may fail with a part done. */
      readonly once?: 'whole' | 'partial'
      /** A query whose first value is true once it is done. */
      readonly probe?: string
    }

/** What kind of step it is, for people and for `plan --json`. */
export type StepKind =
  | 'columns'
  | 'table'
  | 'index'
  | 'constraint'
  | 'name'
  | 'default'
  | 'comment'
  | 'nullability'
  | 'sync'
  | 'backfill'
  | 'verify'
  | 'analyze'
  | 'swap'
  | 'quarantine'
  | 'purge'
  | 'raw'

/** A part of what takes a step back; each is done or not done, like a step. */
export interface UndoPart {
  readonly transaction: boolean
  readonly actions: readonly Action[]
}

/** A unit that is done or not done: its actions, whether they share one transaction, and what takes them back. */
export interface Step {
  /** Unique within the plan, and telling: `expand.users.full_name`. */
  readonly id: string
  readonly kind: StepKind
  readonly description: string
  /** The tables it touches, in the order in which they are locked. */
  readonly tables: readonly TableRef[]
  readonly transaction: boolean
  readonly actions: readonly Action[]
  /** What takes the step back, part by part in this order; empty where there is nothing to take back. */
  readonly undo: readonly UndoPart[]
  /** False where taking it back would lose something. */
  readonly reversible: boolean
}
