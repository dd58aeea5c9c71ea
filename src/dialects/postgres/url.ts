import { readFile } from 'node:fs/promises'
import pg, { type ClientConfig } from 'pg'
import { refused, usageError } from '../../errors.ts'
import type { ConnectOptions } from '../dialect.ts'
import { refuseUnknown } from './parameters.ts'
import { readService } from './service.ts'

/** The driver's configuration, and whether to do without TLS where the server offers none. */
export interface Address {
  readonly config: ClientConfig
  readonly mayDoWithoutTls: boolean
}

/**
 * Turns a URL with libpq's parameters into the driver's configuration. What it does not say comes from the service that is named,
 * then from the pool of an app. PG* variables and the password file are the driver's own.
 */
export async function clientConfig(options: ConnectOptions): Promise<Address> {
  const url = parseUrl(options.url)
  const service = await readService(url.searchParams.get('service') ?? process.env.PGSERVICE)
  refuseUnknown(url.searchParams, service)
  const said = (name: string): string | undefined => url.searchParams.get(name) ?? service.get(name)
  const parameter = (name: string): string | undefined => said(name) ?? process.env[`PG${name.toUpperCase()}`]
  // As in libpq, what is said as a parameter goes before what stands in its place in the URL.
  const part = (name: string, place: string): string | undefined =>
    url.searchParams.get(name) ?? (decodeURIComponent(place) || service.get(name))
  const { ssl: poolTls, ...driver } = options.driver ?? {}
  const database = part('dbname', url.pathname.slice(1))
  const user = part('user', url.username)
  const port = part('port', url.port)
  const password = options.password ?? part('password', url.password)
  const name = oneHost(part('host', url.hostname.replace(/^\[|\]$/g, '')))
  const address = oneHost(numericHost(url, service))
  const host = address ?? name
  const byPool = (said('sslmode') ?? said('ssl')) === undefined && poolTls !== undefined
  const mode = parameter('sslmode') ?? (said('ssl') === undefined ? 'prefer' : 'require')
  const ssl = byPool ? (poolTls as ClientConfig['ssl']) : await tls(parameter, mode, name ?? address)
  const given: ClientConfig = {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(user === undefined ? {} : { user }),
    ...(database === undefined ? {} : { database }),
    ...(password === undefined ? {} : { password }),
    ...(parameter('options') === undefined ? {} : { options: parameter('options') ?? '' }),
  }
  return {
    mayDoWithoutTls: mode === 'prefer' && !byPool && ssl !== false,
    config: {
      ...driver,
      ...given,
      // The certificate is for the name, wherever the address leads.
      ssl: typeof ssl === 'object' && address !== undefined && name !== undefined ? { ...ssl, servername: name } : ssl,
      connectionTimeoutMillis: Math.min(options.connectTimeout, 10_000),
      keepAlive: true,
    },
  }
}

/**
 * Where to connect without asking for the name. Only from where the name is from, or nearer: the address of a service or of the
 * environment belongs to another server than the one that the URL names.
 */
function numericHost(url: URL, service: ReadonlyMap<string, string>): string | undefined {
  const near = url.searchParams.get('hostaddr')
  if (near !== null || url.hostname !== '' || url.searchParams.has('host')) return near ?? undefined
  return service.get('hostaddr') ?? (service.has('host') ? undefined : process.env.PGHOSTADDR)
}

/** One server is migrated: which of several would answer is not for us to find out. */
function oneHost(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  if (!text.includes(',')) return text
  throw usageError('database.url', 'the database URL names several hosts', { hint: 'Name the primary alone.' })
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
  const { config, mayDoWithoutTls } = await clientConfig(options)
  const open = async (ssl: ClientConfig['ssl']): Promise<pg.Client> => {
    const client = new pg.Client({ ...config, ssl, application_name: options.applicationName })
    // Without a listener, a broken idle connection would end the process.
    client.on('error', () => undefined)
    await client.connect().catch(async (error: unknown) => {
      await client.end().catch(() => undefined)
      throw error
    })
    return client
  }
  return open(config.ssl).catch((error: unknown) => {
    const noTls = error instanceof Error && /SSL (connection|encryption)/.test(error.message)
    if (!mayDoWithoutTls || !noTls) throw error
    return open(false)
  })
}

/** libpq's sslmode (manual, 34.19.1): prefer and require take any certificate, verify-ca checks who signed it, verify-full the name too. */
async function tls(
  parameter: (name: string) => string | undefined,
  mode: string,
  host: string | undefined,
): Promise<ClientConfig['ssl']> {
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
