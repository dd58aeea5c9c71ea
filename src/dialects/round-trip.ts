import type { TableRef } from '../planner/catalog.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { SyncMode } from '../planner/steps.ts'
import type { Session, Statement } from './dialect.ts'

/*
 * The seam of the round trips of `migrate check`: values that are written in one shape and read in the other. Each dialect has it in
 * round-trip.ts.
 */

/** A value, and what it is to people: `the largest integer`. */
export interface TypedValue {
  /** As the server reads it where it is to be of the type. */
  readonly value: string | null
  readonly what: string
}

/** A column that gets a value; of the table as it is. */
export interface Given {
  readonly column: string
  readonly value: string | null
}

/** Where a statement of an app puts a parameter, counted from 0. */
export interface Assignment {
  readonly table: string
  readonly column: string
  readonly parameter: number
}

/** One row as the lens sees it, compared as verification does. */
export interface Seen {
  /** The code of the error that `up`, or `down`, gives for this row. */
  readonly upError: string | null
  readonly downError: string | null
  /** In sync neither way. */
  readonly apart: boolean
  /** `down` of the new side is another value than the old side has. */
  readonly oldElse: boolean
  /** `up` of the old side is another value than the new side has. */
  readonly newElse: boolean
  /** Of a fill both are the one column. */
  readonly oldNull: boolean
  readonly newNull: boolean
  /** The two sides, for people, and what they lead to: cut where they are long. */
  readonly old: string | null
  readonly new: string | null
  readonly up: string | null
  readonly down: string | null
}

/** Which rules of a table have nothing to do with a lens, so that a made row need not keep them. */
export interface Unrelated {
  readonly table: TableRef
  readonly foreignKeys: readonly string[]
  readonly checks: readonly string[]
}

/** Writing and reading single rows of a shadow. */
export interface RoundTripDialect {
  /** Values of each type that conversions tell apart, a plain one first. None for a type of which none is known. */
  readonly valuesOf: (session: Session, types: readonly string[]) => Promise<readonly (readonly TypedValue[])[]>
  /** A value of a statement list, as the server reads it for a column of this type. */
  readonly asValue: (value: unknown, type: string) => string | null
  /** Where a statement puts its parameters, as far as that can be told: columns that it gives a bare parameter. */
  readonly assignments: (statement: string) => readonly Assignment[]
  readonly insert: (table: TableRef, given: readonly Given[]) => Statement
  /** Of all rows. */
  readonly update: (table: TableRef, given: readonly Given[]) => Statement
  readonly empty: (table: TableRef) => Statement
  /** What a transaction that is rolled back does first, so that a made row is taken. */
  readonly loosen: (unrelated: Unrelated) => readonly Statement[]
  /** Settings of the session. */
  readonly settings: readonly Statement[]
  /** Looks at every row of the table; see {@link readSeen}. */
  readonly look: (lens: Lens, mode: SyncMode, stateSchema: string) => Statement
  /** The code by which the server refuses a statement; null for what is no refusal. */
  readonly codeOf: (error: unknown) => string | null
}

/** A row of {@link RoundTripDialect.look}. */
export interface SeenRow {
  readonly up_error: string | number | null
  readonly down_error: string | number | null
  readonly apart: unknown
  readonly old_else: unknown
  readonly new_else: unknown
  readonly old_null: unknown
  readonly new_null: unknown
  readonly old_text: string | null
  readonly new_text: string | null
  readonly up_text: string | null
  readonly down_text: string | null
}

const isTrue = (value: unknown): boolean => value === true || Number(value) === 1

/** What the server says of a row. */
export function readSeen(row: SeenRow): Seen {
  const code = (value: string | number | null): string | null => (value === null ? null : String(value))
  return {
    upError: code(row.up_error),
    downError: code(row.down_error),
    apart: isTrue(row.apart),
    oldElse: isTrue(row.old_else),
    newElse: isTrue(row.new_else),
    oldNull: isTrue(row.old_null),
    newNull: isTrue(row.new_null),
    old: row.old_text,
    new: row.new_text,
    up: row.up_text,
    down: row.down_text,
  }
}
