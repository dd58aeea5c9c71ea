import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { renameColumn } from '../../src/index.ts'
import { pick, seed, whole } from '../crash/trial.ts'
import { runSteps, type Verb, verbs } from '../crash/verbs.ts'
import { createDatabase, describeEachMysql, mysqlRows, type TestDatabase, withMysql } from '../servers/databases.ts'
import { type Point, startKillProxy } from './kill-proxy.ts'
import { schema } from './schema.ts'

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const intents = [renameColumn({ table: 'items', from: 'name', to: 'full_name' })]

describeEachMysql('the runner of a rename, killed somewhere', (server) => {
  console.log(`crash matrix: SEED=${seed}${whole ? ', complete' : ', a sample'}`)
  for (const [index, verb] of verbs.entries()) {
    it(`${verb.name} ends as if nothing had happened`, { timeout: 900_000 }, async () => {
      const name = `bellows_test_${randomBytes(6).toString('hex')}`
      const dir = await mkdtemp(join(tmpdir(), 'bellows-crash-'))
      try {
        await writeFile(join(dir, 'm.json'), JSON.stringify({ intents }))
        const alone = await inDatabase(server, name, verb, async ({ url }) => {
          const ran = await runKilled(url, dir, verb.args, -1, 'before')
          await written(url, verb)
          return { ...ran, end: await endState(url, verb) }
        })
        expect(alone.code, alone.stderr).toBe(0)
        expect(alone.statements).toBeGreaterThan(0)
        const points: readonly { readonly at: number; readonly point: Point }[] = [
          { at: 1, point: 'before' },
          ...Array.from({ length: alone.statements }, (_, at) => ({ at: at + 1, point: 'after' as const })),
        ]
        for (const { at, point } of whole ? points : pick(points, 3, seed + index)) {
          const label = `SEED=${seed}: ${verb.name}, killed ${point} statement ${at} of ${alone.statements}`
          await inDatabase(server, name, verb, async ({ url }) => {
            const killed = await runKilled(url, dir, verb.args, at, point)
            expect(killed.signal, `${label}: ${killed.stderr}`).toBe('SIGKILL')
            await written(url, verb)
            if (!(await isOver(url, verb))) await runSteps(url, intents, [verb.run])
            expect(await endState(url, verb), label).toEqual(alone.end)
          })
        }
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    })
  }
})

/** A database in which everything that has to come before the verb has run. */
async function inDatabase<T>(
  server: { readonly url: string },
  name: string,
  verb: Verb,
  body: (database: TestDatabase) => Promise<T>,
): Promise<T> {
  // Names and ids of ours depend on the database's name: the same for all that are compared.
  const database = await createDatabase(server, { name })
  try {
    await withMysql(database.url, async (client) => {
      for (const statement of schema) await client.query(statement)
    })
    await runSteps(database.url, intents, verb.before)
    return await body(database)
  } finally {
    await database.drop()
  }
}

async function runKilled(
  url: string,
  dir: string,
  args: readonly string[],
  at: number,
  point: Point,
): Promise<{ statements: number; code: number | null; signal: NodeJS.Signals | null; stderr: string }> {
  let kill = (): void => undefined
  const proxy = await startKillProxy(url, at, point, () => kill())
  try {
    const child = spawn(process.execPath, [cli, ...args, '--database-url', proxy.url, '--dir', dir], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, CI: 'true' },
    })
    kill = () => void child.kill('SIGKILL')
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return { statements: proxy.seen(), code, signal, stderr }
  } finally {
    await proxy.close()
  }
}

/** A rollback that ended takes the next phase back when it is said again: the ledger tells whether it ended. */
async function isOver(url: string, verb: Verb): Promise<boolean> {
  if (verb.args[0] !== 'rollback') return false
  const [row] = await mysqlRows(url, 'select state from bellows_migrations')
  return row?.state === (verb.name === 'rollback to pending' ? 'pending' : 'backfilled')
}

/** What the version that is deployed writes while the runner is dead: whatever was left behind has to bear it. */
async function written(url: string, verb: Verb): Promise<void> {
  const columns = (await mysqlRows(url, 'show columns from items')).map((row) => String(row.Field))
  const old = verb.name === 'expand' || verb.name === 'backfill'
  const gone = verb.name === 'rollback to pending'
  const column = old || gone ? 'name' : columns.includes('full_name') ? 'full_name' : 'name'
  if (!columns.includes(column)) return
  await withMysql(url, async (client) => {
    await client.query(`insert into items (id, ${column}) values (5000, 'while it was dead')`)
    await client.query(`update items set ${column} = 'changed meanwhile' where id = 7`)
    await client.query(`delete from items where id = 5000`)
  })
}

/** Everything that two runs have to agree on: definitions, data, triggers, lenses, the state in the ledger. */
async function endState(url: string, verb: Verb): Promise<readonly unknown[]> {
  const definitions = await Promise.all(
    ['items', 'parts', 'owners'].map((table) => mysqlRows(url, `show create table ${table}`)),
  )
  const columns = await mysqlRows(
    url,
    `select column_name as name from information_schema.columns where table_schema = database() and table_name = 'items' and column_name not in ('changed') order by column_name`,
  )
  // A row that is written before the backfill is filled then, and in a run left alone nobody writes.
  const filled = (name: string): string =>
    name === 'full_name' && verb.name === 'expand' ? 'coalesce(full_name, name) as full_name' : `\`${name}\``
  const list = columns.map(({ name }) => filled(String(name))).join(', ')
  const triggers = await mysqlRows(
    url,
    `select trigger_name as name, action_statement as body, sql_mode as mode from information_schema.triggers where trigger_schema = database() order by 1`,
  )
  return [
    ...definitions.map((rows) => JSON.stringify(rows).replace(/AUTO_INCREMENT=\d+ /, '')),
    await mysqlRows(url, `select ${list} from items order by id`),
    triggers,
    await mysqlRows(url, 'select id, mode from bellows_lenses order by id'),
    await mysqlRows(url, 'select name, state from bellows_migrations'),
  ]
}
