import type { Counters } from './counters.ts'
import type { Rows, Version } from './messages.ts'
import type { Shop } from './shop.ts'

/** What the demo can be played on. */
export type EngineName = 'postgres' | 'mysql' | 'mariadb'

/** A server of the demo's own. */
export interface DemoServer {
  /** `PostgreSQL 18.4` */
  readonly product: string
  readonly url: string
  readonly port: number
  readonly pid: number
  /** What is to be removed once a server that was kept is ended. */
  readonly folder: string
  readonly stop: () => Promise<void>
}

/** How a server is started. */
export interface StartOptions {
  /** What the version begins with; the engine's own choice when it is left out. */
  readonly series: string | undefined
  /** The server outlives the demo. */
  readonly keep: boolean
  readonly onMessage: (message: string) => void
  readonly signal: AbortSignal
}

/** How many rows were compared with what was written into them, and how many differed. */
export interface Compared {
  readonly compared: number
  readonly different: number
}

/** All that the demo knows of an engine; the story is the same on each. */
export interface Engine {
  /** @throws BellowsError `embedded.*` when there is no such server for this machine. */
  readonly start: (options: StartOptions) => Promise<DemoServer>
  /** Makes the shop and its copy. */
  readonly seed: (serverUrl: string, rows: Rows) => Promise<void>
  /** Compares every row, in the new shape, with what was written into it last, or else with what it was at the start. */
  readonly differences: (url: string, rows: Rows) => Promise<Compared>
  /** What changes the schema without us, in the order of the migrations. */
  readonly plain: readonly string[]
  /** Runs a statement on a connection of its own. */
  readonly execute: (url: string, statement: string) => Promise<unknown>
  /** Connects a version of the app. Everything it sends goes through `measure`. */
  readonly openShop: (version: Version, url: string, measure: Counters['measure']) => Promise<Shop>
  /** Commands for whoever looks around afterwards. No password is in them: what they need is put into `folder`. */
  readonly lookAround: (url: string, folder: string) => Promise<LookAround>
}

/** How to get at a database that was kept. */
export interface LookAround {
  /** The engine's own client. */
  readonly client: string
  /** What goes before our command line, and what after it. */
  readonly before: string
  readonly after: string
  /** What shuts the server down although somebody is connected. */
  readonly endSignal: 'INT' | 'TERM'
}

/** The engine by name. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  if (name === 'postgres') return (await import('./postgres/engine.ts')).postgresEngine
  return (await import('./mysql/engine.ts')).mysqlEngine(name)
}
