import { readFile } from 'node:fs/promises'
import { createPool, type SslOptions } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EmbeddedMysql } from '../../../../src/embedded/mysql/server.ts'
import { BellowsError } from '../../../../src/errors.ts'
import { createMigrator } from '../../../../src/index.ts'
import { describeEachStartableMysql, mysqlRows } from '../../../servers/databases.ts'
import { startOwn } from '../../../servers/mysql/find.ts'
import { type Certificates, makeCertificates } from '../certificates.ts'
import { open, rowsOf } from './open.ts'

const tlsRefused = { exitCode: 2, code: 'database.tls' }

/** Was the session encrypted, and could it be opened at all? */
async function encrypted(url: string): Promise<boolean | { readonly exitCode: number; readonly code: string }> {
  try {
    const session = await open(url, { connectTimeout: 1000 })
    const [row] = await rowsOf<{ Value: string }>(session, "show session status like 'Ssl_cipher'")
    await session.close()
    return (row?.Value ?? '') !== ''
  } catch (error) {
    if (!(error instanceof BellowsError)) throw error
    return { exitCode: error.exitCode, code: error.code }
  }
}

describeEachStartableMysql('a server with TLS and a CA of its own', (server) => {
  let certificates: Certificates
  let own: EmbeddedMysql
  beforeAll(async () => {
    certificates = await makeCertificates()
    const settings = { 'ssl-ca': certificates.ca, 'ssl-cert': certificates.cert, 'ssl-key': certificates.key }
    const started = await startOwn(server, settings)
    if (started === null) throw new Error(`no binaries of ${server.name} on this machine`)
    own = started
    await mysqlRows(
      own.url,
      "create database target; create user strict identified by 'pw' require ssl; grant all on target.* to strict",
    )
  })
  afterAll(async () => {
    await own?.stop()
    await certificates?.remove()
  })

  const url = (parameters: string, host = 'localhost'): string =>
    `${own.url.replace('127.0.0.1', host)}target?${parameters}`

  it.each([
    ['nothing said', '', true],
    ['PREFERRED', 'ssl-mode=PREFERRED', true],
    ['DISABLED', 'ssl-mode=DISABLED', false],
    ['REQUIRED', 'ssl-mode=REQUIRED', true],
  ])('is used as MySQL would with %s', async (_, parameters, expected) => {
    expect(await encrypted(url(parameters))).toBe(expected)
  })

  it.each(['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'])('is trusted with the right CA under %s', async (mode) => {
    expect(await encrypted(url(`ssl-mode=${mode}&ssl-ca=${certificates.ca}`))).toBe(true)
  })

  it.each(['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'])('is refused (2) with a wrong CA under %s', async (mode) => {
    expect(await encrypted(url(`ssl-mode=${mode}&ssl-ca=${certificates.otherCa}`))).toEqual(tlsRefused)
  })

  it.each(['VERIFY_CA', 'VERIFY_IDENTITY'])(
    'is refused (2) without a CA under %s, because nobody else vouches for it',
    async (mode) => {
      expect(await encrypted(url(`ssl-mode=${mode}`))).toEqual(tlsRefused)
    },
  )

  it('by an address cannot be verified to be of the host (2), and is trusted by VERIFY_CA', async () => {
    const address = (mode: string): string => url(`ssl-mode=${mode}&ssl-ca=${certificates.ca}`, '127.0.0.1')
    expect(await encrypted(address('VERIFY_IDENTITY'))).toEqual({ exitCode: 2, code: 'database.sslmode' })
    expect(await encrypted(address('VERIFY_CA'))).toBe(true)
  })

  it("is that of a pool: its password, and its authorities, are the app's", async () => {
    const [ca, otherCa] = await Promise.all(
      [certificates.ca, certificates.otherCa].map((file) => readFile(file, 'utf8')),
    )
    const status = async (ssl: { readonly ca: string | undefined }): Promise<unknown> => {
      const account = { user: 'strict', password: 'pw', database: 'target' }
      const pool = createPool({ host: 'localhost', port: own.port, ...account, ssl: { ...ssl } as SslOptions })
      const migrator = createMigrator({ database: pool, migrations: [], connectTimeout: 1000 })
      const answer = await migrator.status().catch(({ code, exitCode }) => ({ code, exitCode }))
      await migrator.close()
      await pool.end()
      return answer
    }
    expect(await status({ ca })).toMatchObject({ dialect: server.kind })
    expect(await status({ ca: otherCa })).toEqual(tlsRefused)
  })

  it('is what admits an account for which the server demands it', async () => {
    const strict = (parameters: string): string => url(parameters).replace(/root:[^@]*@/, 'strict:pw@')
    expect(await encrypted(strict(''))).toBe(true)
    expect(await encrypted(strict('ssl-mode=DISABLED'))).toMatchObject({ exitCode: 2 })
  })
})

describeEachStartableMysql('a server with the certificate of another host', (server) => {
  it('is refused (2) by VERIFY_IDENTITY, and trusted by VERIFY_CA', async () => {
    const certificates = await makeCertificates('elsewhere.example')
    const settings = { 'ssl-ca': certificates.ca, 'ssl-cert': certificates.cert, 'ssl-key': certificates.key }
    const own = await startOwn(server, settings)
    if (own === null) throw new Error(`no binaries of ${server.name} on this machine`)
    try {
      await mysqlRows(own.url, 'create database target')
      const url = (mode: string): string =>
        `${own.url.replace('127.0.0.1', 'localhost')}target?ssl-mode=${mode}&ssl-ca=${certificates.ca}`
      expect(await encrypted(url('VERIFY_IDENTITY'))).toEqual(tlsRefused)
      expect(await encrypted(url('VERIFY_CA'))).toBe(true)
    } finally {
      await own.stop()
      await certificates.remove()
    }
  })
})

describeEachStartableMysql('a server without TLS', (server) => {
  it('is refused (2) where TLS is asked for, and used without otherwise', async () => {
    const own = await startOwn(server, server.kind === 'mysql' ? { 'tls-version': '' } : { ssl: 0 })
    if (own === null) throw new Error(`no binaries of ${server.name} on this machine`)
    try {
      await mysqlRows(own.url, 'create database target')
      const named = own.url.replace('127.0.0.1', 'localhost')
      const url = (mode: string): string => `${named}target?ssl-mode=${mode}`
      for (const mode of ['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'])
        expect(await encrypted(url(mode)), mode).toEqual(tlsRefused)
      for (const mode of ['DISABLED', 'PREFERRED']) expect(await encrypted(url(mode)), mode).toBe(false)
      expect(await encrypted(`${own.url}target`)).toBe(false)
    } finally {
      await own.stop()
    }
  })
})
