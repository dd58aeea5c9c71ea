import { once } from 'node:events'
import net from 'node:net'
import type { RowDataPacket } from 'mysql2/promise'
import { expect, it, vi } from 'vitest'
import { familyOf } from '../../families/family.ts'
import {
  connectMysql,
  createDatabase,
  describeEachDatabase,
  describeEachMysql,
  mysqlRows,
  servers,
  withMysql,
} from '../../servers/databases.ts'
import { findServer } from '../../servers/find.ts'
import { startOwn } from '../../servers/mysql/find.ts'

describeEachMysql('a MySQL or MariaDB of this run', (server) => {
  it('is of the version that was announced', async () => {
    const [row] = await mysqlRows<{ version: string }>(server.url, 'select version() as version')
    expect(row?.version.startsWith(server.version)).toBe(true)
    expect(/mariadb/i.test(row!.version)).toBe(server.kind === 'mariadb')
  })

  it('listens on this machine only, where we start it ourselves', async ({ skip }) => {
    const own = await startOwn(server)
    if (own === null) return skip('no binaries')
    try {
      expect(await mysqlRows(own.url, 'select @@bind_address as address')).toEqual([{ address: '127.0.0.1' }])
    } finally {
      await own.stop()
    }
  })

  it('writes a binary log, as servers in production do', async () => {
    const [row] = await mysqlRows(server.url, 'select @@log_bin as log, @@binlog_format as format')
    expect(row).toEqual({ log: 1, format: server.kind === 'mysql' ? 'ROW' : 'MIXED' })
  })

  it('hears of a client that a proxy holds only when the proxy ends, and has no session of it left then', async () => {
    const database = await createDatabase(server)
    try {
      const family = familyOf(server)
      let hold = (): void => undefined
      const held = new Promise<void>((resolve) => {
        hold = resolve
      })
      const proxy = await family.proxy(database.url, {
        before: ({ sql }) => {
          if (sql !== 'commit') return 'forward'
          hold()
          return 'hold'
        },
      })
      const socket = net.connect(Number(new URL(proxy.url).port), '127.0.0.1')
      const client = await connectMysql(proxy.url.replace(/\?.*/, ''), { stream: socket })
      const [[{ id } = { id: 0 }]] =
        await client.query<(RowDataPacket & { id: number })[]>('select connection_id() as id')
      await client.query('create table t (id int primary key); begin; insert into t values (1)')
      client.query('commit').catch(() => undefined)
      await held
      const closed = once(socket, 'close')
      client.destroy()
      await closed
      const isThere = async (): Promise<boolean> =>
        (await mysqlRows(database.url, 'select 1 from information_schema.processlist where id = ?', [id])).length > 0
      // As long as it takes for an end to go through.
      for (let looks = 0; looks < 5; looks++) expect(await isThere()).toBe(true)
      await proxy.close()
      await family.settled(database.url)
      expect(await isThere()).toBe(false)
      expect(await mysqlRows(database.url, 'select id from t')).toEqual([])
    } finally {
      await database.drop()
    }
  })

  it('wants its password', async () => {
    const url = new URL(server.url)
    url.password = ''
    await expect(connectMysql(url.href)).rejects.toMatchObject({ errno: 1045 })
  })

  it('has databases apart from each other, gone after drop() although somebody holds a lock in one', async () => {
    const [a, b] = await Promise.all([createDatabase(server), createDatabase(server)])
    const holder = await connectMysql(a.url)
    await holder.query('create table t (id int primary key); start transaction; select * from t')
    expect(await mysqlRows(b.url, 'show tables')).toEqual([])
    await Promise.all([a.drop(), b.drop()])
    await expect(holder.query('select 1')).rejects.toThrow()
    await expect(withMysql(a.url, async () => {})).rejects.toMatchObject({ errno: 1049 })
  })

  it('is found by its address, and another server at that address is a failure', async () => {
    const variable = `TEST_${server.name.toUpperCase()}_URL`
    vi.stubEnv(variable, server.url)
    expect(await findServer(server.name, false)).toMatchObject({ how: variable, server })
    const other = server.name === 'mysql97' ? 'mariadb118' : 'mysql97'
    vi.stubEnv(`TEST_${other.toUpperCase()}_URL`, server.url)
    await expect(findServer(other, false)).rejects.toThrow(`${server.kind} ${server.version}, not ${other}`)
    vi.unstubAllEnvs()
  })
})

describeEachDatabase('every server of this run', ['postgres', 'mysql', 'mariadb'], (server) => {
  it('is of its kind', () => {
    expect(server.url).toMatch(new RegExp(`^${server.kind}:`))
    expect(servers([server.kind])).toContainEqual(server)
  })
})
