import { expect, it } from 'vitest'
import { addColumn, addIndex, changeType, createMigrator, dropColumn, type Intent } from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { createDatabase, describeEachMysql, type TestDatabase, withMysql } from '../servers/databases.ts'

const index = (name: string, columns: readonly string[], unique = true): Intent =>
  addIndex({ table: 'users', columns: [...columns], unique, name, enforce: 'backfill' })
const column = addColumn({ table: 'users', column: 'team', type: 'int' })

describeEachMysql('a foreign key that somebody made to stand on the new shape', (server) => {
  async function withUsers(body: (database: TestDatabase, other: TestDatabase) => Promise<void>): Promise<void> {
    const [database, other] = [await createDatabase(server), await createDatabase(server)]
    try {
      await withMysql(database.url, (client) =>
        client.query(
          `create table teams (id int primary key);
          create table users (id int primary key, name varchar(20), city int, zip int)`,
        ),
      )
      await body(database, other)
    } finally {
      // A table that something points at cannot go.
      await other.drop()
      await database.drop()
    }
  }

  const team = 'foreign key (team) references teams (id)'
  const logins = (where: string, users = 'users'): string =>
    `create table ${where}logins (who varchar(20), constraint theirs foreign key (who) references ${users} (name))`

  it.each([
    ['points at the columns of an index', index('by_name', ['name']), () => logins(''), 'logins'],
    [
      'does so from another database',
      index('by_name', ['name']),
      (at: string, other: string) => logins(`${other}.`, `${at}.users`),
      'logins',
    ],
    [
      'has its only index from us',
      index('by_city', ['city', 'zip'], false),
      () => 'alter table users add constraint theirs foreign key (city) references teams (id)',
      'users',
    ],
    ['is on a column', column, () => `alter table users add constraint theirs ${team}`, 'users'],
    [
      'points at a column',
      column,
      () =>
        'alter table users add unique (team); create table logins (who int, constraint theirs foreign key (who) references users (team))',
      'logins',
    ],
  ])('%s: it is named, with what takes it away, before that goes (5)', (_, intent, made, table) =>
    withUsers(async (database, other) => {
      const m = createMigrator({ database: database.url, migrations: { m: { intents: [intent] } } })
      const nameOf = ({ url }: TestDatabase): string => new URL(url).pathname.slice(1)
      await m.expand()
      await m.backfill()
      const statement = made(nameOf(database), nameOf(other))
      await withMysql(database.url, (client) => client.query(statement))
      const at = statement.includes(`${nameOf(other)}.`) ? other : database
      const drop = `alter table \`${nameOf(at)}\`.\`${table}\` drop foreign key \`theirs\``
      await expect(m.rollback({ quietPeriod: 0, acceptLoss: true, reason: 'test' })).rejects.toMatchObject({
        exitCode: 5,
        code: 'rollback.dependents',
        message: expect.stringContaining('foreign key theirs on '),
        hint: expect.stringContaining(`\n  ${drop};`),
      })
      expect((await m.status()).migrations[0]?.state).toBe('backfilled')
      await withMysql(database.url, (client) => client.query(drop))
      expect(await outcome(m.rollback({ quietPeriod: 0, acceptLoss: true, reason: 'test' }))).toBe('0')
      await m.close()
    }),
  )

  it('is not in the way where another index does', () =>
    withUsers(async (database) => {
      const intents = [index('by_city', ['city', 'zip'], false)]
      const m = createMigrator({ database: database.url, migrations: { m: { intents } } })
      await m.expand()
      await m.backfill()
      await withMysql(database.url, (client) =>
        client.query('alter table users add index own (city), add foreign key (city) references teams (id)'),
      )
      expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('is seen by the planner, also from another database and where it shares an index', () =>
    withUsers(async (database, other) => {
      const at = new URL(database.url).pathname.slice(1)
      await withMysql(database.url, (client) =>
        client.query(
          'alter table users add unique (name), add index (city, zip), add foreign key (city) references teams (id)',
        ),
      )
      await withMysql(other.url, (client) => client.query(logins('', `${at}.users`)))
      const plan = async (intent: Intent): Promise<string> => {
        const m = createMigrator({ database: database.url, migrations: { m: { intents: [intent] } } })
        return outcome(m.expand()).finally(() => m.close())
      }
      const to = 'varchar(40)'
      expect(await plan(changeType({ table: 'users', column: 'name', to }))).toBe('3 plan.referenced')
      expect(await plan(dropColumn({ table: 'users', column: 'zip' }))).toBe('3 plan.foreign-key')
    }))
})
