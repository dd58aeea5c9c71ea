import { hostname } from 'node:os'
import type { Statement } from '../dialects/dialect.ts'
import { stateOf } from '../dialects/open.ts'
import { usageError } from '../errors.ts'
import { beat } from '../ledger/heartbeats.ts'
import type { DialectName } from '../planner/catalog.ts'
import { checkName } from './app-list.ts'

/** A pool or a client of `pg`. */
export interface PgAsked {
  query(text: string, values: unknown[]): unknown
}

/** A pool or a connection of `mysql2`, with promises, or with callbacks. */
export type MysqlAsked =
  | { execute(sql: string, values: (string | number)[]): unknown }
  | { promise(): { execute(sql: string, values: (string | number)[]): unknown } }

/** A `Kysely` instance. */
export interface KyselyAsked {
  executeQuery(query: never): Promise<unknown>
}

/** What an app has to reach its database with. It is used for one statement at a time, and left as it was. */
export type HeartbeatDatabase = PgAsked | MysqlAsked | KyselyAsked

/** Which running copy of which version of which app. */
export interface HeartbeatOptions {
  readonly app: string
  /** As it is registered with `migrate app`. */
  readonly version: string
  /** What tells one running copy from another: the name of the pod, for example. Host and process unless said. */
  readonly instance?: string
  readonly stateSchema?: string
}

/** What {@link startHeartbeat} takes. */
export interface HeartbeatsOptions extends HeartbeatOptions {
  /** Milliseconds from one to the next; 20 s unless said, and 30 s at the most. */
  readonly every?: number
  /** Called with each failure. Unless it is given, the first one is told by `process.emitWarning`. */
  readonly onError?: (error: unknown) => void
}

/**
 * Says once that this version runs, by the server's clock. Give it a pool, or a connection that is in no transaction.
 *
 * @throws BellowsError exit 2 for a name that cannot be one; else what the driver throws, as where the state tables are not there yet
 * @example
 * ```ts
 * await heartbeat(pool, { app: 'shop', version: process.env.GIT_SHA ?? 'dev' })
 * ```
 */
export async function heartbeat(database: HeartbeatDatabase, options: HeartbeatOptions): Promise<void> {
  const key = {
    app: checkName('app', options.app),
    version: checkName('version', options.version),
    instance: checkName('instance', options.instance ?? `${hostname()}:${process.pid}`),
  }
  const statement = async (name: DialectName): Promise<Statement> =>
    beat(await stateOf(name), options.stateSchema ?? 'bellows', key)
  if ('executeQuery' in database) {
    const { sql, parameters } = await statement(await dialectOf(database))
    await database.executeQuery(compiled(sql, parameters))
  } else if ('execute' in database || 'promise' in database) {
    const { sql, parameters } = await statement('mysql')
    // With callbacks there is `execute` too.
    const promised = 'promise' in database ? database.promise() : database
    await promised.execute(sql, parameters as string[])
  } else if ('query' in database) {
    const { sql, parameters } = await statement('postgres')
    await database.query(sql, [...parameters])
  } else {
    throw usageError('database.pool', 'neither a pool or connection of pg or mysql2, nor a Kysely instance was given')
  }
}

/**
 * Says it again and again. It never throws, never keeps the process alive, and never sends one while another is on its way.
 *
 * @example
 * ```ts
 * const beats = startHeartbeat(pool, { app: 'shop', version: process.env.GIT_SHA ?? 'dev' })
 * // before the pool is ended:
 * await beats.stop()
 * ```
 */
export function startHeartbeat(
  database: HeartbeatDatabase,
  { every = 20_000, onError = warnOnce(), ...options }: HeartbeatsOptions,
): { readonly stop: () => Promise<void> } {
  let underWay: Promise<void> | undefined
  // An app is not to fail because of us.
  const send = (): void => {
    underWay ??= heartbeat(database, options)
      .catch((error: unknown) => {
        try {
          onError(error)
        } catch {
          // Nor because of what it does about that.
        }
      })
      .finally(() => {
        underWay = undefined
      })
  }
  send()
  const timer = setInterval(send, Math.min(Math.max(every, 1000), 30_000))
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await underWay
    },
  }
}

/** An app's log is not to be filled. */
function warnOnce(): (error: unknown) => void {
  let warned = false
  return (error) => {
    if (warned) return
    warned = true
    process.emitWarning(
      `bellows: no heartbeat could be sent: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

const known = new WeakMap<KyselyAsked, DialectName>()

/** The instance does not say which server it leads to; the server does. */
async function dialectOf(database: KyselyAsked): Promise<DialectName> {
  const before = known.get(database)
  if (before !== undefined) return before
  const answer = await database.executeQuery(compiled('select version() as version', []))
  const [row] = (answer as { readonly rows: readonly { readonly version?: string }[] }).rows
  const name = /^postgresql/i.test(row?.version ?? '') ? 'postgres' : 'mysql'
  known.set(database, name)
  return name
}

const compiled = (sql: string, parameters: readonly unknown[]): never =>
  ({
    sql,
    parameters,
    query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
    queryId: { queryId: 'bellows heartbeat' },
  }) as never
