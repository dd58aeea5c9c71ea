import { openDialect, testDatabasesOf } from '../dialects/open.ts'
import { mysqlProduct, needMysql } from '../embedded/mysql/find.ts'
import { startEmbeddedMysql } from '../embedded/mysql/server.ts'
import { startEmbedded } from '../embedded/server.ts'
import { usageError } from '../errors.ts'
import type { DialectName } from '../planner/catalog.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import { connectOptions } from './connect.ts'
import type { ServerSource, StartedSource } from './options.ts'

/** A server that tests can make databases on. */
export interface TestServer {
  /** What `database` takes, in this process or another one. */
  readonly url: string
  readonly dialect: DialectName
  /** `PostgreSQL 18.4` */
  readonly product: string
  /** Ends a server that was started, with all that is on it; one that was given is left alone. */
  stop(): Promise<void>
}

/** A server, and whether it goes with this process. */
export interface OpenedServer extends TestServer {
  readonly started: boolean
}

/**
 * Starts a server for tests, once for many test files. It ends with this process, however that ends.
 *
 * @throws BellowsError exit 3 where this machine has no such server. Nothing is fetched.
 * @example
 * ```ts
 * const server = await startTestServer({ embedded: 'postgres' })
 * try { await runTests(server.url) } finally { await server.stop() }
 * ```
 */
export async function startTestServer(
  source: StartedSource,
  options: { readonly signal?: AbortSignal } = {},
): Promise<TestServer> {
  const { url, dialect, product, stop } = await openServer(source, options.signal)
  return { url, dialect, product, stop }
}

/** The server that was asked for. */
export async function openServer(
  source: ServerSource,
  signal: AbortSignal | undefined,
  connectTimeout?: number,
): Promise<OpenedServer> {
  throwIfAborted(signal ?? null)
  try {
    // Where the environment was to name it, and does not.
    if (source === undefined || source === null || source === '') throw noServer()
    if (typeof source === 'string') return await givenServer(source, connectTimeout)
    if ('pglite' in source) throw noProcess()
    return await startedServer(source, signal)
  } catch (error) {
    // What an abort makes of a start that is under way is not always an error of ours.
    throwIfAborted(signal ?? null)
    throw error
  }
}

async function givenServer(url: string, connectTimeout?: number): Promise<OpenedServer> {
  refuseUnreadable(url)
  const dialect = await openDialect(url)
  const { serverUrl } = await testDatabasesOf(dialect.name)
  const session = await dialect.connect(connectOptions(serverUrl(url), connectTimeout))
  try {
    const { rows } = await session.query<{ dialect: DialectName; server: string }>(dialect.sessions.whereAmI)
    const [here] = rows
    const product = here?.server ?? ''
    return { url, dialect: here?.dialect ?? dialect.name, product, started: false, stop: async () => undefined }
  } finally {
    await session.close()
  }
}

/** Here, where the text is not repeated: it may hold a password. */
function refuseUnreadable(url: string): void {
  if (URL.canParse(url) && /^(postgres|postgresql|mysql|mariadb):/.test(url)) return
  throw noServer()
}

const noServer = (): Error =>
  usageError('testing.database', 'the database of the test kit is no URL of a server', {
    hint: "Say postgres://user:password@host/database or mysql://..., or { embedded: 'postgres' }, or { pglite: true }.",
  })

const noProcess = (): Error =>
  usageError('testing.database', 'PGlite is no server that other processes make databases on', {
    hint: "Give { pglite: true } as `database` where the tests are, or start { embedded: 'postgres' }.",
  })

async function startedServer(
  { embedded, series }: StartedSource,
  signal: AbortSignal | undefined,
): Promise<OpenedServer> {
  if (embedded === 'postgres') {
    const major = Number(series ?? '18')
    if (!Number.isInteger(major)) {
      throw usageError('testing.database', `${series} is no major version of PostgreSQL`, { hint: 'Say 18.' })
    }
    const server = await startEmbedded({ major, durable: false, download: false, ...(signal && { signal }) })
    const product = `PostgreSQL ${server.version}`
    const stop = (): Promise<void> => server.stop('immediate')
    // The environment may ask for TLS, which is meant for another server.
    return { url: `${server.url}?sslmode=disable`, dialect: embedded, product, started: true, stop }
  }
  if (embedded !== 'mysql' && embedded !== 'mariadb') {
    throw usageError('testing.database', `there is no embedded ${String(embedded)}`, {
      hint: 'Say postgres, mysql or mariadb.',
    })
  }
  const server = await startEmbeddedMysql(await needMysql({ kind: embedded, series }), { signal })
  const product = `${mysqlProduct({ kind: embedded })} ${server.version}`
  return { url: server.url, dialect: embedded, product, started: true, stop: server.stop }
}
