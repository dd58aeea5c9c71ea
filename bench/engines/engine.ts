/** A row as the driver gives it. */
export type Row = Record<string, unknown>

/** Words of a document that are true of one engine only. */
export interface Texts {
  /** The file in docs/ that a run writes, and its title. */
  readonly file: string
  readonly title: string
  /** What commits survive, and which settings are not the defaults. */
  readonly durability: string
  /** Why a table grows. */
  readonly growth: string
  /** What the loop inside the server is. */
  readonly inside: string
  /** For what a statement may have to wait. */
  readonly waits: string
}

/** Types of columns: of `name`, of `seen`, of `status` where it is to be changed and what it becomes then, also as CAST says it. */
export interface Types {
  readonly name: string
  readonly seen: string
  readonly status: string
  readonly changed: string
  readonly cast: string
}

/** All that the benchmark knows of an engine: a server of this run, its SQL, and what is said of it. */
export interface Engine {
  readonly product: string
  readonly url: string
  readonly texts: Texts
  readonly types: Types
  /** The least ratio of updates with the trigger to updates without it that counts as kept; null: it is shown only. */
  readonly leastUpdates: number | null
  readonly run: (sql: string) => Promise<readonly Row[]>
  /** Rows 1 to `rows` from a query of ours over `i`; the table is there. */
  readonly insert: (table: string, rows: number) => Promise<void>
  /** Brings a table to rest: statistics, nothing left to clean up, everything written out. */
  readonly settle: (table: string) => Promise<void>
  /** Writes everything out. */
  readonly flush: (table: string) => Promise<void>
  /** Bytes of the parts of a table, by what they are called. */
  readonly sizes: (table: string) => Promise<Readonly<Record<string, number>>>
  /** Bytes a row. */
  readonly rowWidth: (table: string) => Promise<number>
  /** Updates the rows one by one inside the server, in one transaction; gives the seconds that took. */
  readonly loop: (table: string, column: string, from: number, to: number) => Promise<number>
  /** Makes a copy of a table with the column renamed, kept by AFTER triggers as tools do that copy tables; null: no such tools. */
  readonly copyByTriggers: ((table: string, from: string, to: string) => Promise<void>) | null
  readonly stop: () => Promise<void>
}
