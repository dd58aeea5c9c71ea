import type { MigrationDefinition } from '../../src/index.ts'
import type { Random } from './random.ts'

/** What a row holds, as text, in the words of either shape. `other` is a column that no migration touches. */
export interface Row {
  readonly old: string | null
  readonly new: string | null
  readonly other: string
}

/** What one statement gives: `value` only when its version knows the column and the statement names it. */
export interface Write {
  readonly value?: string | null
  readonly other?: string
}

/** The two app versions. */
export type VersionName = 'v1' | 'v2'

/** How an app version sees the table `items (id bigint primary key, <column>, other text)`. */
export interface Version {
  /** The column's name in this version; null when it does not know it. */
  readonly column: string | null
  readonly shape: 'old' | 'new'
  /** A value that this version would write, never NULL. `unique` occurs once in a run. */
  readonly value: (random: Random, unique: string) => string
  /** Whether it writes NULL, too. */
  readonly nullable: boolean
}

/** Statements that may fail, by their SQLSTATE, with the exception of semantics.md 2 that says so. They are counted apart. */
export interface Exception {
  readonly version: VersionName
  readonly code: string
  readonly because: string
}

/** How rows are put right before a phase that would refuse them. */
export interface Mend {
  readonly broken: (row: Row) => boolean
  readonly value: string
}

/** One migration with everything a test needs to play it through. A new intent is one more of these. */
export interface Scenario {
  readonly name: string
  /** Creates `items`, and whatever else belongs to the story. */
  readonly schema: string
  /** Fills ids 1 to `rows`. */
  readonly seed: (rows: number) => string
  readonly migration: MigrationDefinition
  readonly v1: Version
  readonly v2: Version
  /** The state from which on v2 may run. */
  readonly v2From: 'expanded' | 'backfilled' | 'contracted'
  /** False where v1 goes on working after contract: nothing of its is taken away. */
  readonly v1Ends: boolean
  /** Whether `on conflict (<column>)` is among the statements. */
  readonly unique: boolean
  /** What a write makes of a row; null: an insert. */
  readonly write: (row: Row | null, by: VersionName, write: Write) => Row
  /** Rows that keep contract closed, and the value that v1 puts into them before. */
  readonly mend?: Mend
  /** Rows that cannot go back to pending, and the value that v1 puts into them before. */
  readonly mendBack?: Mend
  /** Two values that count as one: what a rule replaces is replaced from expand on only. */
  readonly normal?: (value: string | null) => string | null
  /** Rollback to pending loses what v2 wrote, because v1 has no place for it. */
  readonly loses?: boolean
  readonly exceptions: readonly Exception[]
}

type Convert = (value: string | null) => string | null

/** Two columns in sync: a shape follows only when the other really changed, and never when the row was consistent. */
export function twoWay(up: Convert, down: Convert, fallback: string | null = null): Scenario['write'] {
  return (row, by, { value, other }) => {
    const rest = other ?? row?.other ?? ''
    if (row === null) {
      const given = value === undefined ? fallback : value
      return by === 'v1' ? { old: given, new: up(given), other: rest } : { old: down(given), new: given, other: rest }
    }
    if (value === undefined) return { ...row, other: rest }
    if (by === 'v1') {
      if (value === row.old) return { ...row, other: rest }
      return { old: value, new: down(row.new) === value ? row.new : up(value), other: rest }
    }
    if (value === row.new) return { ...row, other: rest }
    return { old: up(row.old) === value ? row.old : down(value), new: value, other: rest }
  }
}

/** One column that both versions know by one name. */
export function oneColumn(nullBecomes: string | null = null): Scenario['write'] {
  return (row, _by, { value, other }) => {
    const kept = value === undefined ? (row?.old ?? null) : value
    const stored = kept ?? nullBecomes
    return { old: stored, new: stored, other: other ?? row?.other ?? '' }
  }
}

/** Values for a text column. */
export const words = (random: Random, unique: string): string =>
  random.pick([`${unique} Ada`, `${unique} Ünïcode ☃`, `  ${unique} spaces `, `${unique} o'Brien "x" \\ back`, unique])

/** Values for a number column, distinct enough to be told apart. */
export const numbers = (random: Random): string => String(random.integer(0, 1_000_000))
