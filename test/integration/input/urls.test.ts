import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { isBellowsError } from '../../../src/errors.ts'
import { createMigrator } from '../../../src/index.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { migrate } from '../../unit/cli/terminal.ts'

const secret = 's3cr3t-Passw0rd'

interface Broken {
  readonly title: string
  readonly url: (closedPort: number) => string
  readonly exitCode: number
}

const broken: readonly Broken[] = [
  { title: 'is no URL', url: () => `host=localhost password=${secret}`, exitCode: 2 },
  { title: 'is empty', url: () => '', exitCode: 2 },
  { title: 'has a space in the host', url: () => `postgres://user:${secret}@local host/db`, exitCode: 2 },
  { title: 'has an unescaped # in the password', url: () => `postgres://user:${secret}#x@localhost/db`, exitCode: 2 },
  { title: 'has an unescaped / in the password', url: () => `postgres://user:${secret}/x@localhost/db`, exitCode: 2 },
  { title: 'has an unescaped ? in the password', url: () => `postgres://user:${secret}?x@localhost/db`, exitCode: 2 },
  { title: 'has half an escape in the password', url: () => `postgres://user:${secret}%zz@localhost/db`, exitCode: 2 },
  { title: 'has half an escape in the user', url: () => `postgres://us%e:${secret}@localhost/db`, exitCode: 2 },
  { title: 'has half an escape in the database', url: () => `postgres://user:${secret}@localhost/d%b`, exitCode: 2 },
  { title: 'has a port that cannot be', url: () => `postgres://user:${secret}@localhost:99999/db`, exitCode: 2 },
  { title: 'is of another scheme', url: () => `https://user:${secret}@localhost/db`, exitCode: 2 },
  { title: 'is of an engine that is not there', url: () => `mongodb://user:${secret}@localhost/db`, exitCode: 2 },
  {
    title: 'has an sslmode that is not there',
    url: (port) => `postgres://user:${secret}@127.0.0.1:${port}/db?sslmode=mostly`,
    exitCode: 2,
  },
  {
    title: 'names a CA that cannot be read',
    url: (port) => `postgres://user:${secret}@127.0.0.1:${port}/db?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem`,
    exitCode: 2,
  },
  {
    title: 'names a host that is not there',
    url: () => `postgres://user:${secret}@no-such-host.invalid/db`,
    exitCode: 2,
  },
  {
    title: 'names several hosts',
    url: (port) => `postgres:///db?host=127.0.0.1&port=${port},${port}&user=user&password=${secret}`,
    exitCode: 2,
  },
  {
    title: 'names a socket that is not there',
    url: () => `postgres:///db?host=/nowhere&user=user&password=${secret}`,
    exitCode: 75,
  },
  {
    title: 'names a port where nobody listens',
    url: (port) => `postgres://user:${secret}@127.0.0.1:${port}/db`,
    exitCode: 75,
  },
]

/** A port where nothing listens now. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 1
}

describeEachServer('a database URL', (server) => {
  let port: number
  beforeAll(async () => {
    port = await closedPort()
  })

  it.each(broken)('that $title ends with $exitCode and does not tell the password', async ({ url, exitCode }) => {
    const database = url(port)
    const migrator = createMigrator({ database, migrations: [], connectTimeout: 300 })
    const error: unknown = await migrator.status().catch((thrown: unknown) => thrown)
    await migrator.close()
    expect(isBellowsError(error) ? error.exitCode : error).toBe(exitCode)
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret)
    expect(isBellowsError(error) && (error.hint ?? error.message).length).toBeGreaterThan(10)

    const env = { DATABASE_URL: database, MIGRATE_CONNECT_TIMEOUT: '300ms' }
    for (const flags of [[], ['--json'], ['--verbose'], ['--log-format', 'json']]) {
      const ran = await migrate(['status', ...flags], { env })
      // An empty variable is none: then nothing names a database, which is a matter of usage all the same.
      expect(ran.exitCode, flags.join()).toBe(exitCode)
      expect(ran.stdout + ran.stderr).not.toContain(secret)
    }
  })

  it.each([
    ['quotes, percent signs and at signs', `p'"%@:/?#[]&=+ $\\`],
    ['letters of every kind', 'пароль-密码-👍🏽'],
    ['spaces only', '   '],
  ])('with %s in its password is understood, and the password is told nowhere', async (_, password) => {
    const url = new URL(server.url)
    url.username = 'postgres'
    url.password = encodeURIComponent(password)
    const events: unknown[] = []
    const migrator = createMigrator({ database: url.href, migrations: [], onEvent: (event) => events.push(event) })
    const told = [await migrator.status(), await migrator.doctor(), await migrator.history(), events]
    await migrator.close()
    if (password.trim() === '') return
    expect(inspect(told, { depth: null })).not.toContain(password)
    expect(inspect(told, { depth: null })).not.toContain(encodeURIComponent(password))
  })

  it('may say each part as a parameter, as libpq reads it', async () => {
    const given = new URL(server.url)
    const url = new URL('postgres:///?')
    url.searchParams.set('host', given.hostname)
    url.searchParams.set('port', given.port)
    url.searchParams.set('user', decodeURIComponent(given.username))
    url.searchParams.set('password', decodeURIComponent(given.password))
    url.searchParams.set('dbname', given.pathname.slice(1))
    const migrator = createMigrator({ database: url.href, migrations: [] })
    expect((await migrator.status()).database).toBe(given.pathname.slice(1))
    await migrator.close()
  })

  it('with a role to become that is not there ends with 2', async () => {
    const migrator = createMigrator({ database: server.url, migrations: [], setRole: 'no such "role' })
    await expect(migrator.status()).rejects.toMatchObject({ exitCode: 2, code: 'database.role' })
    await migrator.close()
  })

  it('that names a database that is not there ends with 2', async () => {
    const migrator = createMigrator({ database: server.url.replace(/\/postgres$/, '/no%20such%20"db'), migrations: [] })
    await expect(migrator.status()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no such "db'),
    })
    await migrator.close()
  })

  it('that names a role that is not there ends with 2', async () => {
    const url = new URL(server.url)
    url.username = 'nobody here'
    const migrator = createMigrator({ database: url.href, migrations: [] })
    await expect(migrator.status()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('nobody here'),
    })
    await migrator.close()
  })
})
