import type { Engine } from '../../planner/lint/operations.ts'
import type { LintSeverity } from '../../planner/lint/rule.ts'

/** What {@link lint} takes. */
export interface LintOptions {
  /** `.sql` files, folders of them, and migration files. */
  readonly files: readonly string[]
  /** A folder of migrations: its migration files and its `.sql` files, which is an error when it is missing. */
  readonly migrations?: string
  readonly dialect: Engine
  /** Rules that are not asked. */
  readonly exclude?: readonly string[]
  /** Stops between two files. */
  readonly signal?: AbortSignal
}

/** What was found. */
export interface LintResult {
  readonly dialect: Engine
  /** Texts that were looked at, and statements in them. */
  readonly files: number
  readonly statements: number
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  readonly findings: readonly FileFinding[]
  /** Findings that are left out by an ignore, or by `accept` of the migration, with a reason. */
  readonly ignored: number
  /** Files that are not run forwards, and why they are not looked at. */
  readonly skipped: readonly { readonly file: string; readonly why: string }[]
  /** Files that could not be read, or are not SQL of this dialect. */
  readonly unreadable: readonly Unreadable[]
}

/** A finding at its place. */
export interface FileFinding {
  readonly rule: string
  readonly severity: LintSeverity
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly message: string
  /** The way without that. */
  readonly hint: string
  /** The beginning of the statement. */
  readonly statement: string
  readonly docs: string
}

/** A file that could not be looked at. */
export interface Unreadable {
  readonly file: string
  readonly line: number | null
  readonly message: string
}
