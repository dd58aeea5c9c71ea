import { readdirSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type ImportOptions, importStatements } from '../../../src/compat/capture/import.ts'
import { parseJsonList } from '../../../src/compat/statement-list.ts'
import { startEmbedded } from '../../../src/embedded/server.ts'
import { renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import {
  connectMysql,
  createDatabase,
  describeEachServer,
  describeEachStartableMysql,
  type TestDatabase,
  withClient,
  withMysql,
} from '../../servers/databases.ts'
import { startOwn } from '../../servers/mysql/find.ts'
import { migrate } from '../../unit/cli/terminal.ts'
import { check } from '../compat/support.ts'
import { folder } from './support.ts'

async function importFrom(url: string, from: string, options: Partial<ImportOptions> = {}) {
  const out = join(await folder(), 'v1.json')
  const warnings: string[] = []
  const result = await importStatements({
    connect: { url, connectTimeout: 10_000, password: null },
    ...{ app: 'shop', version: 'v1', out, from, samples: false, redact: [] },
    signal: new AbortController().signal,
    warn: (message) => void warnings.push(message),
    ...options,
  })
  const text = await readFile(out, 'utf8')
  const list = parseJsonList(text, out)
  return {
    result,
    list,
    text,
    warnings,
    texts: list.statements.map(({ sql }) => sql),
    mode: (await stat(out)).mode & 0o777,
  }
}

const rename = renameColumn({ table: 'users', from: 'name', to: 'full_name' })

/** Judges what was imported as an old version; nothing of it may be held against the schema of today. */
async function judged(database: TestDatabase, list: Awaited<ReturnType<typeof importFrom>>['list']) {
  const old = Object.fromEntries(list.statements.map(({ id, ...entry }) => [id, entry]))
  const result = await check({ database: database.url, intents: [rename], old })
  const verdicts = result.matrix.filter(({ version }) => version === 'v1').map(({ verdict }) => verdict)
  const broken = result.matrix
    .find(({ state }) => state === 'before')
    ?.findings.map(({ statement, verdict }) => `${verdict}: ${list.statements.find(({ id }) => id === statement)?.sql}`)
  return { verdicts, broken, unverifiable: result.unverifiable }
}

describeEachServer('statements that PostgreSQL has counted and logged', (server) => {
  it('become a list without values, of which nothing that the server has broken is held against a migration', {
    timeout: 300_000,
  }, async () => {
    const own = await startEmbedded({
      major: server.major,
      durable: false,
      settings: {
        shared_preload_libraries: 'pg_stat_statements',
        logging_collector: 'on',
        log_destination: server.major < 15 ? 'csvlog' : 'csvlog,jsonlog',
        log_statement: 'all',
      },
    })
    try {
      const database = await createDatabase(own)
      await withClient(database.url, async (client) => {
        await client.query('create schema ext; create extension pg_stat_statements schema ext')
        await client.query('create table users (id int primary key, name text, made timestamptz)')
        await client.query("insert into users (id, name) values (1, 'Ann Secret')")
        await client.query({ name: 'a', text: 'select name from users where id = $1', values: [1] })
        const many = Array.from({ length: 18 }, (_, at) => at).join(', ')
        await client.query(`select id from users where id in (${many})`)
        await client.query("select made + interval '1 day' from users where made > date '2020-01-01'")
        await client.query("select extract(year from made) from users where name <> 'Bob Secret'")
        await client.query("select count(*) from users group by date_trunc('day', made)")
        await client.query('select relname from pg_class limit 1')
        await client.query("create role sleeper password 'a Secret'; drop role sleeper")
      })
      const counted = await importFrom(database.url, 'statistics')
      expect(counted.text).not.toMatch(/Secret|2020/)
      expect(counted.mode).toBe(0o600)
      expect(counted.texts).toEqual(
        expect.arrayContaining([
          'insert into users (id, name) values ($1, $2)',
          'select name from users where id = $1',
          expect.stringMatching(/^select id from users where id in \(\$1( |, \$2.*)?\)$/),
          'select made + interval $1 from users where made > date $2',
        ]),
      )
      expect(counted.texts.filter((text) => /pg_class|role|extension/.test(text))).toEqual([])
      expect(counted.result).toMatchObject({
        from: 'statistics',
        leftOut: { "questions about the server's own catalogs": expect.any(Number) },
      })
      const { verdicts, broken, unverifiable } = await judged(database, counted.list)
      expect(broken?.every((each) => each.startsWith('unverifiable: '))).toBe(true)
      expect(broken).toContain('unverifiable: select made + interval $1 from users where made > date $2')
      expect(unverifiable).toBeGreaterThan(1)
      expect(verdicts[3]).toBe('fails')
      expect(verdicts.slice(0, 3)).not.toContain('fails')

      for (const [kind] of server.major < 15 ? [['csv']] : [['csv'], ['json']]) {
        const name = readdirSync(join(own.dataDir, 'log')).find((each) => each.endsWith(`.${kind}`)) ?? ''
        // The collector writes a moment later.
        await expect.poll(() => readFile(join(own.dataDir, 'log', name), 'utf8')).toContain('pg_class')
        const logged = await importFrom(database.url, `log=${join(own.dataDir, 'log', name)}`, { samples: true })
        expect(logged.list.statements).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ sql: 'select name from users where id = $1', samples: [['1']] }),
            expect.objectContaining({
              sql: 'insert into users (id, name) values ($1, $2)',
              samples: [['1', 'Ann Secret']],
              prepared: false,
            }),
          ]),
        )
        expect((await importFrom(database.url, `log=${join(own.dataDir, 'log', name)}`)).text).not.toContain('Secret')
      }
      await withClient(database.url, (client) => client.query('drop extension pg_stat_statements'))
      await expect(importFrom(database.url, 'statistics')).rejects.toMatchObject({
        exitCode: 3,
        code: 'capture.statistics',
      })
    } finally {
      await own.stop('immediate')
    }
  })

  it('a source that is not here, a file that is none, and both a source and a command are refused', async () => {
    const file = join(await folder(), 'x.csv')
    await writeFile(file, 'a,b,c\n')
    const code = (from: string) => importFrom(server.url, from).catch((error: { code: string }) => error.code)
    expect(await code('general-log=table')).toBe('usage.capture')
    expect(await code('statistics=x')).toBe('usage.capture')
    expect(await code('log')).toBe('usage.capture')
    expect(await code(`log=${file}`)).toBe('capture.log')
    expect(await code(`log=${file}.gone`)).toBe('file.unreadable')
    const words = [
      'capture',
      '--app',
      'a',
      '--version',
      'b',
      '--out',
      'c.json',
      '--from',
      'statistics',
      '--',
      'npm',
      'test',
    ]
    const { exitCode, stderr } = await migrate(words, { env: { DATABASE_URL: server.url } })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--from takes the place of a command')])
  })
})

const full = process.env.MATRIX === 'full'
const ofOwn = { 'performance-schema': 'ON', 'log-output': 'TABLE,FILE', 'general-log-file': 'general.log' }

describeEachStartableMysql('statements that a server has counted and logged', (server) => {
  it.runIf(server.kind === 'mysql' || full)('become a list without values', { timeout: 300_000 }, async () => {
    // That of all tests has counted so many statements that there is no place for more.
    const started = await startOwn(server, ofOwn)
    const own = started ?? server
    const database = await createDatabase(own)
    const mysql = server.kind === 'mysql'
    try {
      await familyOf(server).run(database.url, 'create table users (id int primary key, name varchar(60), age int)')
      if (full) await withMysql(own.url, (client) => client.query('set global general_log = 1'))
      const client = await connectMysql(database.url)
      await client.query("insert into users (id, name) values (1, 'Ann Secret'), (2, 'Bob Secret')")
      await client.execute('select name, id from users where id = ? and name <> ?', [1, "it's Secret"])
      await client.query("select count(*), max(age) from users where id in (1, 2, 3) and name like 'Secret%'")
      await client.end()
      const counted = await importFrom(database.url, 'statistics')
      expect(counted.text).not.toMatch(/Secret/)
      expect(counted.mode).toBe(0o600)
      const { verdicts, broken } = await judged(database, counted.list)
      expect(broken?.every((each) => each.startsWith('unverifiable: '))).toBe(true)
      // Neither the insert nor the reads are among those that cannot be judged.
      expect(broken?.filter((each) => /^unverifiable: (insert into `users`|select .*`users`)/i.test(each))).toEqual([])
      expect(verdicts).toEqual([
        expect.not.stringMatching('fails'),
        expect.not.stringMatching('fails'),
        expect.not.stringMatching('fails'),
        'fails',
      ])
      if (mysql) {
        const sampled = await importFrom(database.url, 'statistics', { samples: true })
        expect(sampled.text).toContain('Ann Secret')
        const redacted = await importFrom(database.url, 'statistics', { samples: true, redact: ['name'] })
        expect(redacted.text).not.toContain('Secret')
      }
      if (!full || started === null) return
      for (const from of ['general-log=table', `general-log=${join(started.dataDir, 'general.log')}`]) {
        const logged = await importFrom(database.url, from, { samples: true })
        const read = logged.list.statements.find(({ sql }) => sql.includes('name <>'))
        expect(read, from).toMatchObject({
          sql: 'select name, id from users where id = ? and name <> ?',
          samples: [['1', "it's Secret"]],
        })
        expect((await importFrom(database.url, from)).text).not.toContain('Secret')
      }
    } finally {
      await database.drop()
      await started?.stop()
    }
  })
})
