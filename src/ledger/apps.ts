import type { Dialect, Session } from '../dialects/dialect.ts'
import { isBellowsError } from '../errors.ts'
import { askOn, whoIs } from './asking.ts'
import type { Ledger } from './records.ts'
import type { Actor } from './tables.ts'

/** How far a version of an app is in an environment. */
export type AppVersionState = 'registered' | 'deployed' | 'retired'

/** Which version of which app, where. */
export interface AppVersionKey {
  readonly environment: string
  readonly app: string
  readonly version: string
}

/** A version of an app as the database knows it. Times are ISO text of the server's clock. */
export interface AppVersionRow extends AppVersionKey {
  readonly state: AppVersionState
  /** Of what it runs: the same statements have the same. */
  readonly hash: string
  readonly registered_at: string
  /** When it was last deployed; null when it never was. */
  readonly deployed_at: string | null
  readonly retired_at: string | null
  /** Who marked it last. */
  readonly actor: string
}

/** A row, and the server's time at which it was read. */
export interface AppVersionSeen extends AppVersionRow {
  readonly now: string
}

/** The versions of apps that the database knows. All on one session; the tables have to be there for what writes. */
export interface Apps {
  /** All of them, the one registered last at the end; none where the tables are of a layout without them. */
  versions(): Promise<readonly AppVersionSeen[]>
  /** What a version runs; as it was stored. */
  statements(key: AppVersionKey): Promise<unknown>
  /** Runs the body in a transaction, with the version locked; null where it is not there. Again, when another runner was faster. */
  change<T>(key: AppVersionKey, body: (found: AppVersionRow | null) => Promise<T>): Promise<T>
  add(key: AppVersionKey, statements: readonly unknown[], hash: string): Promise<void>
  set(key: AppVersionKey, values: AppVersionChange): Promise<void>
}

/** What may change of a version. `true` for the server's time now. */
export interface AppVersionChange {
  readonly state?: AppVersionState
  readonly statements?: readonly unknown[]
  readonly hash?: string
  readonly registered_at?: true
  readonly deployed_at?: true
  readonly retired_at?: true | null
}

const races = new Set(['data.duplicates', 'database.deadlock', 'database.serialization'])

/** The versions of apps on a session. */
export function openApps(dialect: Dialect, session: Session, ledger: Ledger, actor: Actor): Apps {
  const { now, iso, isoNow } = dialect.state
  const db = dialect.state.queries(ledger.schema)
  const table = dialect.state.table(ledger.schema, 'app_versions')
  const run = askOn(session)
  const who = whoIs(actor)
  const rows = db
    .selectFrom(table)
    .select(['environment', 'app', 'version', 'state', 'hash', 'actor'])
    .select([
      iso('registered_at').as('registered_at'),
      iso('deployed_at').as('deployed_at'),
      iso('retired_at').as('retired_at'),
    ])
  const moment = (value: true | null | undefined): object | null => (value === true ? now : null)
  return {
    versions: async () => {
      if ((await ledger.layout()) < 2) return []
      return run<AppVersionSeen>(
        rows
          .select(isoNow().as('now'))
          .orderBy(`${table}.registered_at`)
          .orderBy('environment')
          .orderBy('app')
          .orderBy('version'),
      )
    },
    statements: async ({ environment, app, version }) => {
      const [row] = await run<{ statements: unknown }>(
        db
          .selectFrom(table)
          .select('statements')
          .where('environment', '=', environment)
          .where('app', '=', app)
          .where('version', '=', version),
      )
      return typeof row?.statements === 'string' ? JSON.parse(row.statements) : row?.statements
    },
    change: async ({ environment, app, version }, body) => {
      for (let tries = 1; ; tries++) {
        try {
          return await session.transaction(async () => {
            const [found] = await run<AppVersionRow>(
              rows
                .where('environment', '=', environment)
                .where('app', '=', app)
                .where('version', '=', version)
                .forUpdate(),
            )
            return body(found ?? null)
          })
        } catch (error) {
          if (tries >= 5 || !isBellowsError(error) || !races.has(error.code)) throw error
          await new Promise((resolve) => setTimeout(resolve, 50 * tries * (1 + Math.random())))
        }
      }
    },
    add: async ({ environment, app, version }, statements, hash) => {
      const values = { environment, app, version, state: 'registered', statements: JSON.stringify(statements), hash }
      await run(db.insertInto(table).values({ ...values, registered_at: now, ...who }))
    },
    set: async ({ environment, app, version }, { statements, registered_at, deployed_at, retired_at, ...plain }) => {
      const values = {
        ...plain,
        ...(statements === undefined ? {} : { statements: JSON.stringify(statements) }),
        ...(registered_at === undefined ? {} : { registered_at: moment(registered_at) }),
        ...(deployed_at === undefined ? {} : { deployed_at: moment(deployed_at) }),
        ...(retired_at === undefined ? {} : { retired_at: moment(retired_at) }),
      }
      await run(
        db
          .updateTable(table)
          .set({ ...values, ...who })
          .where('environment', '=', environment)
          .where('app', '=', app)
          .where('version', '=', version),
      )
    },
  }
}
