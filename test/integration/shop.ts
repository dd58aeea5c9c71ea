import {
  createMigrator,
  type Intent,
  isBellowsError,
  type Migrator,
  type MigratorOptions,
  type RunnerEvent,
  renameColumn,
} from '../../src/index.ts'
import { withClient } from '../servers/connect.ts'
import { createDatabase, type TestDatabase } from '../servers/databases.ts'

/** The rename that most tests use. */
export const rename: Intent = renameColumn({ table: 'users', from: 'name', to: 'full_name' })

/** A database with a table of users. */
export async function usersDatabase(server: { readonly url: string }, rows = 1000): Promise<TestDatabase> {
  const database = await createDatabase(server)
  await withClient(database.url, (client) =>
    client.query(`create table users (id int generated always as identity primary key, name text not null, age int, email text);
      insert into users (name, age) select 'n' || i, i from generate_series(1, ${rows}) i; analyze users`),
  )
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
