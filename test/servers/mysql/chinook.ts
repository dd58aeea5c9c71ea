import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createDatabase, type ServerAddress, type TestDatabase } from '../create-database.ts'
import { withMysql } from './connect.ts'

// Beside the checkout, not in it: a clone without it skips the tests that need real data.
const script = new URL('../../../../shared/data/chinook/mysql.sql', import.meta.url)

/** Whether the Chinook sample data for MySQL is there; says so when it is not. For `it.skipIf(!mysqlChinookAvailable())`. */
export function mysqlChinookAvailable(): boolean {
  const available = existsSync(script)
  if (!available) console.warn('Skipped: tests with the Chinook data, ../shared/data/chinook/mysql.sql is not there')
  return available
}

/** A database of its own with the Chinook data. */
export async function mysqlChinook(server: ServerAddress): Promise<TestDatabase> {
  const database = await createDatabase(server)
  try {
    const text = await readFile(script, 'utf8')
    // The script makes its own database.
    const loadable = text.replace(/^\uFEFF/, '').replace(/^(DROP DATABASE|CREATE DATABASE|USE)\b.*$/gm, '')
    await withMysql(database.url, (client) => client.query(loadable))
    return database
  } catch (error) {
    await database.drop()
    throw error
  }
}
