import type { TestContext } from 'vitest'
import {
  createMigrator,
  type Intent,
  isBellowsError,
  type Migrator,
  type MigratorOptions,
  type RunnerEvent,
  renameColumn,
} from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { leaveOutIfNotYet } from '../scenarios/scenario.ts'
import { createDatabase, type TestDatabase, type TestServer } from '../servers/databases.ts'

/** The rename that most tests use. */
export const rename: Intent = renameColumn({ table: 'users', from: 'name', to: 'full_name' })

/** A database with a table of users. */
export async function usersDatabase(server: { readonly url: string }, rows = 1000): Promise<TestDatabase> {
  const database = await createDatabase(server)
  await run(database, familyOf(server).users(rows))
  return database
}

/** A migrator with one migration `m`, or with those given; events are kept. */
export function migrator(
  database: TestDatabase,
  migrations: Record<string, readonly Intent[]> = { m: [rename] },
  options: Partial<MigratorOptions> = {},
): Migrator & { readonly events: RunnerEvent[] } {
  const events: RunnerEvent[] = []
  const values = Object.fromEntries(Object.entries(migrations).map(([name, intents]) => [name, { intents }]))
  const made = createMigrator({
    database: database.url,
    migrations: values,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return Object.assign(made, { events })
}

/** The exit code and code that something ends with: `0` when it does not fail. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return '0'
  } catch (error) {
    if (isBellowsError(error)) return `${error.exitCode} ${error.code}`
    throw error
  }
}

/** Runs with a database that is dropped afterwards, and closes what was opened on it. */
export async function withUsers(
  server: { readonly url: string },
  body: (database: TestDatabase) => Promise<void>,
  rows?: number,
): Promise<void> {
  const database = await usersDatabase(server, rows)
  try {
    await body(database)
  } finally {
    await database.drop()
  }
}

/** Runs statements that every engine understands, or that come from its family. */
export async function run(database: Pick<TestDatabase, 'url'>, sql: string): Promise<void> {
  await familyOf(database).run(database.url, sql)
}

/** The rows of such a statement. */
export async function rows<Row extends object = Record<string, unknown>>(
  database: Pick<TestDatabase, 'url'>,
  sql: string,
): Promise<Row[]> {
  return familyOf(database).rows<Row>(database.url, sql)
}

/** Leaves a test out where the product says that it does not have these intents yet. */
export async function needs(
  context: TestContext,
  server: TestServer,
  database: TestDatabase,
  ...intents: readonly Intent[]
): Promise<void> {
  await leaveOutIfNotYet(context, { name: context.task.name, intents }, server, database.url)
}
