import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sessions } from '../../../../src/dialects/mysql/sessions.ts'
import { state, stateTable } from '../../../../src/dialects/mysql/state.ts'
import type { EmbeddedMysql } from '../../../../src/embedded/mysql/server.ts'
import type { Lens } from '../../../../src/planner/links/lens.ts'
import {
  connectMysql,
  createDatabase,
  describeEachMysql,
  describeEachStartableMysql,
  mysqlRows,
  type TestDatabase,
  type TestServer,
} from '../../../servers/databases.ts'
import { startOwn } from '../../../servers/mysql/find.ts'
import { open, rowsOf, untilWaiting, withSessions } from './open.ts'

/** What is asked about one session that waits, and about the one that it waits for. */
function blockedBy(place: () => { readonly url: string; readonly tells: boolean }): void {
  let app: Connection
  const ask = async (): Promise<{ application: string; user: string; pid: number | null; since: string }[]> =>
    withSessions(place().url, 2, async (worker, observer) => {
      for (const setting of sessions.lockSettings(2000)) await worker.query(setting)
      const waiting = rowsOf(worker, 'alter table items add column n int').catch((error: unknown) => error)
      await untilWaiting(place().url, worker.identity.pid)
      const { rows } = await observer.query(sessions.blockers(worker.identity.pid))
      expect(await waiting).toMatchObject({ code: 'database.lock-timeout' })
      return rows as Awaited<ReturnType<typeof ask>>
    })
  beforeAll(async () => {
    app = await connectMysql(place().url, { connectAttributes: { program_name: 'shop/v1' } })
    await app.query('create table items (id int primary key, qty int); insert into items values (1, 1)')
  })
  afterEach(() => app.query('rollback'))
  afterAll(() => app.end())

  it('names who has read the table that DDL waits for', async () => {
    await app.query('start transaction; select * from items')
    const found = await ask()
    expect(found[0]).toMatchObject({ user: 'root', pid: app.threadId, since: expect.stringMatching(/^\d{4}-.*Z$/) })
    if (place().tells) expect(found).toMatchObject([{ application: 'shop/v1', autovacuum: false }])
    else {
      expect(found[0]?.application).toContain('perhaps')
      expect(found[1]).toMatchObject({ application: expect.stringContaining('performance_schema = ON'), pid: null })
    }
  })

  it('names who holds the row that an update waits for', async () => {
    await app.query('start transaction; update items set qty = 2')
    await withSessions(place().url, 2, async (worker, observer) => {
      const waiting = rowsOf(worker, 'update items set qty = 3').catch((error: unknown) => error)
      await untilWaiting(place().url, worker.identity.pid)
      const { rows } = await observer.query(sessions.blockers(worker.identity.pid))
      expect(rows).toMatchObject([{ user: 'root', pid: app.threadId, autovacuum: false }])
      expect(await waiting).toMatchObject({ code: 'database.lock-timeout' })
    })
  })

  it('names nobody when nothing is waited for', async () => {
    await app.query('start transaction; select * from items')
    await withSessions(place().url, 2, async (worker, observer) => {
      expect((await observer.query(sessions.blockers(worker.identity.pid))).rows).toEqual([])
    })
  })

  it('lists the other sessions of the database, and not ours', async () => {
    await withSessions(place().url, 2, async (worker) => {
      const { rows } = await worker.query(sessions.others)
      expect(rows).toEqual([{ application: place().tells ? 'shop/v1' : null, user: 'root', since: null, count: 1 }])
    })
  })
}

const tells = async (url: string): Promise<boolean> =>
  Boolean((await mysqlRows(url, 'select @@performance_schema as tells'))[0]?.tells)

describeEachMysql('questions about sessions', (server) => {
  let database: TestDatabase
  let telling: boolean
  beforeAll(async () => {
    database = await createDatabase(server)
    telling = await tells(server.url)
  })
  afterAll(() => database.drop())

  describe('as the server is', () => blockedBy(() => ({ url: database.url, tells: telling })))

  it('know a session by its lock, end it and no other, and see it gone', async () => {
    await withSessions(database.url, 3, async (a, b, observer) => {
      const alive = async (pid: number, name: string): Promise<unknown> =>
        (await observer.query<{ alive: boolean }>(sessions.backendAlive(pid, name))).rows[0]?.alive
      expect(await alive(a.identity.pid, a.identity.startedAt)).toBe(true)
      // The number of one with the name of another: a thread of before a restart.
      expect(await alive(b.identity.pid, a.identity.startedAt)).toBe(false)
      await observer.query(sessions.terminate(b.identity.pid, a.identity.startedAt))
      expect(await rowsOf(b, 'select 1 + 1 as two')).toEqual([{ two: 2 }])
      await observer.query(sessions.terminate(a.identity.pid, a.identity.startedAt))
      await expect.poll(() => alive(a.identity.pid, a.identity.startedAt)).toBe(false)
      await observer.query(sessions.terminate(a.identity.pid, a.identity.startedAt))
    })
  })

  it('take a client that vanished for alive as long as the server works for it, and can end that', async () => {
    const holder = await connectMysql(database.url)
    await holder.query('create table held (id int primary key); start transaction; select * from held')
    const lost = await connectMysql(database.url)
    const name = 'bellows.of-the-lost'
    await lost.query(`select get_lock('${name}', 0); set session lock_wait_timeout = 30`)
    void lost.query('alter table held add column n int').catch(() => undefined)
    await untilWaiting(database.url, lost.threadId)
    lost.destroy()
    // What would have to happen does not: the server does not hear of it.
    await sleep(300)
    await withSessions(database.url, 1, async (observer) => {
      const alive = async (): Promise<unknown> =>
        (await observer.query<{ alive: boolean }>(sessions.backendAlive(lost.threadId, name))).rows[0]?.alive
      expect(await alive()).toBe(true)
      await observer.query(sessions.terminate(lost.threadId, name))
      await expect.poll(alive).toBe(false)
      await holder.end()
      expect(await rowsOf(observer, 'show columns from held')).toHaveLength(1)
    })
  })

  it('know where they are, which tables have rows and about how many', async () => {
    await withSessions(database.url, 1, async (session) => {
      await rowsOf(session, 'create table counted (id int primary key auto_increment)')
      const table = { schema: database.name, name: 'counted' }
      expect((await session.query(sessions.hasRows(table))).rows).toEqual([{ some: false }])
      await rowsOf(session, `insert into counted () values ${Array(500).fill('()').join(', ')}`)
      await rowsOf(session, 'analyze table counted')
      expect((await session.query(sessions.hasRows(table))).rows).toEqual([{ some: true }])
      const { rows } = await session.query<{ rows: number }>(sessions.estimate(table))
      expect(rows[0]?.rows).toBeGreaterThan(300)
      expect(rows[0]?.rows).toBeLessThan(700)
      const engine = server.kind === 'mysql' ? 'MySQL' : 'MariaDB'
      expect((await session.query(sessions.whereAmI)).rows).toEqual([
        {
          now: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          dialect: server.kind,
          database: database.name,
          server: `${engine} ${server.version}`,
        },
      ])
    })
  })

  it('tell when the sides of a lens were last written', async () => {
    await withSessions(database.url, 1, async (session) => {
      for (const statement of state.create('bellows')) await session.query(statement)
      const lens = { id: '0123abcd' } as Lens
      const times = async (): Promise<{ old: number; new: number; now: number } | undefined> =>
        (await session.query<{ old: number; new: number; now: number }>(sessions.lastWrites(lens, 'bellows'))).rows[0]
      const before = await times()
      expect(before).toMatchObject({ old: 0, new: 0 })
      expect(Math.abs((before?.now ?? 0) * 1000 - Date.now())).toBeLessThan(5000)
      const writes = stateTable('bellows', 'writes')
      await rowsOf(session, `insert into ${writes} values ('0123abcd', 'old', 1000, 1), ('0123abcd', 'old', 1002, 2)`)
      await rowsOf(session, `insert into ${writes} values ('0123abcd', 'new', 5, 1), ('ffffffff', 'old', 9999, 1)`)
      expect(await times()).toMatchObject({ old: 1002, new: 5 })
    })
  })
})

describeEachMysql('an account with rights on its database only', (server) => {
  let database: TestDatabase
  let url: string
  const account = `plain_${server.name}`
  beforeAll(async () => {
    database = await createDatabase(server)
    await mysqlRows(
      server.url,
      `drop user if exists ${account}; create user ${account} identified by 'pw'; grant all on \`${database.name}\`.* to ${account}`,
    )
    url = database.url.replace(/root:[^@]*@/, `${account}:pw@`)
  })
  afterAll(async () => {
    await mysqlRows(server.url, `drop user ${account}`)
    await database.drop()
  })

  it('is not told that nobody else is there: the question fails', async () => {
    const session = await open(url)
    await expect(session.query(sessions.others)).rejects.toMatchObject({ exitCode: 3, code: 'database.privilege' })
    await session.close()
  })

  it('can end sessions of its own, and is told how blockers would be named', async () => {
    const [worker, observer] = [await open(url), await open(url)]
    await rowsOf(worker, 'create table t (id int primary key)')
    const holder = await connectMysql(url)
    await holder.query('start transaction; select * from t')
    const waiting = rowsOf(worker, 'alter table t add column n int').catch((error: unknown) => error)
    await untilWaiting(database.url, worker.identity.pid)
    expect((await observer.query(sessions.blockers(worker.identity.pid))).rows).toMatchObject([
      { application: expect.stringContaining('performance_schema'), pid: null },
    ])
    await observer.query(sessions.terminate(worker.identity.pid, worker.identity.startedAt))
    expect(await waiting).toMatchObject({ exitCode: 75 })
    await Promise.all([worker.close(), observer.close(), holder.end()])
  })

  it('is told by the doctor what it lacks', async () => {
    const session = await open(url)
    const answers = new Map<string, string>()
    for (const { name, statement } of sessions.doctor('bellows')) {
      const { rows } = await session.query<{ status: string; message: string; hint: string }>(statement)
      expect(rows, name).toHaveLength(1)
      answers.set(name, rows[0]?.status ?? '')
    }
    expect(Object.fromEntries(answers)).toEqual({
      privileges: 'ok',
      triggers: 'fail',
      'binlog-format': 'ok',
      'read-only': 'ok',
      'state-tables': 'ok',
      engines: 'ok',
      heartbeats: 'ok',
      'check-shadows': 'ok',
      'long-transactions': 'warn',
      sessions: 'warn',
      blockers: 'warn',
    })
    await session.close()
  })
})

describeEachStartableMysql('questions about sessions, where performance_schema is on', (server: TestServer) => {
  let own: EmbeddedMysql
  beforeAll(async () => {
    const started = await startOwn(server, {
      'performance-schema': 1,
      'performance-schema-instrument': 'wait/lock/metadata/sql/mdl=ON',
    })
    if (started === null) throw new Error(`no binaries of ${server.name} on this machine`)
    own = started
    await mysqlRows(own.url, 'create database target')
  })
  afterAll(() => own?.stop())
  describe('by the server', () => blockedBy(() => ({ url: `${own.url}target`, tells: true })))

  it('the doctor has nothing to say', async () => {
    await withSessions(`${own.url}target`, 1, async (session) => {
      for (const { name, statement } of sessions.doctor('bellows')) {
        expect((await session.query(statement)).rows, name).toMatchObject([{ status: 'ok' }])
      }
    })
  })
})
