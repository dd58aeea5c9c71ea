import { execFile, execFileSync } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createDatabase,
  describeEveryServer,
  mysqlRows,
  type TestDatabase,
  withClient,
} from '../../servers/databases.ts'
import { capture, entries, folder } from './support.ts'

/*
 * Apps in other languages, each with a driver that most of them use. With MATRIX=full, since it needs what not everybody has: what is
 * missing is said, and skipped.
 */
const isFull = process.env.MATRIX === 'full'
const clients = path.join(import.meta.dirname, 'clients')

/** Why a program cannot be run; null where it can. */
function missing(command: string, ...args: readonly string[]): string | null {
  try {
    execFileSync(command, args, { stdio: 'pipe', cwd: path.join(clients, 'go') })
    return null
  } catch (error) {
    const lines = String((error as { stderr?: Buffer }).stderr ?? '').trim()
    return `${command} ${args.join(' ')}: ${lines.split('\n').at(-1) || (error as Error).message}`
  }
}

function itHaving(title: string, reason: string | null, test: () => Promise<void>): void {
  if (reason !== null) console.warn(`not tried: capture of ${title}, for want of ${reason}`)
  if (reason === null) it(title, { timeout: 300_000 }, test)
  else it.skip(`${title}: ${reason}`)
}

describe.runIf(isFull)('apps of other languages', () => {
  const go = isFull ? (missing('go', 'version') ?? missing('go', 'mod', 'download')) : null
  const python = (driver: string): string | null => (isFull ? missing('python3', '-c', `import ${driver}`) : null)
  const [psycopg2, pymysql] = [python('psycopg2'), python('pymysql')]

  describeEveryServer('capture', (server) => {
    const isPostgres = server.kind === 'postgres'
    let database: TestDatabase
    beforeEach(async () => {
      database = await createDatabase(server)
      const table = 'create table users (id bigint primary key, name varchar(40))'
      if (isPostgres) await withClient(database.url, (client) => client.query(table))
      else await mysqlRows(database.url, table)
    })
    afterEach(() => database.drop())

    const driver = isPostgres ? 'psycopg2' : 'pymysql'
    itHaving(`Python with ${driver}`, isPostgres ? psycopg2 : pymysql, async () => {
      const found = await capture(database.url, { command: ['python3', path.join(clients, 'app.py'), driver] })
      expect(found.result).toMatchObject({ exitCode: 0, withheld: {}, refused: { selec: 1 } })
      expect(found.text).not.toContain('Secret')
      const [first, second] = isPostgres ? ['$1', '$2'] : ['?', '?']
      const number = isPostgres ? 'integer' : 'bigint'
      // Both write the values into the texts.
      expect(entries(found)).toEqual([
        {
          sql: `insert into users (id, name) values (${first}, ${second})`,
          params: [number, 'unknown'],
          prepared: false,
        },
        { sql: `select name from users where id = ${first}`, params: [number], prepared: false },
        { sql: `update users set name = ${first}`, prepared: false },
      ])
    })

    itHaving(`Go with ${isPostgres ? 'pgx' : 'go-sql-driver/mysql'}`, go, async () => {
      const app = path.join(await folder(), 'app')
      await promisify(execFile)('go', ['build', '-buildvcs=false', '-o', app, '.'], { cwd: path.join(clients, 'go') })
      const { username, password, host, pathname } = new URL(database.url)
      const account = `${decodeURIComponent(username)}${password === '' ? '' : `:${decodeURIComponent(password)}`}`
      const found = await capture(
        database.url,
        { command: [app, isPostgres ? 'pgx' : 'mysql'] },
        {
          env: { ...process.env, SHOP_DSN: `${account}@tcp(${host})${pathname}` },
          variables: { url: isPostgres ? [] : ['SHOP_DSN'], host: [], port: [] },
        },
      )
      expect(found.result).toMatchObject({ exitCode: 0, withheld: {}, refused: { selec: 1 } })
      expect(found.text).not.toContain('Secret')
      const [first, second] = isPostgres ? ['$1', '$2'] : ['?', '?']
      // Both prepare what has values, pgx all.
      expect(entries(found)).toEqual([
        {
          sql: `insert into users (id, name) values (${first}, ${second})`,
          ...(isPostgres ? {} : { params: ['bigint', 'unknown'] }),
        },
        { sql: `select name from users where id = ${first}`, ...(isPostgres ? {} : { params: ['bigint'] }) },
        { sql: `update users set name = ${first}`, prepared: false },
      ])
    })
  })
})
