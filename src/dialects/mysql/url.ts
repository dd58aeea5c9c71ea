import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { ConnectionOptions, SslOptions } from 'mysql2/promise'
import { usageError } from '../../errors.ts'
import type { ConnectOptions } from '../dialect.ts'

/** The driver's configuration, and whether to do without TLS where the server offers none. */
export interface Address {
  readonly config: ConnectionOptions
  readonly mayDoWithoutTls: boolean
}

const shape = 'mysql://user:password@host:3306/database; special characters in user and password are percent-encoded.'

/** What stands in a URL with the parameters of MySQL's own programs: ssl-mode, ssl-ca, ssl-cert, ssl-key, socket. */
export async function parseAddress(options: ConnectOptions): Promise<Address> {
  const url = parseUrl(options.url)
  const parameters = readParameters(url)
  const database = decodeURIComponent(url.pathname.slice(1))
  if (database === '') throw usageError('database.url', 'the database URL names no database', { hint: shape })
  // What the URL does not say, a pool may have said.
  const { ssl, socketPath, host: poolHost, port: poolPort, ...driver } = options.driver ?? {}
  const named = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '')
  const socket = parameters.get('socket') ?? (named === '' ? text(socketPath) : undefined)
  const host = named || text(poolHost) || 'localhost'
  const byPool = parameters.has('ssl-mode') || !ssl ? null : { ssl: ssl as SslOptions, mayDoWithout: false }
  const tlsSettings = byPool ?? (await tls(parameters, socket === undefined ? host : null))
  const password = options.password === null ? decodeURIComponent(url.password) : await options.password()
  return {
    mayDoWithoutTls: tlsSettings.mayDoWithout,
    config: {
      ...driver,
      ...(socket === undefined ? { host } : { socketPath: socket }),
      port: url.port === '' ? Number(poolPort ?? 3306) : Number(url.port),
      database,
      // An empty one is one too, for an account that has none.
      ...(password === '' && driver.password !== undefined ? {} : { password }),
      ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
      ...(tlsSettings.ssl === null ? {} : { ssl: tlsSettings.ssl }),
      connectTimeout: Math.min(options.connectTimeout, 10_000),
    },
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function parseUrl(text: string): URL {
  try {
    const url = new URL(text)
    // Half an escape is found here, where the text is not repeated, and not when a part is first used.
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part)
    if (url.protocol === 'mysql:' || url.protocol === 'mariadb:') return url
    throw usageError('database.url', `a database URL begins with mysql:// or mariadb://, not ${url.protocol}//`)
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) {
      // The text may hold a password, so it is not repeated, nor is the error that quotes it kept.
      throw usageError('database.url', 'the database URL cannot be read', { hint: shape })
    }
    throw error
  }
}

const known = new Set(['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket'])

// `ssl_mode` and `sslmode` are in use too. What begins with ssl and is not known may be meant to protect: it is not passed over.
function readParameters(url: URL): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [given, value] of url.searchParams) {
    const name = given
      .toLowerCase()
      .replaceAll('_', '-')
      .replace(/^ssl(?=[a-z])/, 'ssl-')
    if (known.has(name)) found.set(name, value)
    else if (/^(ssl|tls)/.test(name)) {
      throw usageError('database.sslmode', `the parameter ${given} of the database URL is not known`, {
        hint: 'TLS is asked for by ssl-mode, ssl-ca, ssl-cert and ssl-key (docs/connection.md).',
      })
    }
  }
  return found
}

/**
 * MySQL's --ssl-mode (manual, "Command Options for Encrypted Connections"): PREFERRED and REQUIRED take any certificate,
 * VERIFY_CA checks who signed it, VERIFY_IDENTITY the name too. An authority that is named is meant: REQUIRED then checks it.
 */
async function tls(
  parameters: ReadonlyMap<string, string>,
  host: string | null,
): Promise<{ ssl: SslOptions | null; mayDoWithout: boolean }> {
  const file = async (name: string): Promise<string | undefined> => {
    const path = parameters.get(name)
    if (path === undefined || path === '') return undefined
    return readFile(path, 'utf8').catch((cause: unknown) => {
      throw usageError('database.tls-file', `${name} cannot be read: ${path}`, { cause })
    })
  }
  const mode = (parameters.get('ssl-mode') ?? 'PREFERRED').toUpperCase().replaceAll('-', '_')
  if (!['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'].includes(mode)) {
    throw usageError(
      'database.sslmode',
      `ssl-mode is ${mode}, and must be DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY`,
    )
  }
  if (mode === 'DISABLED' || (mode === 'PREFERRED' && host === null)) return { ssl: null, mayDoWithout: false }
  // The driver would compare the certificate of an address with the name "localhost".
  if (mode === 'VERIFY_IDENTITY' && (host === null || isIP(host) !== 0)) {
    throw usageError('database.sslmode', 'ssl-mode VERIFY_IDENTITY needs the name of the host in the database URL', {
      hint: 'Where there is only an address, VERIFY_CA checks who signed the certificate.',
    })
  }
  const [ca, cert, key] = await Promise.all(['ssl-ca', 'ssl-cert', 'ssl-key'].map(file))
  const verify = mode.startsWith('VERIFY') || (mode === 'REQUIRED' && ca !== undefined)
  return {
    mayDoWithout: mode === 'PREFERRED',
    ssl: {
      rejectUnauthorized: verify,
      verifyIdentity: mode === 'VERIFY_IDENTITY',
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  }
}
