import type pg from 'pg'
import { isBellowsError } from '../../../src/errors.ts'
import { createMigrator, type Migrator, type MigratorOptions } from '../../../src/index.ts'
import { connect, createDatabase, type TestServer } from '../../servers/databases.ts'

/** A database of its own with a client, and migrators on it that are closed at the end. */
export interface Place {
  readonly url: string
  readonly client: pg.Client
  migrator(migrations: MigratorOptions['migrations'], options?: Partial<MigratorOptions>): Migrator
  close(): Promise<void>
}

/** Makes an empty database, runs `schema` in it. */
export async function openPlace(server: Pick<TestServer, 'url'>, schema: string): Promise<Place> {
  const database = await createDatabase(server)
  const client = await connect(database.url)
  const open: Migrator[] = []
  await client.query(schema)
  return {
    url: database.url,
    client,
    migrator: (migrations, options = {}) => {
      const migrator = createMigrator({
        database: database.url,
        quietPeriod: 0,
        ...(migrations === undefined ? {} : { migrations }),
        ...options,
      })
      open.push(migrator)
      return migrator
    },
    close: async () => {
      await Promise.all(open.map((migrator) => migrator.close()))
      await client.end().catch(() => undefined)
      await database.drop()
    },
  }
}

/** What a command that fails says, for comparing in one expectation. */
export interface Failure {
  readonly exitCode: number
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

/** Runs something that has to fail with one of our errors. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (error) {
    if (!isBellowsError(error)) throw new Error(`not one of our errors: ${String(error)}`, { cause: error })
    return { exitCode: error.exitCode, code: error.code, message: error.message, hint: error.hint }
  }
  throw new Error('it did not fail')
}

/** What the state tables hold besides themselves: nothing after a refusal. */
export async function leftBehind(client: pg.Client, schema = 'bellows'): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'S') and c.relname not in ('meta', 'lease')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')`,
    [schema],
  )
  const counts: Record<string, number> = {}
  for (const { name } of rows) {
    const found = await client.query<{ count: number }>(`select count(*)::int as count from "${schema}"."${name}"`)
    const count = found.rows[0]?.count ?? 0
    if (count > 0) counts[name] = count
  }
  const held = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_class where oid = to_regclass($1) and exists (select from pg_class)`,
    [`${schema}.lease`],
  )
  if ((held.rows[0]?.count ?? 0) > 0) {
    const leases = await client.query<{ count: number }>(
      `select count(*)::int as count from "${schema}".lease where pid is not null`,
    )
    if ((leases.rows[0]?.count ?? 0) > 0) counts.lease = leases.rows[0]?.count ?? 0
  }
  return counts
}
