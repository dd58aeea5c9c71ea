import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { howToGetLike, startLike } from '../../../src/compat/embedded.ts'
import { haveBinaries } from '../../../src/embedded/binaries.ts'
import type { EmbeddedMysql } from '../../../src/embedded/mysql/server.ts'
import { createMigrator } from '../../../src/index.ts'
import {
  createDatabase,
  describeEachDatabase,
  describeEachServer,
  describeEachStartableMysql,
  type TestDatabase,
  withClient,
  withMysql,
} from '../../servers/databases.ts'
import { startOwn } from '../../servers/mysql/find.ts'
import { everywhere, run, wordsOf } from './dialects.ts'
import { type Asked, check, checkOnDefault, row } from './support.ts'

const rename = { renameColumn: { table: 'users', from: 'name', to: 'full_name' } } as const

describeEachDatabase('the shadow of check', everywhere, (server) => {
  const { postgres } = wordsOf(server)
  let database: TestDatabase
  let other: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    other = await createDatabase(server)
    await run(database.url, 'create table users (id integer primary key, name varchar(60))')
  })
  afterEach(async () => {
    await database.drop()
    await other.drop()
  })

  const of = (asked: Partial<Asked>) =>
    check({ database: database.url, intents: [rename], old: { read: 'select name from users' }, ...asked })
  const left = (where: TestDatabase) =>
    run(
      where.url,
      postgres
        ? "select c.oid::regclass::text as name from pg_class c where c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast') union all select nspname from pg_namespace where nspname !~ '^pg_|^public$|^information_schema$'"
        : 'select table_name as name from information_schema.tables where table_schema = database() union all select routine_name from information_schema.routines where routine_schema = database()',
    )

  it('at an address is empty afterwards', async () => {
    if (postgres) {
      await run(
        database.url,
        "create type mood as enum ('good'); create table moods (m mood); create schema s create view v as select 1",
      )
      await run(
        database.url,
        'create function f(mood) returns int language sql return 1; create domain d as int check (value > 0)',
      )
    } else {
      await run(
        database.url,
        'create view v as select id from users; create procedure p() select 1; create table k (u integer, foreign key (u) references users (id))',
      )
    }
    expect(row(await of({ shadowUrl: other.url }), 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(await left(other)).toEqual([])
    if (postgres) {
      expect(
        await run(
          other.url,
          "select 1 from pg_type where typname in ('mood', 'd') union all select 1 from pg_proc where proname = 'f'",
        ),
      ).toEqual([])
    }
    expect((await of({ shadowUrl: other.url })).ok).toBe(true)
  })

  it('at an address is left alone when it is not empty', async () => {
    await run(other.url, 'create table precious (id integer)')
    await expect(of({ shadowUrl: other.url })).rejects.toMatchObject({ exitCode: 3, code: 'check.shadow-not-empty' })
    expect(await left(other)).toEqual([{ name: 'precious' }])
  })

  it('that a killed check has left is emptied first', async () => {
    const mark = postgres
      ? 'create schema bellows_check_shadow'
      : 'create table bellows_check_shadow (holder varchar(64))'
    await run(other.url, `${mark}; create table users (rest integer)`)
    expect(row(await of({ shadowUrl: other.url }), 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(await left(other)).toEqual([])
  })

  it('is never the target', async () => {
    await expect(of({ shadowUrl: database.url })).rejects.toMatchObject({ exitCode: 3, code: 'check.shadow-is-target' })
  })

  it('that cannot be reached is named, and not taken for the target', async () => {
    const url = new URL(other.url)
    url.pathname = '/bellows_nowhere'
    await expect(of({ shadowUrl: url.href })).rejects.toThrow(/^the shadow \(--shadow-url\): .*bellows_nowhere/)
  })

  it('is used by one check at a time', async () => {
    const busy = { exitCode: 75, code: 'check.shadow-busy' }
    if (postgres) {
      await withClient(other.url, async (client) => {
        await client.query("select pg_advisory_lock(hashtext('bellows'), hashtext('check shadow'))")
        await expect(of({ shadowUrl: other.url })).rejects.toMatchObject(busy)
      })
    } else {
      await withMysql(other.url, async (client) => {
        await client.query("select get_lock(concat('bellows.check.', left(sha2(database(), 256), 32)), 0)")
        await expect(of({ shadowUrl: other.url })).rejects.toMatchObject(busy)
      })
    }
  })
})

// On PostgreSQL an address always leads to a database.
describeEachStartableMysql('the shadow on a server', (server) => {
  let own: EmbeddedMysql
  let database: TestDatabase
  beforeAll(async () => {
    const started = await startOwn(server, { 'log-bin-trust-function-creators': 1 })
    if (started === null) throw new Error(`${server.name} is not there to be started`)
    own = started
  }, 60_000)
  afterAll(() => own.stop())
  beforeEach(async () => {
    database = await createDatabase(own)
    await run(database.url, 'create table users (id integer primary key, name varchar(60))')
  })
  afterEach(() => database.drop())

  const of = (asked: Partial<Asked>) =>
    check({ database: database.url, intents: [rename], old: { read: 'select name from users' }, ...asked })
  const scratches = () => run(database.url, "show databases like 'bellows\\_check%'")
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it.each(['the address', 'the target'])('by %s is made and gone afterwards', async (which) => {
    const result = await of(which === 'the target' ? { shadow: 'target' } : { shadowUrl: own.url })
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(result.shadow).toMatch(/^a scratch database on the (target server|server of --shadow-url)$/)
    expect(await scratches()).toEqual([])
  })

  it.each(['the address', 'the target'])('by %s is gone after an error and after a stop', async (which) => {
    const where = which === 'the target' ? ({ shadow: 'target' } as const) : { shadowUrl: own.url }
    const missing = { renameColumn: { table: 'nowhere', from: 'a', to: 'b' } }
    await expect(of({ ...where, intents: [missing] })).rejects.toMatchObject({ name: 'BellowsError' })
    expect(await scratches()).toEqual([])
    const stop = new AbortController()
    const running = of({ ...where, signal: stop.signal })
    running.catch(() => undefined)
    await until(async () => (await scratches()).length > 0)
    stop.abort('SIGTERM')
    await expect(running).rejects.toMatchObject({ exitCode: 143 })
    expect(await scratches()).toEqual([])
  })

  it('drops what killed checks have left, and only that', async () => {
    const name = (last: number): string => `bellows_check_00000000000${last}`
    const mark = (database: string, holder: string): string =>
      `create table ${database}.bellows_check_shadow (holder varchar(64)); insert into ${database}.bellows_check_shadow values ('${holder}')`
    await withMysql(own.url, async (client) => {
      await client.query("select get_lock('bellows.alive', 0)")
      for (const last of [1, 2, 3]) await client.query(`create database ${name(last)}`)
      await client.query(`create database bellows_check_mine`)
      await client.query(mark(name(1), 'bellows.gone'))
      await client.query(mark(name(2), 'bellows.alive'))
      await client.query(`create table ${name(3)}.precious (id integer)`)
      await client.query(mark('bellows_check_mine', 'bellows.gone'))
      await of({ shadowUrl: own.url })
      const left = (await scratches()).flatMap((found) => Object.values(found))
      expect(left.sort()).toEqual([name(2), name(3), 'bellows_check_mine'])
      const doctor = await createMigrator({ database: database.url }).doctor()
      expect(doctor.checks.find((each) => each.name === 'check-shadows')).toMatchObject({
        status: 'warn',
        message: expect.stringContaining(name(3)),
      })
      for (const database of left) await client.query(`drop database ${database}`)
    })
  })

  it('is refused where the account may not create databases, and its password is not told', async () => {
    const account = `${database.name}_owner`.slice(-30)
    const limited = new URL(database.url)
    limited.username = account
    limited.password = 'pass-word-1'
    await run(
      own.url,
      `create user '${account}'@'%' identified by 'pass-word-1'; grant all on ${database.name}.* to '${account}'@'%'`,
    )
    const asked = { database: limited.href, shadow: 'target' } as const
    await expect(of(asked)).rejects.toMatchObject({ exitCode: 3, code: 'check.no-createdb' })
    await run(own.url, `grant all on \`bellows\\_check\\_%\`.* to '${account}'@'%'`)
    const result = await of(asked)
    expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
    expect(JSON.stringify(result)).not.toContain('pass-word')
    expect(await scratches()).toEqual([])
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

// Beside it PostgreSQL has an embedded server of every major; here it is whatever server program this machine has.
describeEachStartableMysql('without a shadow being named', (server) => {
  it('a server of the same series is started, whose names compare as those of the target', async () => {
    const own = await startOwn(server, {}, { 'lower-case-table-names': 1 })
    if (own === null) throw new Error(`${server.name} is not there to be started`)
    try {
      const database = await createDatabase(own)
      await run(database.url, 'create table users (id integer primary key, name varchar(60))')
      const result = await checkOnDefault({
        database: database.url,
        intents: [rename],
        old: { read: 'select name from USERS', write: 'insert into users (id, name) values (?, ?)' },
      })
      expect(result.shadow).toBe(`an embedded ${server.kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${own.version}`)
      expect(row(result, 'v1')).toEqual(['ok', 'ok', 'ok', 'fails'])
      expect(await run(own.url, "show databases like 'bellows\\_check%'")).toEqual([])
    } finally {
      await own.stop()
    }
  }, 120_000)
})

it('without a server like the target, it is said how to get one', async () => {
  const like = { kind: 'mysql', series: '5.5', lasting: {} } as const
  expect(await startLike(like, undefined)).toBeNull()
  expect(howToGetLike(like)).toContain('mysql-server-core')
  expect(howToGetLike({ ...like, kind: 'mariadb' })).toContain('npm run servers -- mariadb118')
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
