import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createMigrator, type Migrator, type MigratorOptions } from '../../../src/index.ts'
import { connect, createDatabase, type TestServer } from '../../servers/databases.ts'

/** Roles of one test: the owner of the tables (no login), the one that migrates, the app. */
export interface Roles {
  readonly owner: string
  readonly migrator: string
  readonly app: string
}

/** A database owned by nobody here, with roles that start with no right at all. */
export interface GuardedPlace {
  readonly roles: Roles
  /** The superuser's session, for preparing and for looking. */
  readonly admin: pg.Client
  readonly app: pg.Client
  migrate(migrations: MigratorOptions['migrations'], options?: Partial<MigratorOptions>): Migrator
  close(): Promise<void>
}

const quote = pg.escapeIdentifier

function urlOf(url: string, role: string): string {
  const changed = new URL(url)
  changed.username = encodeURIComponent(role)
  return changed.href
}

/**
 * Makes roles and a database from which PUBLIC's rights are taken, then runs `prepare` as the superuser. Role names with
 * a space and a capital: nothing may depend on plain ones.
 */
export async function openGuarded(
  server: Pick<TestServer, 'url'>,
  prepare: (roles: Roles, database: string) => string,
): Promise<GuardedPlace> {
  const suffix = randomBytes(4).toString('hex')
  const roles: Roles = { owner: `The owner ${suffix}`, migrator: `The migrator ${suffix}`, app: `The app ${suffix}` }
  const database = await createDatabase(server)
  const admin = await connect(database.url)
  await admin.query(
    `create role ${quote(roles.owner)} nologin; create role ${quote(roles.migrator)} login; create role ${quote(roles.app)} login;
     revoke all on database ${quote(database.name)} from public; revoke all on schema public from public;
     grant connect on database ${quote(database.name)} to ${quote(roles.migrator)}, ${quote(roles.app)}`,
  )
  await admin.query(prepare(roles, quote(database.name)))
  const app = await connect(urlOf(database.url, roles.app))
  const open: Migrator[] = []
  return {
    roles,
    admin,
    app,
    migrate: (migrations, options = {}) => {
      const migrator = createMigrator({
        database: urlOf(database.url, roles.migrator),
        quietPeriod: 0,
        connectTimeout: 2000,
        ...(migrations === undefined ? {} : { migrations }),
        ...options,
      })
      open.push(migrator)
      return migrator
    },
    close: async () => {
      await Promise.all([...open.map((each) => each.close()), app.end()])
      await admin.end()
      await database.drop()
      const root = await connect(server.url)
      for (const role of Object.values(roles)) await root.query(`drop role ${quote(role)}`).catch(() => undefined)
      await root.end()
    },
  }
}

export { quote }
