import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { withClient } from './connect.ts'
import { createDatabase, dropDatabase, type ServerAddress, type TestDatabase } from './create-database.ts'

// Beside the checkout, not in it: a clone without it skips the tests that need real data.
const script = new URL('../../../shared/data/chinook/postgres.sql', import.meta.url)
let told = false

/** Whether the Chinook sample data is there; says so once when it is not. For `describe.skipIf(!chinookAvailable())`. */
export function chinookAvailable(): boolean {
  const available = existsSync(script)
  if (!available && !told)
    console.warn('Skipped: tests with the Chinook data, ../shared/data/chinook/postgres.sql is not there')
  told = true
  return available
}

/** A database of its own with the Chinook data; a copy of a template made once a server. */
export async function chinookDatabase(server: ServerAddress): Promise<TestDatabase> {
  return createDatabase(server, { template: await chinookTemplate(server) })
}

async function chinookTemplate(server: ServerAddress): Promise<string> {
  const sql = loadable(await readFile(script, 'utf8'))
  // Named by its contents: a server that outlives the run never serves an older edition.
  const name = `bellows_chinook_${createHash('sha256').update(sql).digest('hex').slice(0, 12)}`
  await withClient(server.url, async (client) => {
    // Test files run in several processes; one of them makes the template, the others wait here. Ends with the session.
    await client.query("select pg_advisory_lock(hashtext('bellows chinook template'))")
    const { rows } = await client.query('select datistemplate as complete from pg_database where datname = $1', [name])
    if (rows[0]?.complete) return
    await dropDatabase(server, name)
    const { url } = await createDatabase(server, { name })
    await withClient(url, (loader) => loader.query(sql))
    await client.query(`update pg_database set datistemplate = true where datname = ${pg.escapeLiteral(name)}`)
  })
  return name
}

// The script is for psql and makes its own database.
function loadable(sql: string): string {
  const own = /^(DROP DATABASE|CREATE DATABASE|\\c)\b/
  return sql
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !own.test(line))
    .join('\n')
}
