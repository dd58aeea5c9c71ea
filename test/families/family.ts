import type { TestDatabase } from '../servers/create-database.ts'
import type { TestServer } from '../servers/find.ts'
import type { LoggingServer } from './log.ts'
import { mysqlFamily } from './mysql/family.ts'
import { postgresFamily } from './postgres/family.ts'
import type { Watch, WatchedProxy } from './watch.ts'
import type { OpenWriter } from './writer.ts'

export type { Statement, Watch, WatchedProxy } from './watch.ts'

/** A session of an app, with a name by which the server knows it. */
export interface AppSession {
  /** Runs one or several statements. */
  run(sql: string): Promise<void>
  end(): Promise<void>
}

/** A database in a certain state, of which any number can be had. */
export interface Stage {
  fresh(): Promise<TestDatabase>
  close(): Promise<void>
}

/** All that the tests have to know of an engine. A test that says its SQL through this runs on every server. */
export interface Family {
  readonly name: 'postgres' | 'mysql'
  /** Whether every intent has to work here. Otherwise one that the product refuses as `plan.not-yet` is left out, loudly. */
  readonly complete: boolean
  /** The tables that every scenario is played on, with so many rows. */
  schema(rows: number): string
  /** The table `users` (id, name, age, email) with so many rows. */
  users(rows: number): string
  /** Runs one or several statements on a connection of its own. */
  run(url: string, sql: string): Promise<void>
  rows<Row extends object = Record<string, unknown>>(url: string, sql: string): Promise<Row[]>
  session(url: string, app: string): Promise<AppSession>
  quote(name: string): string
  /** A string constant. */
  literal(text: string): string
  /** The name of a state table, quoted. */
  state(table: string): string
  /** A condition: the same, byte for byte, NULL or not. */
  same(left: string, right: string): string
  /** A value as text. */
  text(expression: string): string
  /** The key of a row, `id`, as it stands in the state tables. */
  keyText(id: string): string
  /** Begins a transaction that sees the database as it is now, and goes on to. */
  readonly beginSnapshot: string
  /** Lets `users.id` be given and changed by hand. */
  readonly freeKeys: string
  /** The old and the new side of which an app's write has been noticed. */
  sidesWritten(url: string): Promise<readonly string[]>
  /** What a runner could still write: the rows of `users` and the ledger. Also a write that leaves the same values shows, where the engine can tell. */
  versions(url: string): Promise<string>
  /** Takes our triggers' effect away for a write of this session. */
  aroundTriggers(update: string): string
  /** Ends the session of this number. */
  endSession(pid: number): string
  /** Makes this session the holder of the lease `ddl`. */
  readonly takeLease: string
  /** The columns of a table that are there, hidden ones of ours among them. */
  columns(url: string, table: string): Promise<readonly string[]>
  /** Everything that the schema says, sorted, to be compared; `own` with our state tables. */
  catalog(url: string, options?: { readonly own?: boolean }): Promise<string>
  /** What such a catalog would say of the tables if the column had been called so from the start. */
  renamed(catalog: string, from: string, to: string): string
  /** Whether there is a column, index or constraint of this name. */
  mentions(url: string, name: string): Promise<boolean>
  /** Names that only we give: none of them may be left when a migration is over. */
  readonly ours: RegExp
  /** Everything that two runs have to agree on: catalog, data (unless told not to), our objects, the state in the ledger. */
  endState(url: string, options?: { readonly data: boolean }): Promise<string>
  /** Databases in which `prepare` has run. */
  stage(server: { readonly url: string }, prepare: (url: string) => Promise<void>): Promise<Stage>
  /** A proxy in front of a server, with which statements can be watched and cut. */
  proxy(target: string, watch: Watch): Promise<WatchedProxy>
  /** Returns when no session of a runner that died is at work any more. */
  settled(url: string): Promise<void>
  /** Starts a server of the same kind that logs its statements. */
  startLogging(server: TestServer): Promise<LoggingServer>
  /** The writers of the live scenarios. */
  readonly openWriter: OpenWriter
}

/** The family of a server, by its address. */
export function familyOf({ url }: { readonly url: string }): Family {
  return url.startsWith('postgres') ? postgresFamily : mysqlFamily
}
