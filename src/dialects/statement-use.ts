import type { Catalog, TableRef } from '../planner/catalog.ts'
import type { Session } from './dialect.ts'

/*
 * The seam of the gate `statements`: what the statistics of a server tell of statements that name the old shape. Each dialect has it in
 * statement-use.ts.
 */

/** Columns of the old shape, by the names that they have until contract. */
export interface OldShape {
  readonly table: TableRef
  readonly columns: readonly string[]
}

/**
 * What a statement has of the old shape: it names a column of it (`names`); it takes all columns that there are, `SELECT *`, and what
 * becomes of them is not known (`all`); or its text is cut off, or cannot be had (`unclear`).
 */
export type Reads = 'names' | 'all' | 'unclear'

/** A statement in the statistics of the server that reads the old shape, or may. */
export interface StatementUse {
  /** It is the same statement in every look. */
  readonly key: string
  /** For people. Holds no value. */
  readonly text: string
  readonly reads: Reads
  /** How often it was executed, ever; null where the server tells when it last was. */
  readonly calls: number | null
  /** When it was last executed, ISO 8601 in UTC; null where the server tells how often. */
  readonly last: string | null
}

/** What the statistics of a server tell; or why they tell nothing, and what lets them. */
export type StatementStatistics =
  | { readonly told: false; readonly reason: string; readonly hint: string }
  | {
      readonly told: true
      /** They say nothing of what was before. Null: since ever. */
      readonly since: string | null
      /**
       * Counts what they have lost, or are not told: when it rises, something was executed that does not show. Null where nothing is
       * counted: each statement has its time.
       */
      readonly lost: { readonly count: number; readonly what: string; readonly hint: string } | null
      readonly uses: readonly StatementUse[]
    }

/** Asks the statistics for statements of others that read these columns, or may. `from`: what was last executed before does not count. */
export type ReadStatistics = (
  session: Session,
  shapes: readonly OldShape[],
  catalog: Catalog,
  from: string,
) => Promise<StatementStatistics>
