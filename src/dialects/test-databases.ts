import type { ConnectOptions, Session } from './dialect.ts'

/** Databases that tests are run on: the seam of `bellows/testing`. Each dialect has it in test-databases.ts. */
export interface TestDatabases {
  /** An address at which databases can be made, whether or not the one names a database. */
  readonly serverUrl: (url: string) => string
  /** An address of the same server and user. */
  readonly withDatabase: (url: string, name: string) => string
  /** Makes an empty database that is as the one of the URL, where that names one: encoding, collation. */
  readonly create: (session: Session, name: string, url: string) => Promise<void>
  /** Makes a copy of a database that nobody is connected to, or will be for long; null where there is no such statement. */
  readonly copy: ((session: Session, name: string, original: string) => Promise<void>) | null
  /** Drops it, whoever is still in it; also where it is gone already. */
  readonly drop: (session: Session, name: string) => Promise<void>
  /**
   * Runs a whole script as a client would, in a session without settings of ours.
   *
   * @throws BellowsError exit 2, before anything is run, for a script that does not stay in its database
   */
  readonly runScript: (options: ConnectOptions, script: string) => Promise<void>
  /** How to be let make databases whose names begin so. */
  readonly grantHint: (prefix: string) => string
}
