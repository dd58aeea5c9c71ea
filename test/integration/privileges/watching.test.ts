import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { changeType, renameColumn } from '../../../src/index.ts'
import { describeEachMysql, describeEachServer, withMysql } from '../../servers/databases.ts'
import { migrate, type Ran } from '../../unit/cli/terminal.ts'
import { folderWith } from '../../unit/migrations/folder.ts'
import { failureOf } from '../input/setup.ts'
import { migrator, outcome, usersDatabase } from '../shop.ts'
import { type GuardedPlace, openGuarded, quote } from './roles.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/security.md'), 'utf8')
const file = {
  'm.json': JSON.stringify({ intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })] }),
}

let place: GuardedPlace | undefined
afterEach(async () => {
  await place?.close()
  place = undefined
})

/** What docs/security.md says that an account may do which only reads. */
async function watches(url: string): Promise<void> {
  const env = { DATABASE_URL: url, MIGRATE_DIR: await folderWith(file) }
  const run = (...argv: readonly string[]): Promise<Ran> => migrate([...argv, '--json'], { env })
  for (const argv of [['status'], ['history'], ['wait', '--for', 'backfilled']]) {
    const ran = await run(...argv)
    expect(ran.exitCode, `${argv.join(' ')}: ${ran.stdout}`).toBe(0)
  }
  expect(JSON.parse((await run('status')).stdout)).toMatchObject({ result: { migrations: [{ state: 'backfilled' }] } })
  expect((await run('contract', '--quiet-period', '0')).exitCode).toBe(3)
  expect(JSON.parse((await run('status')).stdout)).toMatchObject({ result: { migrations: [{ state: 'backfilled' }] } })
}

describeEachServer('a role that only looks on', (server) => {
  const users =
    'create table users (id int primary key, name text); insert into users select i, i from generate_series(1, 9) i'

  it('needs no more than to connect', async () => {
    place = await openGuarded(
      server,
      ({ owner, migrator }, database) => `${users}; alter table users owner to ${quote(owner)};
      grant usage, create on schema public to ${quote(owner)};
      grant ${quote(owner)} to ${quote(migrator)}; grant create on database ${database} to ${quote(owner)}`,
    )
    const m = place.migrate(
      { m: { intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })] } },
      { setRole: place.roles.owner },
    )
    await m.expand({ backfill: true })
    const { rows } = await place.admin.query<{ name: string }>('select current_database() as name')
    const url = new URL(server.url)
    url.username = encodeURIComponent(place.roles.app)
    url.pathname = `/${rows[0]?.name}`
    await watches(url.href)
  })

  it('is kept out by what the page says, and the app goes on, also where a value cannot be converted', async () => {
    const [, revoke = ''] = /`(revoke usage on schema bellows [^`]*)`/.exec(page) ?? []
    place = await openGuarded(
      server,
      ({ owner, migrator, app }, database) => `${users}; alter table users owner to ${quote(owner)};
      grant usage, create on schema public to ${quote(owner)}; grant usage on schema public to ${quote(app)};
      grant select, insert, update on users to ${quote(app)};
      grant ${quote(owner)} to ${quote(migrator)}; grant create on database ${database} to ${quote(owner)}`,
    )
    const { admin, app, roles } = place
    const intents = [changeType({ table: 'users', column: 'name', to: 'int', as: 'number' })]
    const m = place.migrate({ m: { intents } }, { setRole: roles.owner })
    await m.expand()
    await admin.query(revoke)
    await expect(app.query('select * from bellows.migrations')).rejects.toMatchObject({ code: '42501' })
    await app.query("insert into users (id, name) values (20, 'twenty'), (21, '21')")
    await app.query('update users set number = 22 where id = 21')
    expect((await app.query('select name, number from users where id > 19 order by id')).rows).toEqual([
      { name: 'twenty', number: null },
      { name: '22', number: 22 },
    ])
    await m.backfill()
    expect(await failureOf(m.contract())).toMatchObject({ exitCode: 5 })
    await app.query("update users set name = '20' where id = 20")
    await m.contract()
  })
})

describeEachMysql('an account that only looks on', (server) => {
  it('has what the page says', async () => {
    const database = await usersDatabase(server, 9)
    const [grant = ''] = /GRANT SELECT ON shop\.\* TO watcher;/.exec(page) ?? []
    const user = `watcher_${database.name.slice(-8)}`
    const m = migrator(database)
    try {
      expect(await outcome(m.expand({ backfill: true }))).toBe('0')
      await withMysql(database.url, async (client) => {
        await client.query(`create user ${user} identified by 'pass word'`)
        await client.query(grant.replace('shop', database.name).replace('watcher', user))
      })
      await watches(Object.assign(new URL(database.url), { username: user, password: 'pass word' }).href)
    } finally {
      await m.close()
      await withMysql(database.url, (client) => client.query(`drop user if exists ${user}`))
      await database.drop()
    }
  })
})
