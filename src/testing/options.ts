import type { Role } from '../compat/versions.ts'
import type { DialectName } from '../planner/catalog.ts'
import type { MigrationSource, MigratorOptions } from '../runner/api.ts'

/** `old`: the version of the app before the migration. `new`: the one after it. */
export type Version = Role

/**
 * A server to make databases on: the URL of one that is running, also in a container, or one to be started for this. On a server
 * that is given, databases are made and dropped again; those that are there are left alone.
 */
export type ServerSource =
  | string
  | {
      /**
       * `postgres`: the embedded PostgreSQL that is installed with this package. `mysql`, `mariadb`: a server program that this machine has.
       */
      readonly embedded: DialectName
      /** What its version begins with: `18`, `10.11`. For PostgreSQL 18 unless said. */
      readonly series?: string
    }
  | PgliteSource

/** PGlite: PostgreSQL in the memory of this process, by the package `@electric-sql/pglite`, which has to be installed. */
export interface PgliteSource {
  readonly pglite: true
  /** What its contrib modules export: `{ citext }` of `@electric-sql/pglite/contrib/citext`. */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** A server that is started for tests, as a process. */
export type StartedSource = Exclude<ServerSource, string | PgliteSource>

/** A database of the kit's. It is dropped by the kit. */
export interface TestDatabase {
  readonly url: string
  readonly dialect: DialectName
}

/** What fills a database: a file with SQL, or a function. */
export type Filler<Given extends unknown[] = []> =
  | string
  | URL
  | ((database: TestDatabase, ...given: Given) => void | Promise<void>)

/** What the kit is told. */
export interface StatesOptions {
  readonly database: ServerSource
  /** The folder, or the migrations as values. */
  readonly migrations: MigrationSource
  /** Stop in the states of these migrations only; the ones before them are carried through at once. Without it, of every one. */
  readonly only?: readonly string[]
  /** Fills the empty database before the first migration: the schema that they begin with. */
  readonly seed?: Filler
  /** Called in the state `before` of each migration that is stopped in: rows that the tests need. */
  readonly fill?: Filler<[migration: string]>
  /** The ways back too: rolled back from `expanded`, from `backfilled` and from `contracted`. */
  readonly back?: boolean
  /** Gates that `contract` is to be forced through in production too: `dependents`. */
  readonly forceGates?: readonly string[]
  /** Options of the migrator. It waits 10 s at most for locks that a test left, unless said. */
  readonly migrator?: Pick<
    MigratorOptions,
    'stateSchema' | 'statements' | 'lockTimeout' | 'lockBudget' | 'connectTimeout' | 'onEvent'
  >
  /** Stops at the next safe point, and cleans up. */
  readonly signal?: AbortSignal
}
