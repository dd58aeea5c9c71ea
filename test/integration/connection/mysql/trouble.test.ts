import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mysql2/promise'
import { afterEach, expect, it } from 'vitest'
import type { Session } from '../../../../src/dialects/dialect.ts'
import type { EmbeddedMysql } from '../../../../src/embedded/mysql/server.ts'
import { connectMysql, describeEachStartableMysql, mysqlRows, withMysql } from '../../../servers/databases.ts'
import { startOwn } from '../../../servers/mysql/find.ts'
import { open, refusalOf, rowsOf } from './open.ts'

const running: EmbeddedMysql[] = []
const sessions: Session[] = []
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
  await Promise.all(running.splice(0).map((server) => server.stop()))
})

describeEachStartableMysql('a server', (server) => {
  const start = async (settings: Record<string, string | number> = {}): Promise<EmbeddedMysql> => {
    const own = await startOwn(server, settings)
    if (own === null) throw new Error(`no binaries of ${server.name} on this machine`)
    running.push(own)
    await withMysql(own.url, (connection) => connection.query('create database target'))
    return own
  }
  const openOn = async (own: EmbeddedMysql, options: Parameters<typeof open>[1] = {}): Promise<Session> => {
    const session = await open(`${own.url}target`, options)
    sessions.push(session)
    return session
  }

  it('whose connections are all taken is 75 once the time is over, and waited for until then', async () => {
    const own = await start({ 'max-connections': 10 })
    await mysqlRows(own.url, "create user app identified by 'pw'; grant all on target.* to app")
    const url = own.url.replace(/root:[^@]*@/, 'app:pw@').concat('target')
    const taken: Connection[] = []
    for (;;) {
      const connection = await connectMysql(url).catch(() => null)
      if (connection === null) break
      taken.push(connection)
    }
    expect(await refusalOf(url, { connectTimeout: 700 })).toMatchObject({
      exitCode: 75,
      code: 'database.too-many-connections',
      hint: expect.stringContaining('max_connections'),
    })
    const waiting = open(url, { connectTimeout: 20_000 })
    await sleep(400)
    await Promise.all(taken.map((connection) => connection.end()))
    sessions.push(await waiting)
  })

  it('that dies is a lost connection, and the next one waits while it starts', async () => {
    const own = await start()
    const session = await openOn(own)
    const asleep = rowsOf(session, 'select sleep(20)').catch((error: unknown) => error)
    await sleep(100)
    await own.kill()
    expect(await asleep).toMatchObject({ exitCode: 75, code: 'database.connection-lost' })
    expect(session.alive).toBe(false)
    const waiting = openOn(own, { connectTimeout: 40_000 })
    await sleep(300)
    await own.restart()
    expect(await rowsOf(await waiting, 'select 1 + 1 as two')).toEqual([{ two: 2 }])
  })

  it('that is read-only is 75 for what writes, and can be looked at', async () => {
    const own = await start()
    await mysqlRows(
      own.url,
      "create user app identified by 'pw'; grant all on target.* to app; set global read_only = 1",
    )
    const session = await open(own.url.replace(/root:[^@]*@/, 'app:pw@').concat('target'))
    sessions.push(session)
    await expect(rowsOf(session, 'create table t (id int primary key)')).rejects.toMatchObject({
      exitCode: 75,
      code: 'database.read-only',
      hint: expect.stringContaining('primary'),
    })
    expect(await rowsOf(session, 'show tables')).toEqual([])
  })

  it('with other settings has sessions of ours that are strict, in UTC and in READ COMMITTED', async () => {
    const own = await start({
      'sql-mode': 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT',
      'default-time-zone': '+05:45',
      'lock-wait-timeout': 7,
      'completion-type': 'CHAIN',
      'transaction-isolation': 'SERIALIZABLE',
      'init-connect': 'SET SESSION autocommit = 0',
    })
    const readOnly = server.kind === 'mysql' ? 'transaction_read_only' : 'tx_read_only'
    await mysqlRows(
      own.url,
      `create user app identified by 'pw'; grant all on target.* to app; set global ${readOnly} = 1`,
    )
    const isolation = server.version.startsWith('10.') ? '@@tx_isolation' : '@@transaction_isolation'
    const session = await open(own.url.replace(/root:[^@]*@/, 'app:pw@').concat('target'))
    sessions.push(session)
    const [row] = await rowsOf(
      session,
      `select @@session.sql_mode as mode, @@session.time_zone as zone, ${isolation} as isolation, @@session.lock_wait_timeout as waits, @@session.autocommit = 1 as commits, "a" || "b" as words, '\\'' as quoted`,
    )
    expect(row).toEqual({
      mode: 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
      zone: '+00:00',
      isolation: 'READ-COMMITTED',
      waits: 1,
      commits: true,
      words: false,
      quoted: "'",
    })
    await session.transaction(() => rowsOf(session, 'create table t (id int primary key)'))
    await session.transaction(() => rowsOf(session, 'insert into t values (1)'))
    // Not in a chained transaction: others see it.
    expect(await mysqlRows(`${own.url}target`, 'select id from t')).toEqual([{ id: 1 }])
  })
})
