/** A rule by example: what it finds, what it does not, and what a server does at the first statement that it finds. */
export interface Example {
  readonly rule: string
  /** Each with the rule among its findings. */
  readonly found: readonly string[]
  /** Each without. */
  readonly not?: readonly string[]
  readonly does?: Does
}

/** What a server is seen to do at a statement of the schema of the examples. */
export interface Does {
  readonly table?: string
  /** PostgreSQL's name of the lock, without `Lock`. */
  readonly lock?: string
  /** The table has another file afterwards. */
  readonly rewrites?: true
  /** All its rows are read. */
  readonly scans?: true
  /** The code with which the statement is refused. */
  readonly fails?: string
  /** MySQL and MariaDB: whether it is refused with LOCK=NONE. */
  readonly copies?: boolean
}
