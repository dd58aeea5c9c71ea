import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type EmbeddedServer, startEmbedded } from '../../../src/embedded/server.ts'
import { createMigrator } from '../../../src/index.ts'
import { describeEachServer, withClient } from '../../servers/databases.ts'
import { ask, encrypted } from './ask.ts'
import { type Certificates, makeCertificates } from './certificates.ts'

const tlsRefused = { exitCode: 2, code: 'database.tls' }
const password = "p'ss w%rd/@:#é"

describe('a server with TLS and a CA of its own', () => {
  let certificates: Certificates
  let server: EmbeddedServer
  beforeAll(async () => {
    certificates = await makeCertificates()
    server = await startEmbedded({
      major: 18,
      durable: false,
      settings: { ssl: 'on', ssl_cert_file: certificates.cert, ssl_key_file: certificates.key },
    })
    const loaded = (): Promise<string | undefined> =>
      withClient(
        server.url,
        async (client) => (await client.query<{ at: string }>('select pg_conf_load_time()::text as at')).rows[0]?.at,
      )
    let before: string | undefined
    await withClient(server.url, async (client) => {
      await client.query(
        `create role secretive login password '${password.replaceAll("'", "''")}'; create role plain login; create role strict login`,
      )
      const rules = [
        'host all postgres 127.0.0.1/32 trust',
        'host all secretive 127.0.0.1/32 scram-sha-256',
        'hostssl all plain 127.0.0.1/32 reject',
        'hostnossl all plain 127.0.0.1/32 trust',
        'hostssl all strict 127.0.0.1/32 trust',
      ]
      await writeFile(path.join(server.dataDir, 'pg_hba.conf'), `${rules.join('\n')}\n`)
      before = await loaded()
      await client.query('select pg_reload_conf()')
    })
    // A session has the load time of the server that it was born of, so a new one tells what rules new ones are under.
    await vi.waitFor(async () => expect(await loaded()).not.toBe(before))
  })
  afterAll(async () => {
    await server?.stop('immediate')
    await certificates?.remove()
  })

  const url = (parameters: string, host = 'localhost', user = 'postgres'): string =>
    `postgres://${user}@${host}:${server.port}/postgres?${parameters}`

  it.each([
    ['nothing said', '', true],
    ['prefer', 'sslmode=prefer', true],
    ['disable', 'sslmode=disable', false],
    ['allow', 'sslmode=allow', false],
    ['require', 'sslmode=require', true],
  ])('is used as libpq would with %s', async (_, parameters, expected) => {
    expect(await encrypted(url(parameters))).toBe(expected)
  })

  it('is used by the name and by the address', async () => {
    expect(await encrypted(url('sslmode=require', '127.0.0.1'))).toBe(true)
  })

  it.each(['verify-ca', 'verify-full'])('is trusted with the right CA under %s', async (mode) => {
    expect(await encrypted(url(`sslmode=${mode}&sslrootcert=${certificates.ca}`))).toBe(true)
  })

  it.each(['require', 'verify-ca', 'verify-full'])('is refused (2) with a wrong CA under %s', async (mode) => {
    expect(await encrypted(url(`sslmode=${mode}&sslrootcert=${certificates.otherCa}`))).toEqual(tlsRefused)
  })

  it.each(['verify-ca', 'verify-full'])(
    'is refused (2) without a CA under %s, because nobody else vouches for it',
    async (mode) => {
      expect(await encrypted(url(`sslmode=${mode}`))).toEqual(tlsRefused)
    },
  )

  it('under a wrong host name is refused (2) by verify-full, and trusted by verify-ca', async () => {
    expect(await encrypted(url(`sslmode=verify-full&sslrootcert=${certificates.ca}`, '127.0.0.1'))).toEqual(tlsRefused)
    expect(await encrypted(url(`sslmode=verify-ca&sslrootcert=${certificates.ca}`, '127.0.0.1'))).toBe(true)
  })

  it('obeys PGSSLMODE and PGSSLROOTCERT where the URL says nothing', async () => {
    vi.stubEnv('PGSSLMODE', 'verify-full')
    vi.stubEnv('PGSSLROOTCERT', certificates.otherCa)
    expect(await encrypted(url(''))).toEqual(tlsRefused)
    vi.stubEnv('PGSSLROOTCERT', certificates.ca)
    expect(await encrypted(url(''))).toBe(true)
    vi.unstubAllEnvs()
  })

  it('is done without under prefer where the server admits the role only so', async () => {
    expect(await encrypted(url('', 'localhost', 'plain'))).toBe(false)
    expect(await encrypted(url('sslmode=require', 'localhost', 'plain'))).toMatchObject({ exitCode: 2 })
  })

  it('is what admits a role for which the server demands it', async () => {
    expect(await encrypted(url('', 'localhost', 'strict'))).toBe(true)
    expect(await encrypted(url('sslmode=disable', 'localhost', 'strict'))).toMatchObject({ exitCode: 2 })
  })

  it('takes a password of any characters, and tells a wrong one (2) without repeating it', async () => {
    const right = `secretive:${encodeURIComponent(password)}`
    expect(await ask(url('', 'localhost', right), 'select current_user as who')).toEqual({ who: 'secretive' })
    const wrong = 'Wr0ng-passw0rd!'
    const migrator = createMigrator({
      database: url('', 'localhost', `secretive:${wrong}`),
      migrations: [],
      connectTimeout: 1000,
    })
    const error: unknown = await migrator.status().catch((thrown: unknown) => thrown)
    await migrator.close()
    expect(error).toMatchObject({ exitCode: 2, code: 'database.authentication' })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(wrong)
  })

  it('asks a function for the password each time it connects', async () => {
    let asked = 0
    const migrator = createMigrator({
      database: url('', 'localhost', 'secretive'),
      migrations: [],
      password: async () => {
        asked++
        return password
      },
    })
    await migrator.status()
    await migrator.close()
    expect(asked).toBeGreaterThan(0)
  })

  it("is that of a pool: its password, and its authorities, are the app's", async () => {
    const status = async (options: pg.PoolConfig): Promise<unknown> => {
      const pool = new pg.Pool({ host: 'localhost', port: server.port, database: 'postgres', ...options })
      const migrator = createMigrator({ database: pool, migrations: [], connectTimeout: 1000 })
      const answer = await migrator.status().catch(({ code, exitCode }) => ({ code, exitCode }))
      await migrator.close()
      await pool.end()
      return answer
    }
    const [ca, otherCa] = await Promise.all(
      [certificates.ca, certificates.otherCa].map((file) => readFile(file, 'utf8')),
    )
    const secretive = { user: 'secretive', password: async () => password }
    expect(await status({ ...secretive, ssl: { ca } })).toMatchObject({ dialect: 'postgres' })
    expect(await status({ ...secretive, ssl: { ca: otherCa } })).toEqual(tlsRefused)
    expect(await status({ ...secretive, ssl: true })).toEqual(tlsRefused)
    expect(await status({ user: 'strict', ssl: false })).toMatchObject({ exitCode: 2 })
  })

  it('tells that a password is missing (2)', async () => {
    const migrator = createMigrator({
      database: url('', 'localhost', 'secretive'),
      migrations: [],
      connectTimeout: 1000,
    })
    await expect(migrator.status()).rejects.toMatchObject({ exitCode: 2, code: 'database.authentication' })
    await migrator.close()
  })
})

describeEachServer('a server without TLS', (server) => {
  it('is refused (2) where TLS is asked for, and used without otherwise', async () => {
    const offers = await withClient(server.url, async (client) => (await client.query('show ssl')).rows[0]?.ssl)
    if (offers === 'on') return
    const url = (mode: string): string => `${server.url}?sslmode=${mode}`
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await encrypted(url(mode)), mode).toEqual(tlsRefused)
    for (const mode of ['disable', 'allow', 'prefer']) expect(await encrypted(url(mode)), mode).toBe(false)
    expect(await encrypted(server.url)).toBe(false)
  })
})
