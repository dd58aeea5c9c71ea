import type { ReadStatement } from '../planner/lint/operations.ts'

/** A text that is not SQL of this dialect. */
export interface Unparsable {
  readonly line: number
  readonly why: string
}

/** What `migrate lint` needs of a dialect. */
export interface LintDialect {
  /** Reads a text statement by statement, each with its lines; null for what cannot be read at all, and where. */
  readonly read: (text: string) => readonly ReadStatement[] | Unparsable
}
