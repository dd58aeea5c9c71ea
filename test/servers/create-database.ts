import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { withClient, withDatabase } from './connect.ts'
import { createMysqlDatabase, dropMysqlDatabase } from './mysql/create-database.ts'

/** A database of one test. */
export interface TestDatabase {
  readonly name: string
  readonly url: string
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>
}

/** Anything that has an address. */
export interface ServerAddress {
  readonly url: string
}

/** Creates an empty database, or (on PostgreSQL) a copy of `template`. */
export async function createDatabase(
  server: ServerAddress,
  { template, name = uniqueName() }: { readonly template?: string; readonly name?: string } = {},
): Promise<TestDatabase> {
  const url = withDatabase(server.url, name)
  if (!isPostgres(server)) {
    if (template !== undefined) throw new Error('Only PostgreSQL copies databases')
    await createMysqlDatabase(server, name)
    return { name, url, drop: () => dropMysqlDatabase(server, name) }
  }
  const from = template === undefined ? '' : ` template ${pg.escapeIdentifier(template)}`
  await withClient(server.url, (client) =>
    createPatiently(client, `create database ${pg.escapeIdentifier(name)}${from}`),
  )
  return { name, url, drop: () => dropDatabase(server, name) }
}

/** A copy of a database as it is now. Nobody may be connected to the original. */
export function cloneDatabase(server: ServerAddress, original: Pick<TestDatabase, 'name'>): Promise<TestDatabase> {
  return createDatabase(server, { template: original.name })
}

/** Drops a database and cuts its connections. */
export async function dropDatabase(server: ServerAddress, name: string): Promise<void> {
  await withClient(server.url, (client) =>
    client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
  )
}

function isPostgres(server: ServerAddress): boolean {
  return server.url.startsWith('postgres')
}

function uniqueName(): string {
  return `bellows_test_${randomBytes(6).toString('hex')}`
}

// 55006: somebody is connected to the template. Backends end a moment after their client, autovacuum when it is done.
async function createPatiently(client: pg.Client, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(statement)
      return
    } catch (error) {
      if ((error as pg.DatabaseError).code !== '55006' || attempt === 10) throw error
      await sleep(100)
    }
  }
}
