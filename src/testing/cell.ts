import type { State } from '../compat/states.ts'
import { type BellowsError, findings } from '../errors.ts'
import type { TestDatabase, Version } from './options.ts'
import { nameOf, type Passed, type Stop } from './states.ts'

/** Whose test it is: `both` is for what the two versions do side by side. */
export type Who = Version | 'both'

/** A state of a migration, reached in a database. */
export interface Place {
  readonly migration: string
  readonly state: State
  /** The state was reached by a rollback from this one; null on the way forward. */
  readonly rolledBackFrom: Passed | null
}

/** What a test is given. */
export interface TestContext extends TestDatabase, Place {
  readonly version: Who
}

/** A test: it fails by throwing. */
export type TestBody<T = unknown> = (context: TestContext) => T | Promise<T>

/** A state, and how tests are run in it. */
export interface TestedState extends Place {
  /** The versions that have to work in it: the old one until contract, the new one from when it may be deployed. */
  readonly versions: readonly Version[]
  /** `20260102030405_rename_user_name, expanded` */
  readonly title: string
  /** What the database that tests get here cannot show; nothing on a server, a sentence each on PGlite. */
  readonly limits: readonly string[]
  /**
   * Runs a test of one version, or of both. What it returns is returned.
   *
   * @throws BellowsError `testing.failed` (exit 4) that names version, state, migration and test; what the test threw is its cause.
   */
  run<T>(version: Who, test: string, body: TestBody<T>): Promise<T>
}

/** A state for one version. */
export interface TestCell extends Place {
  readonly version: Version
  /** `20260102030405_rename_user_name, expanded: old version` */
  readonly title: string
  /** As those of {@link TestedState}. */
  readonly limits: readonly string[]
  /** As that of {@link TestedState}. */
  run<T>(test: string, body: TestBody<T>): Promise<T>
}

/** Gives the body a database that is in the state, for as long as it runs. */
export type InDatabase = <T>(body: (database: TestDatabase) => Promise<T>) => Promise<T>

/** The state with its tests. */
export function testedState(
  migration: string,
  stop: Stop,
  limits: readonly string[],
  inDatabase: InDatabase,
): TestedState {
  const { state, rolledBackFrom, versions } = stop
  const place: Place = { migration, state, rolledBackFrom }
  return {
    ...place,
    versions,
    title: `${migration}, ${nameOf(stop)}`,
    limits,
    run: (version, test, body) =>
      inDatabase(async ({ url, dialect }) => {
        try {
          return await body({ ...place, url, dialect, version })
        } catch (cause) {
          throw failure(place, version, test, cause)
        }
      }),
  }
}

/** The cells of a state, one for each version that has to work in it. */
export function cellsOf({ versions, title, limits, run, ...place }: TestedState): readonly TestCell[] {
  const { migration, state, rolledBackFrom } = place
  return versions.map((version) => ({
    migration,
    state,
    rolledBackFrom,
    version,
    title: `${title}: ${version} version`,
    limits,
    run: (test, body) => run(version, test, body),
  }))
}

function failure(place: Place, version: Who, test: string, cause: unknown): BellowsError {
  const who = version === 'both' ? 'both versions' : `the ${version} version`
  const why = cause instanceof Error ? cause.message : String(cause)
  const { migration, state, rolledBackFrom } = place
  return findings('testing.failed', `"${test}" of ${who} failed in ${migration}, ${nameOf(place)}: ${why}`, {
    cause,
    details: { migration, state, rolledBackFrom, version, test },
  })
}
