import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type CheckResult, checkCompatibility } from '../../../src/compat/check.ts'
import { createDatabase, describeEachDatabase, type TestDatabase } from '../../servers/databases.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { cell, row } from './support.ts'

const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const

describeEachDatabase('commands of the versions', everywhere, (server) => {
  const { key, postgres } = wordsOf(server)
  let database: TestDatabase
  let folder: string
  beforeEach(async () => {
    database = await createDatabase(server)
    folder = await mkdtemp(join(tmpdir(), 'bellows-run-'))
    await run(`create table users (id ${key}, name varchar(60) not null); create table logs (a integer)`)
    await writeFile(join(folder, 'app.mjs'), script)
  })
  afterEach(async () => {
    await database.drop()
    await rm(folder, { recursive: true })
  })

  const run = (sql: string) => runOn(database.url, sql)
  const driver = pathToFileURL(join(process.cwd(), 'node_modules', postgres ? 'pg/esm/index.mjs' : 'mysql2/promise.js'))
  const script = postgres
    ? `import pg from '${driver}'; const client = new pg.Client(process.env.DATABASE_URL); await client.connect()
       for (const text of process.argv.slice(2)) await client.query(text); console.log(process.env.MIGRATE_STATE, process.env.APP_VERSION); await client.end()`
    : `import mysql from '${driver}'; const client = await mysql.createConnection(process.env.DATABASE_URL.replace(/[?].*/, ''))
       for (const text of process.argv.slice(2)) await client.query(text); console.log(process.env.MIGRATE_STATE, process.env.APP_VERSION); await client.end()`
  const says = (...texts: readonly string[]) =>
    [`"${process.execPath}"`, 'app.mjs', ...texts.map((text) => `"${text}"`)].join(' ')
  const of = (commands: Readonly<Record<string, string>>, limit?: number): Promise<CheckResult> =>
    checkCompatibility({
      migrator: { database: database.url, migrations: [{ name: 'change', migration: { intents: [rename] } }] },
      old: [],
      new: [],
      shadow: 'target',
      run: { commands, cwd: folder, ...(limit === undefined ? {} : { limit }) },
    })
  /** The users that were made for commands and are still there. */
  const left = () =>
    run(
      postgres
        ? "select rolname as name from pg_roles where rolname like 'bellows_app%'"
        : "select user as name from mysql.user where user like 'bellows_app%'",
    )
  const insert = (column: string) => `insert into users (${column}) values ('a')`

  it('are run in every state, and what they leave is taken away', async () => {
    const counted = (column: string) =>
      says(insert(column), `insert into logs select 1 / (case when count(*) = 1 then 1 else 0 end) from users`)
    const result = await of({ old: counted('name'), new: counted('full_name') })
    expect(row(result, 'old')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(row(result, 'new')).toEqual(['fails', 'ok', 'ok', 'ok'])
    expect(cell(result, 'old', 'contracted')).toEqual(['(command) fails VALUE command-failed'])
    expect(result).toMatchObject({ ok: true, notices: [] })
    expect(await run('select * from users')).toEqual([])
  })

  it('fail the check, with the last of what they print and without the password', async () => {
    const result = await of({
      old: `${says('select 1')} && echo "$DATABASE_URL" && echo gone && [ $MIGRATE_STATE = before ]`,
    })
    const found = result.matrix.find(({ state }) => state === 'expanded')?.findings[0]
    expect(found?.message).toMatch(/ends with 1:\nexpanded old\n.*\*\*\*.*\ngone$/s)
    expect(result.ok).toBe(false)
  })

  it('hold nothing against a version whose command does not work today', async () => {
    const result = await of({ old: 'exit 3' })
    expect(row(result, 'old')).toEqual(['unverifiable', 'unverifiable', 'unverifiable', 'unverifiable'])
    expect(result.ok).toBe(true)
  })

  it('are ended after their time, with all that they started, and cannot change a table', async () => {
    const started = Date.now()
    const result = await of(
      // Long enough for the other command on a busy machine.
      { old: '[ $MIGRATE_STATE != expanded ] || sleep 300', new: says('create table more (a integer)') },
      6000,
    )
    expect(cell(result, 'old', 'expanded')).toEqual(['(command) fails VALUE command-timeout'])
    expect(cell(result, 'new', 'expanded')).toEqual(['(command) fails VALUE command-failed'])
    expect(JSON.stringify(result)).toMatch(/denied|aclcheck_error/)
    expect(Date.now() - started).toBeLessThan(120_000)
    expect(await left()).toEqual([])
  })

  it.each(['SIGTERM', 'SIGHUP'] as const)('leave nothing behind when the check is stopped by %s', async (signal) => {
    await mkdir(join(folder, 'migrations'))
    await writeFile(join(folder, 'migrations', 'change.json'), JSON.stringify({ intents: [rename] }))
    const args = ['check', '--json', '--shadow', 'target', '--run', 'old=sleep 300']
    const env = { PATH: process.env.PATH, DATABASE_URL: database.url }
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'exit')
    const said = text(child.stdout)
    for await (const line of child.stderr) if (String(line).includes('running the command')) break
    expect(await left()).toHaveLength(1)
    child.kill(signal)
    expect(await ended).toEqual([143, null])
    expect(JSON.parse(await said)).toMatchObject({ ok: false, error: { code: 'interrupted', exitCode: 143 } })
    expect(await left()).toEqual([])
  })
})
