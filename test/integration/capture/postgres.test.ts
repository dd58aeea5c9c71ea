import { execFileSync } from 'node:child_process'
import { access, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startEmbedded } from '../../../src/embedded/server.ts'
import { createDatabase, describeEachServer, type TestDatabase, withClient } from '../../servers/databases.ts'
import { migrate } from '../../unit/cli/terminal.ts'
import { makeCertificates } from '../connection/certificates.ts'
import { capture, entries, folder, program, texts } from './support.ts'

const open = 'const client = new pg.Client(url); await client.connect()'
const app = (body: string) => ({ script: `${open}\n${body}\nawait client.end()` })

describeEachServer('capture', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await withClient(database.url, (client) =>
      client.query(
        "create type mood as enum ('ok', 'sad'); create table users (id bigint primary key, name text, email text, mood mood)",
      ),
    )
  })
  afterEach(() => database.drop())

  it('lists what a driver sends: simple, unnamed, named', async () => {
    const found = await capture(
      database.url,
      app(`
        await client.query('begin')
        await client.query("insert into users values (1, 'Ann Secret', 'ann@example.com', 'ok')")
        await client.query("insert into users values (2, 'Bob Secret', 'bob@example.com', 'sad')")
        await client.query('select name from users where id = $1', [1])
        for (const name of ['Ann Secret', 'Bob Secret'])
          await client.query({ name: 'by-name', text: 'select * from users where name = $1', values: [name] })
        await client.query('commit')`),
    )
    expect(entries(found)).toEqual(
      [
        {
          sql: 'insert into users values ($1, $2, $3, $4)',
          params: ['integer', 'unknown', 'unknown', 'unknown'],
          prepared: false,
        },
        { sql: 'select * from users where name = $1' },
        { sql: 'select name from users where id = $1', prepared: false },
      ].map((entry) => expect.objectContaining(entry)),
    )
    expect(found.list).toMatchObject({ app: 'shop', version: 'v1' })
    expect(found.list.statements.map(({ id }) => id.replace(/-[0-9a-f]{10}$/, ''))).toEqual([
      'insert-users',
      'select-users',
      'select-users',
    ])
    expect(found.list.statements.find(({ sql }) => sql.includes('*'))).not.toHaveProperty('prepared')
    expect(found.text).not.toMatch(/Secret|example\.com/)
    expect(found.mode).toBe(0o600)
    expect(found.result).toMatchObject({ exitCode: 0, statements: 3, leftOut: { BEGIN: 1, COMMIT: 1 } })
    expect(found.warnings).toEqual([])
  })

  it('gives the same file for the same run, apart from samples', async () => {
    const run = (values: string, samples = false) =>
      capture(
        database.url,
        app(
          `await Promise.all([${values}].map((n) => client.query('select ' + n + ' from users where id = $1', [n])))`,
        ),
        { samples },
      )
    const [first, second] = [await run('1, 2'), await run('2, 1')]
    expect(second.text).toBe(first.text)
    const sampled = await run('1, 2', true)
    expect(sampled.list.statements).toEqual([
      {
        ...first.list.statements[0],
        samples: [
          [null, '1'],
          [null, '2'],
        ].map(() => expect.anything()),
      },
    ])
  })

  it('keeps values only when asked, and none of a redacted column', async () => {
    const script = app(`
      await client.query('select email from users where name = $1 and id = 7', ['Ann'])
      await client.query('select mood from users where name = $1', [null])`)
    const found = await capture(database.url, script, { samples: true, redact: ['EMAIL'] })
    expect(entries(found)).toEqual(
      [
        { sql: 'select email from users where name = $1 and id = $2', params: ['unknown', 'integer'], prepared: false },
        { sql: 'select mood from users where name = $1', samples: [[null]], prepared: false },
      ].map((entry) => expect.objectContaining(entry)),
    )
    expect(found.text).not.toContain('Ann')
  })

  it('names types that clients declare, those of the database too', async () => {
    const { rows } = await withClient(database.url, (client) => client.query("select 'mood'::regtype::oid as oid"))
    const found = await capture(
      database.url,
      app(`
        const types = [20, ${rows[0].oid}, 0]
        await new Promise((resolve, reject) => client.query({
          submit: (wire) => {
            wire.parse({ name: 'x', text: 'select 1 from users where id = $1 and mood = $2 and name = $3', types })
            wire.bind({ statement: 'x', values: ['1', 'ok', 'n'] }); wire.execute({}); wire.sync()
          },
          handleDataRow() {}, handleCommandComplete() {}, handleReadyForQuery: resolve, handleError: reject,
        }))`),
      { samples: true },
    )
    expect(entries(found)).toEqual([
      {
        sql: 'select $4 from users where id = $1 and mood = $2 and name = $3',
        params: ['bigint', 'mood', 'unknown', 'integer'],
        samples: [['1', 'ok', 'n', '1']],
      },
    ])
  })

  it('withholds what it cannot free of values, and says so', async () => {
    const script = app(`
      await client.query('select 1 from users')
      await client.query("select interval(3) '1 s' || 'top secret'").catch(() => undefined)`)
    const found = await capture(database.url, script)
    expect(texts(found)).toEqual(['select $1 from users'])
    expect(found.warnings).toEqual([expect.stringMatching(/^not in the list, because values .*: select; --samples/)])
    expect(found.text).not.toContain('secret')
    expect(texts(await capture(database.url, script, { samples: true }))).toContain(
      "select interval(3) '1 s' || 'top secret'",
    )
  })

  it('leaves out what the server cannot parse, and says how many; not what names what is not there', async () => {
    await withClient(database.url, (client) =>
      client.query(
        "create function broken() returns int language plpgsql as 'begin execute ''selec 1''; return 1; end'",
      ),
    )
    const found = await capture(
      database.url,
      app(`
        const fails = (query) => client.query(query).then(() => { throw new Error('no error') }, () => undefined)
        await fails('selec 1')
        await fails({ text: 'select id from from users where id = $1', values: [1] })
        await fails({ name: 'named', text: 'select id users where where id = $1', values: [1] })
        await fails('select nowhere from users')
        await fails('select broken()')
        await client.query({ name: 'fine', text: 'select id from users where id = $1', values: [1] })
        for (const id of [1, 2]) await client.query({ name: 'fine', text: 'select id from users where id = $1', values: [id] })`),
      { samples: true },
    )
    expect(texts(found).toSorted()).toEqual([
      'select broken()',
      'select id from users where id = $1',
      'select nowhere from users',
    ])
    expect(found.result).toMatchObject({ withheld: {}, refused: { selec: 1, select: 2 } })
    expect(found.warnings).toEqual(['not in the list, because the server could not parse them: 2 select, selec'])
  })

  it('passes rows of any size in both directions, COPY, notices, errors and cancellation', async () => {
    const found = await capture(
      database.url,
      app(`
        const big = 'x'.repeat(20_000_000)
        const { rows } = await client.query('select $1::text as big', [big])
        if (rows[0].big !== big) throw new Error('another value came back')
        await client.query('select nowhere').then(() => { throw new Error('no error') }, () => undefined)
        const other = new pg.Client(url); await other.connect()
        const slow = other.query('select pg_sleep(60)').catch((error) => error.code)
        await new Promise((resolve) => setTimeout(resolve, 300))
        await new Promise((resolve, reject) => {
          const connection = new pg.Connection(new URL(url))
          connection.connect(Number(new URL(url).port), '127.0.0.1')
          connection.on('connect', () => connection.cancel(other.processID, other.secretKey))
          connection.on('end', resolve); connection.on('error', reject)
        })
        if ((await slow) !== '57014') throw new Error('it was not cancelled')
        await other.end()`),
    )
    expect(found.result.exitCode).toBe(0)
    expect(texts(found)).toContain('select pg_sleep($1)')
  })

  it('answers for the command: its exit code, its end by a signal, what came last', async () => {
    const killed = await capture(
      database.url,
      app(
        "client.query('select id from users'); await new Promise(() => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100))",
      ),
    )
    expect(killed.result.exitCode).toBe(137)
    expect(texts(killed)).toEqual(['select id from users'])
    const failed = await capture(database.url, app("await client.query('select id from users'); process.exit(3)"))
    expect(failed.result.exitCode).toBe(3)
    expect(texts(failed)).toEqual(['select id from users'])
  })

  it('is a command with one document, whose exit code is that of the command behind the dashes', async () => {
    const cwd = await folder()
    const script = await program(
      cwd,
      `${open}; await client.query('select 1'); process.exit(process.argv[2] === '--version' ? 3 : 4)`,
    )
    const argv = ['capture', '--app', 'shop', '--version', 'v1', '--out', 'v1.json', '--json', '--']
    const env = { ...(process.env as Record<string, string>), DATABASE_URL: database.url }
    const ran = await migrate([...argv, process.execPath, script, '--version'], { cwd, env })
    expect(ran.exitCode).toBe(3)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      command: 'capture',
      result: { app: 'shop', version: 'v1', statements: 1, exitCode: 3 },
      error: { code: 'capture.command-failed', exitCode: 3 },
    })
  })

  it('hands signals on', async () => {
    const controller = new AbortController()
    const ready = path.join(await folder(), 'ready')
    const script = app(`
      process.on('SIGTERM', () => process.exit(7))
      await client.query('select id from users')
      await (await import('node:fs/promises')).writeFile(process.env.READY, '')
      await new Promise((resolve) => setTimeout(resolve, 60_000))`)
    const captured = capture(database.url, script, { signal: controller.signal, env: { ...process.env, READY: ready } })
    await vi.waitFor(() => access(ready), { timeout: 30_000, interval: 50 })
    controller.abort({ exitCode: 143 })
    expect((await captured).result.exitCode).toBe(7)
  })

  it('says why there is no list (2)', async () => {
    const nothing = capture(database.url, { script: '' })
    await expect(nothing).rejects.toMatchObject({
      exitCode: 2,
      code: 'capture.nothing',
      message: 'no statement came through the proxy',
    })
    await expect(capture(database.url, app("await client.query('begin')"))).rejects.toMatchObject({
      message: 'the command sent nothing that can be checked, only BEGIN',
    })
    await expect(capture(database.url, { command: ['no-such-program-here'] })).rejects.toMatchObject({
      exitCode: 2,
      code: 'capture.command',
    })
    await expect(capture('postgres://127.0.0.1:1/x', { command: ['true'] })).rejects.toMatchObject({ exitCode: 75 })
  })

  it('leaves our own sessions out, and lets other variables lead to it', async () => {
    const found = await capture(
      database.url,
      {
        script: `
        const own = new pg.Client({ connectionString: url, application_name: 'bellows/runner' }); await own.connect()
        await own.query('select 1 as ours'); await own.end()
        const { TEST_URL, DB_HOST, DB_PORT } = process.env
        const client = new pg.Client(TEST_URL); await client.connect()
        if (DB_PORT !== new URL(TEST_URL).port || DB_HOST !== '127.0.0.1') throw new Error('another place')
        await client.query('select id from users'); await client.end()`,
      },
      {
        variables: { url: ['TEST_URL'], host: ['DB_HOST'], port: ['DB_PORT'] },
        env: { ...process.env, TEST_URL: `${database.url}?sslmode=require&application_name=app` },
      },
    )
    expect(found.result.exitCode).toBe(0)
    expect(texts(found)).toEqual(['select id from users'])
  })

  it.skipIf(!havePsql())('follows psql: its simple statements, COPY, a cursor', async () => {
    const commands = [
      'select name from users where id = 5',
      'copy users (id, name) from stdin',
      'prepare q as select email from users where id = $1; execute q(3)',
    ]
    const found = await capture(database.url, {
      command: [
        'sh',
        '-c',
        `printf '9\\tx\\n' | psql "$DATABASE_URL" -q ${commands.map((text) => `-c '${text}'`).join(' ')}`,
      ],
    })
    expect(found.result.exitCode).toBe(0)
    expect(texts(found).toSorted()).toEqual([
      'copy users (id, name) from stdin',
      'select email from users where id = $1',
      'select name from users where id = $1',
    ])
  })
})

describe('capture before a server with TLS and passwords', () => {
  it('speaks TLS with the server where the client speaks none, and logs in with SCRAM', async () => {
    const certificates = await makeCertificates()
    const settings = { ssl: 'on', ssl_cert_file: certificates.cert, ssl_key_file: certificates.key }
    const server = await startEmbedded({ major: 18, durable: false, settings })
    try {
      await withClient(server.url, (client) => client.query("create role app login password 'p@ss w%rd'"))
      await writeFile(
        path.join(server.dataDir, 'pg_hba.conf'),
        'host all postgres 127.0.0.1/32 trust\nhostssl all app all scram-sha-256\n',
      )
      await withClient(server.url, (client) => client.query('select pg_reload_conf()'))
      const url = `postgres://app:${encodeURIComponent('p@ss w%rd')}@localhost:${server.port}/postgres?sslmode=verify-full&sslrootcert=${certificates.ca}`
      const ask = app(
        "const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()'); if (!rows[0].ssl) throw new Error('no TLS')",
      )
      await vi.waitFor(async () => expect((await capture(url, ask)).result.exitCode).toBe(0), { timeout: 30_000 })
      if (havePsql()) {
        const found = await capture(url, { command: ['psql', '-d', 'postgres', '-U', 'app', '-c', 'select 1'] })
        expect(found.result.exitCode).toBe(0)
      }
      const wrong = url.replace(certificates.ca, certificates.otherCa)
      await expect(capture(wrong, ask)).rejects.toMatchObject({ exitCode: 2, code: 'database.tls' })
    } finally {
      await server.stop('immediate')
      await certificates.remove()
    }
  })
})

function havePsql(program = 'psql'): boolean {
  try {
    execFileSync(program, ['--version'])
    return true
  } catch {
    return false
  }
}
