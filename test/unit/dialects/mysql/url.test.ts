import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseAddress } from '../../../../src/dialects/mysql/url.ts'

const parse = (url: string, password: (() => string) | null = null): ReturnType<typeof parseAddress> =>
  parseAddress({ url, applicationName: 'test', setRole: null, connectTimeout: 30_000, password, signal: null })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-url-'))
  await writeFile(path.join(folder, 'ca.pem'), 'an authority')
})
afterAll(() => rm(folder, { recursive: true }))

it.each(['mysql', 'mariadb'])('%s:// is taken apart, escapes and all', async (scheme) => {
  const { config } = await parse(`${scheme}://us%40er:p%2Fw@db.example:3307/my%20db`)
  expect(config).toMatchObject({
    host: 'db.example',
    port: 3307,
    user: 'us@er',
    password: 'p/w',
    database: 'my db',
    connectTimeout: 10_000,
  })
})

it('has the port of the engine, addresses without their brackets, and a socket', async () => {
  expect((await parse('mysql://u@[::1]/d')).config).toMatchObject({ host: '::1', port: 3306 })
  const { config } = await parse('mysql://u@localhost/d?socket=/run/mysqld.sock')
  expect(config).toMatchObject({ socketPath: '/run/mysqld.sock' })
  expect(config).not.toHaveProperty('ssl')
})

it('takes the password of a function before that of the URL', async () => {
  expect((await parse('mysql://u:old@h/d', () => 'new')).config.password).toBe('new')
})

it.each([
  ['', { ssl: { rejectUnauthorized: false, verifyIdentity: false } }, true],
  ['?ssl-mode=DISABLED', {}, false],
  ['?ssl-mode=REQUIRED', { ssl: { rejectUnauthorized: false } }, false],
  ['?sslmode=required', { ssl: { rejectUnauthorized: false } }, false],
  ['?ssl_mode=verify_ca', { ssl: { rejectUnauthorized: true, verifyIdentity: false } }, false],
  ['?ssl-mode=VERIFY_IDENTITY', { ssl: { rejectUnauthorized: true, verifyIdentity: true } }, false],
])('ssl-mode: %s', async (parameters, expected, without) => {
  const { config, mayDoWithoutTls } = await parse(`mysql://u@h/d${parameters}`)
  expect(config).toMatchObject(expected)
  expect('ssl' in config).toBe('ssl' in expected)
  expect(mayDoWithoutTls).toBe(without)
})

it('REQUIRED checks an authority that is named', async () => {
  const { config } = await parse(`mysql://u@h/d?ssl-mode=REQUIRED&ssl-ca=${folder}/ca.pem`)
  expect(config.ssl).toMatchObject({ rejectUnauthorized: true, ca: 'an authority' })
})

it.each([
  ['no url at all', 'database.url'],
  ['postgres://u@h/d', 'database.url'],
  ['mysql://u@h/', 'database.url'],
  ['mysql://u@h', 'database.url'],
  ['mysql://u:50%@h/d', 'database.url'],
  ['mysql://u:secret@h:port/d', 'database.url'],
  ['mysql://u@h/d?ssl-mode=MAYBE', 'database.sslmode'],
  ['mysql://u@127.0.0.1/d?ssl-mode=VERIFY_IDENTITY', 'database.sslmode'],
  ['mysql://u@[::1]/d?ssl-mode=VERIFY_IDENTITY', 'database.sslmode'],
  ['mysql://u@h/d?ssl={"rejectUnauthorized":true}', 'database.sslmode'],
  ['mysql://u@h/d?sslaccept=strict', 'database.sslmode'],
  ['mysql://u@h/d?ssl-ca=/nowhere.pem', 'database.tls-file'],
])('%s is refused (2), and not repeated', async (url, code) => {
  const error: unknown = await parse(url).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ exitCode: 2, code })
  expect((error as Error).message).not.toContain('secret')
})
