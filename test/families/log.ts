/** A server of its own whose log of statements can be read. */
export interface LoggingServer {
  /** For whoever administers. */
  readonly url: string
  /** The account whose statements are looked at, on a database that it may do everything in. */
  asRunner(url: string): string
  /** What the account sent so far, in order; `?` stands for values where the engine logs it so. */
  statements(): Promise<readonly string[]>
  /** Session settings, transaction control, our own tables, and questions that name no table of the user's. */
  isBesides(sql: string): boolean
  /** Whether a logged statement is an instance of a printed one. */
  isInstance(logged: string, printed: string): boolean
  /** Gives the database to the account, which is to make the schema in it; with whatever has to be granted. */
  readonly give: (database: string) => string
  stop(): Promise<void>
}
