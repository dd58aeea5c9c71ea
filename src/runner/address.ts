import type { ConnectOptions, Dialect } from '../dialects/dialect.ts'
import { dialectNamed, openDialect } from '../dialects/open.ts'
import { usageError } from '../errors.ts'
import { type KyselyInstance, lenderOf } from './kysely.ts'

/** A pool of `pg`: its options say where it connects. */
export interface PgPool {
  readonly options: object
}

/** A pool of `mysql2`, with callbacks or with promises. */
export type MysqlPool = { readonly config: object } | { readonly pool: { readonly config: object } }

/** An address, and what the driver is told beside it. */
export interface Address {
  readonly url: string
  /** Settings of the driver, for what the URL does not say: the password, TLS. */
  readonly driver: Readonly<Record<string, unknown>>
  /** There is no address: sessions are borrowed. */
  readonly lend?: NonNullable<ConnectOptions['lend']>
}

/** Where a migrator connects: a URL, a pool whose address and credentials are taken, or what lends connections. */
export type Database = string | PgPool | MysqlPool | KyselyInstance | Address

/** What is taken of a pool; the rest is about how the app reads its rows. */
const taken = {
  postgres: ['host', 'port', 'user', 'password', 'ssl', 'options', 'stream', 'sslnegotiation'],
  mysql: [
    ...['host', 'port', 'socketPath', 'localAddress', 'user', 'password', 'password2', 'password3', 'passwordSha1'],
    ...['ssl', 'stream', 'authPlugins', 'authSwitchHandler', 'enableCleartextPlugin', 'insecureAuth', 'compress'],
  ],
} as const

/**
 * The address of a database. A pool is asked for its own and then left alone: our sessions have settings that no session of the
 * app may be given back with. A Kysely instance keeps its address to itself, so its connections are borrowed.
 *
 * @throws BellowsError exit 2 for what is no database
 */
export function addressOf(database: Database): Address {
  if (typeof database === 'string') return { url: database, driver: {} }
  if ('url' in database && typeof database.url === 'string') return database
  if ('getExecutor' in database) return { url: '', driver: {}, lend: lenderOf(database) }
  const given = database as { readonly options?: object; readonly config?: object; readonly pool?: { config?: object } }
  const mysql = connectionConfig(given.config ?? given.pool?.config)
  if (mysql !== null) return of('mysql', mysql, taken.mysql)
  if (typeof given.options === 'object') return of('postgres', given.options, taken.postgres)
  throw usageError('database.pool', 'the database is neither a URL, nor a pool of pg or mysql2, nor a Kysely instance')
}

/** The dialect of what is at an address; who lends is asked. */
export async function dialectAt({ url, lend }: Address, patience: number): Promise<Dialect> {
  if (lend === undefined) return openDialect(url)
  const lent = await lend(patience)
  try {
    const { rows } = await lent.query('select version() as version', [])
    const version = (rows as { readonly version?: string }[])[0]?.version ?? ''
    return await dialectNamed(/^postgresql/i.test(version) ? 'postgres' : 'mysql')
  } finally {
    lent.giveBack()
  }
}

function connectionConfig(config: object | undefined): object | null {
  if (config === undefined) return null
  const found = (config as { readonly connectionConfig?: unknown }).connectionConfig
  return typeof found === 'object' ? found : null
}

function of(protocol: string, options: object, names: readonly string[]): Address {
  const said = options as Readonly<Record<string, unknown>>
  // Some are not enumerable, so that they are not printed by accident.
  const driver = Object.fromEntries(names.map((name) => [name, said[name]]).filter(([, value]) => value !== undefined))
  if (typeof said.connectionString === 'string') return { url: said.connectionString, driver }
  return { url: `${protocol}:///${encodeURIComponent(String(said.database ?? ''))}`, driver }
}
