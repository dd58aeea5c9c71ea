import { readFile } from 'node:fs/promises'
import pg, { type ClientConfig } from 'pg'
import { refused, usageError } from '../../errors.ts'
import type { ConnectOptions } from '../dialect.ts'

/** Turns a URL with libpq's parameters into the driver's configuration. PG* variables and PGPASSFILE are the driver's own. */
async function clientConfig(options: ConnectOptions): Promise<ClientConfig> {
  const url = parseUrl(options.url)
  const parameter = (name: string): string | undefined =>
    url.searchParams.get(name) ?? process.env[`PG${name.toUpperCase()}`]
  // As in libpq, what is said as a parameter goes before what stands in its place in the URL.
  const part = (name: string, place: string): string | undefined =>
    url.searchParams.get(name) ?? (decodeURIComponent(place) || undefined)
  const database = part('dbname', url.pathname.slice(1))
  const user = part('user', url.username)
  const port = part('port', url.port)
  const password = options.password ?? part('password', url.password)
  const host = url.searchParams.get('host') ?? (decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '') || undefined)
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(user === undefined ? {} : { user }),
    ...(database === undefined ? {} : { database }),
    ...(password === undefined ? {} : { password }),
    ...(parameter('options') === undefined ? {} : { options: parameter('options') ?? '' }),
    ssl: await tls(parameter, host),
    connectionTimeoutMillis: Math.min(options.connectTimeout, 10_000),
    keepAlive: true,
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw usageError('database.url', `${text} is no port`, { hint: 'One host and one port: a list is not understood.' })
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text)
    // Half an escape is found here, where the text is not repeated, and not when a part is first used.
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part)
    if (url.protocol === 'postgres:' || url.protocol === 'postgresql:') return url
    if (url.protocol === 'mysql:' || url.protocol === 'mariadb:') {
      throw refused('database.engine', `${url.protocol.slice(0, -1)} is not there yet: PostgreSQL 14 to 18 are`)
    }
    throw usageError('database.url', `a database URL begins with postgres:// or postgresql://, not ${url.protocol}//`)
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) {
      // The text may hold a password, so it is not repeated, nor is the error that quotes it kept.
      throw usageError('database.url', 'the database URL cannot be read', {
        hint: 'postgres://user:password@host:5432/database; special characters in user and password are percent-encoded.',
      })
    }
    throw error
  }
}

/** A connected client. With sslmode prefer, the default, TLS is tried first and done without where it cannot be had. */
export async function openClient(options: ConnectOptions): Promise<pg.Client> {
  const config = { ...(await clientConfig(options)), application_name: options.applicationName }
  const open = async (ssl: ClientConfig['ssl']): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, ssl })
    // Without a listener, a broken idle connection would end the process.
    client.on('error', () => undefined)
    await client.connect().catch(async (error: unknown) => {
      await client.end().catch(() => undefined)
      throw error
    })
    return client
  }
  const mode = parseUrl(options.url).searchParams.get('sslmode') ?? process.env.PGSSLMODE ?? 'prefer'
  return open(config.ssl).catch((error: unknown) => {
    const noTls = error instanceof Error && /SSL (connection|encryption)/.test(error.message)
    if (mode !== 'prefer' || config.ssl === false || !noTls) throw error
    return open(false)
  })
}

/** libpq's sslmode (manual, 34.19.1): prefer and require take any certificate, verify-ca checks who signed it, verify-full the name too. */
async function tls(
  parameter: (name: string) => string | undefined,
  host: string | undefined,
): Promise<ClientConfig['ssl']> {
  const mode = parameter('sslmode') ?? 'prefer'
  const file = async (name: string): Promise<string | undefined> => {
    const path = parameter(name)
    if (path === undefined || path === '' || path === 'system') return undefined
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      throw usageError('database.tls-file', `${name} cannot be read: ${path}`, { cause: error })
    }
  }
  const local = (host ?? process.env.PGHOST ?? '').startsWith('/')
  if (mode === 'disable' || mode === 'allow' || (mode === 'prefer' && local)) return false
  if (!['prefer', 'require', 'verify-ca', 'verify-full'].includes(mode)) {
    throw usageError(
      'database.sslmode',
      `sslmode is ${mode}, and must be disable, prefer, require, verify-ca or verify-full`,
    )
  }
  const ca = await file('sslrootcert')
  const cert = await file('sslcert')
  const key = await file('sslkey')
  const verify = mode.startsWith('verify') || (mode === 'require' && ca !== undefined)
  return {
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: (): undefined => undefined }),
  }
}
