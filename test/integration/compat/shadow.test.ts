import { afterEach, beforeEach, expect, it } from 'vitest'
import { haveBinaries } from '../../../src/embedded/binaries.ts'
import { createDatabase, describeEachServer, type TestDatabase, withClient } from '../../servers/databases.ts'
import { type Asked, check, checkOnDefault, row } from './support.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const

describeEachServer('the shadow of check', (server) => {
  let database: TestDatabase
  let other: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    other = await createDatabase(server)
    await query(database, 'create table users (id integer primary key, name text)')
  })
  afterEach(async () => {
    await database.drop()
    await other.drop()
  })

  const query = async (where: { readonly url: string }, sql: string): Promise<unknown[]> =>
    (await withClient(where.url, (client) => client.query(sql))).rows
  const of = (asked: Partial<Asked>) =>
    check({ database: database.url, intents: [rename], old: { read: 'select name from users' }, ...asked })
  const left = (where: TestDatabase) =>
    query(
      where,
      "select c.oid::regclass::text as name from pg_class c where c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast') union all select nspname from pg_namespace where nspname !~ '^pg_|^public$|^information_schema$'",
    )

  it('at an address is empty afterwards', async () => {
    await query(
      database,
      "create type mood as enum ('good'); create table moods (m mood); create schema s create view v as select 1",
    )
    await query(
      database,
      'create function f(mood) returns int language sql return 1; create domain d as int check (value > 0)',
    )
    expect(row(await of({ shadowUrl: other.url }), 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(await left(other)).toEqual([])
    expect(
      await query(
        other,
        "select 1 from pg_type where typname in ('mood', 'd') union all select 1 from pg_proc where proname = 'f'",
      ),
    ).toEqual([])
    expect((await of({ shadowUrl: other.url })).ok).toBe(true)
  })

  it('at an address is left alone when it is not empty', async () => {
    await query(other, 'create table precious (id integer)')
    await expect(of({ shadowUrl: other.url })).rejects.toMatchObject({ exitCode: 3, code: 'check.shadow-not-empty' })
    expect(await left(other)).toEqual([{ name: 'precious' }])
  })

  it('that a killed check has left is emptied first', async () => {
    await query(other, 'create schema bellows_check_shadow; create table users (rest integer)')
    expect(row(await of({ shadowUrl: other.url }), 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(await left(other)).toEqual([])
  })

  it('is never the target', async () => {
    await expect(of({ shadowUrl: database.url })).rejects.toMatchObject({ exitCode: 3, code: 'check.shadow-is-target' })
  })

  it('is used by one check at a time', async () => {
    await withClient(other.url, async (client) => {
      await client.query("select pg_advisory_lock(hashtext('bellows'), hashtext('check shadow'))")
      await expect(of({ shadowUrl: other.url })).rejects.toMatchObject({ exitCode: 75, code: 'check.shadow-busy' })
    })
  })
})

describeEachServer('without a shadow being named', (server) => {
  it('the installed embedded server of the same major is used, with the roles of the target', async () => {
    const database = await createDatabase(server)
    const role = `${database.name}_app`
    try {
      await withClient(database.url, (client) =>
        client.query(`create role ${role}; create table users (id integer primary key, name text)`),
      )
      const asked = {
        database: database.url,
        intents: [rename],
        old: { read: 'select name from users' },
      }
      if (await haveBinaries(server.major)) {
        const result = await checkOnDefault(asked)
        expect(result.shadow).toMatch(/^an embedded PostgreSQL \d+/)
        expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
      } else {
        await expect(checkOnDefault(asked)).rejects.toMatchObject({ exitCode: 3, code: 'check.no-shadow' })
      }
    } finally {
      await withClient(server.url, (client) => client.query(`drop role if exists ${role}`))
      await database.drop()
    }
  })
})

describeEachServer('a shadow on the target, for a role that is no superuser', (server) => {
  let database: TestDatabase
  let url: string
  let role: string
  beforeEach(async () => {
    database = await createDatabase(server)
    role = `${database.name}_owner`
    await withClient(server.url, async (client) => {
      await client.query(`create role ${role} login createdb password 'pass-${role}'`)
      await client.query(`alter database ${database.name} owner to ${role}`)
    })
    const owned = new URL(database.url)
    owned.username = role
    owned.password = `pass-${role}`
    url = owned.href
    await withClient(url, (client) => client.query('create table users (id integer primary key, name text)'))
  })
  afterEach(async () => {
    await database.drop()
    await withClient(server.url, (client) => client.query(`drop role ${role}`))
  })

  const of = (asked: Partial<Asked>) =>
    check({ database: url, intents: [rename], old: { read: 'select name from users' }, ...asked })
  // Other tests check on this server at the same time, as another role.
  const scratches = () =>
    withClient(server.url, async (client) => {
      const { rows } = await client.query(
        "select datname from pg_database where datdba = $1::regrole and datname like 'bellows\\_check\\_%'",
        [role],
      )
      return rows
    })

  it('is gone afterwards', async () => {
    const result = await of({})
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(JSON.stringify(result)).not.toContain(`pass-${role}`)
    expect(await scratches()).toEqual([])
  })

  it('is gone after an error', async () => {
    const missing = { renameColumn: { table: 'nowhere', from: 'a', to: 'b' } }
    await expect(of({ intents: [missing] })).rejects.toMatchObject({ name: 'BellowsError' })
    expect(await scratches()).toEqual([])
  })

  it('is gone after a stop', async () => {
    const stop = new AbortController()
    const running = of({ signal: stop.signal })
    running.catch(() => undefined)
    while ((await scratches()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort()
    await expect(running).rejects.toMatchObject({ exitCode: 130 })
    expect(await scratches()).toEqual([])
  })

  it('is refused where the role may not create databases', async () => {
    await withClient(server.url, (client) => client.query(`alter role ${role} nocreatedb`))
    await expect(of({})).rejects.toMatchObject({ exitCode: 3, code: 'check.no-createdb' })
  })
})
