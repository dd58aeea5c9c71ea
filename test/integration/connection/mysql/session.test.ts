import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, describeEachMysql, mysqlRows, type TestDatabase } from '../../../servers/databases.ts'
import { open, refusalOf, rowsOf, withSessions } from './open.ts'

describeEachMysql('a session', (server) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(server)
  })
  afterAll(() => database.drop())

  it('runs statements with and without values, and tells how many rows it met', async () => {
    await withSessions(database.url, 1, async (session) => {
      await rowsOf(session, 'create table met (id int primary key, n int)')
      const insert = { sql: 'insert into met values (?, ?), (?, ?)', parameters: [1, 10, 2, null] }
      expect(await session.query(insert)).toEqual({ rows: [], rowCount: 2 })
      // Matched, not changed: compare and swap asks for that.
      expect(await session.query({ sql: 'update met set n = 10 where id = ?', parameters: [1] })).toMatchObject({
        rowCount: 1,
      })
      expect(await rowsOf(session, 'select id, n from met order by id')).toEqual([
        { id: 1, n: 10 },
        { id: 2, n: null },
      ])
      expect(
        (await session.query({ sql: 'select id from met order by id limit ?', parameters: [1] })).rows,
      ).toHaveLength(1)
    })
  })

  it('gives truths as booleans, JSON as values, numbers that do not fit as text, times as they are', async () => {
    await withSessions(database.url, 1, async (session) => {
      await rowsOf(
        session,
        'create table typed (id tinyint primary key, b boolean, j json, big bigint, at datetime(6))',
      )
      await rowsOf(
        session,
        `insert into typed values (1, true, '{"a":[1]}', 9223372036854775807, '2026-01-02 03:04:05.678901')`,
      )
      for (const parameters of [[], [1]]) {
        const { rows } = await session.query({
          sql: `select t.*, id = 1 as eq, exists (select 1 from typed) as found, id < ${parameters.length === 0 ? 1 : '?'} as less from typed t`,
          parameters,
        })
        expect(rows).toEqual([
          {
            id: 1,
            b: true,
            j: { a: [1] },
            big: '9223372036854775807',
            at: '2026-01-02 03:04:05.678901',
            eq: true,
            found: true,
            less: false,
          },
        ])
      }
    })
  })

  it('takes back a transaction whose body throws', async () => {
    await withSessions(database.url, 1, async (session) => {
      await rowsOf(session, 'create table rolled (id int primary key)')
      const failing = session.transaction(async () => {
        await rowsOf(session, 'insert into rolled values (1)')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await rowsOf(session, 'select * from rolled')).toEqual([])
      await session.transaction(() => rowsOf(session, 'insert into rolled values (2)'))
      expect(await rowsOf(session, 'select * from rolled')).toEqual([{ id: 2 }])
    })
  })

  it('is known by its thread and by a lock that nobody else has', async () => {
    await withSessions(database.url, 2, async (a, b) => {
      expect(a.identity.startedAt).toMatch(/^bellows\.[0-9a-f]{32}$/)
      expect(b.identity.startedAt).not.toBe(a.identity.startedAt)
      const { rows } = await b.query({ sql: 'select is_used_lock(?) as pid', parameters: [a.identity.startedAt] })
      expect(rows).toEqual([{ pid: a.identity.pid }])
    })
  })

  it('says who it is where the server can tell others', async () => {
    const [on] = await mysqlRows(server.url, 'select @@performance_schema as tells')
    if (!on?.tells) return
    await withSessions(database.url, 1, async (session) => {
      const attributes = `select attr_value from performance_schema.session_connect_attrs where processlist_id = connection_id() and attr_name = 'program_name'`
      expect(await rowsOf(session, attributes)).toEqual([{ attr_value: 'bellows/test' }])
    })
  })

  it('does not take several statements at once', async () => {
    await withSessions(database.url, 1, async (session) => {
      await expect(rowsOf(session, 'select 1; select 2')).rejects.toMatchObject({ code: 'database.statement' })
    })
  })

  it('that is ended knows it is no longer alive', async () => {
    await withSessions(database.url, 2, async (a, b) => {
      await b.query({ sql: `kill ${a.identity.pid}`, parameters: [] })
      await expect(rowsOf(a, 'select 1')).rejects.toMatchObject({ exitCode: 75, code: 'database.connection-lost' })
      expect(a.alive).toBe(false)
      expect(b.alive).toBe(true)
    })
  })
})

describeEachMysql('opening a session', (server) => {
  let database: TestDatabase
  const account = `bellows_${server.name}`
  const password = "p'ss w%rd/@:#é"
  const as = (user: string, secret: string): string => {
    const url = new URL(database.url)
    url.username = user
    url.password = encodeURIComponent(secret)
    return url.href
  }
  beforeAll(async () => {
    database = await createDatabase(server)
    await mysqlRows(
      server.url,
      `drop user if exists ${account}; create user ${account} identified by '${password.replaceAll("'", "''")}'; drop role if exists ${account}_role; create role ${account}_role; grant all on \`${database.name}\`.* to ${account}_role; grant ${account}_role to ${account}; grant select on \`${database.name}\`.* to ${account}`,
    )
  })
  afterAll(async () => {
    await mysqlRows(server.url, `drop user ${account}; drop role ${account}_role`)
    await database.drop()
  })

  it('takes a password of any characters, or a function that gives it each time', async () => {
    let asked = 0
    const session = await open(as(account, password))
    expect(await rowsOf(session, 'select user() as who')).toEqual([{ who: expect.stringContaining(account) }])
    await session.close()
    const url = as(account, 'old')
    const give = async (): Promise<string> => {
      asked++
      return password
    }
    await (await open(url, { password: give })).close()
    expect(asked).toBeGreaterThan(0)
  })

  it('ends with 2 for a wrong password at once, without repeating it, and for an unknown database', async () => {
    const started = Date.now()
    const error = await refusalOf(as(account, 'Wr0ng-passw0rd!'), { connectTimeout: 20_000 })
    expect(error).toMatchObject({ exitCode: 2, code: 'database.authentication' })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('Wr0ng-passw0rd!')
    expect(await refusalOf(`${server.url}no_such_database`)).toMatchObject({ exitCode: 2, code: 'database.missing' })
    expect(Date.now() - started).toBeLessThan(5000)
  })

  it('ends with 3 for a database that the account may not enter', async () => {
    const url = new URL(as(account, password))
    url.pathname = '/mysql'
    expect(await refusalOf(url.href)).toMatchObject({ exitCode: 3, code: 'database.privilege' })
  })

  it('ends with 75 where nobody listens, once the time is over', async () => {
    const url = new URL(database.url)
    url.port = '1'
    expect(await refusalOf(url.href)).toMatchObject({ exitCode: 75, code: 'database.refused' })
  })

  it('needs no right but those on its database, and takes a role', async () => {
    const plain = await open(as(account, password))
    await expect(rowsOf(plain, 'create table t (id int primary key)')).rejects.toMatchObject({
      exitCode: 3,
      code: 'database.privilege',
    })
    await plain.close()
    const session = await open(as(account, password), { setRole: `${account}_role` })
    await rowsOf(session, 'create table t (id int primary key)')
    await session.close()
  })
})
