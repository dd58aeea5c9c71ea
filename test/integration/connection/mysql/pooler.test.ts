import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import mysql from 'mysql2'
import type { FieldPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { connectMysql, createDatabase, describeEachMysql, type TestDatabase } from '../../../servers/databases.ts'
import { open, refusalOf, rowsOf, withSessions } from './open.ts'

/*
 * Neither ProxySQL nor MaxScale is in the package archives that the test servers come from. These stand in for what they do: both tell
 * clients thread numbers of their own; one hands each statement to the next session, the other gives each client one for itself.
 */
interface Pooler {
  readonly port: number
  readonly statements: string[]
  close(): Promise<void>
}

/** Speaks the protocol itself, without prepared statements: nothing of ours may get that far. */
async function poolStatements(target: string, sessions: number): Promise<Pooler> {
  const statements: string[] = []
  const backends = await Promise.all(Array.from({ length: sessions }, () => connectMysql(target)))
  // biome-ignore lint/suspicious/noExplicitAny: the driver's types leave its server's side out
  const clients: any[] = []
  let turn = 0
  // biome-ignore lint/suspicious/noExplicitAny: the same
  const server = (mysql as any).createServer()
  // biome-ignore lint/suspicious/noExplicitAny: the same
  server.on('connection', (client: any) => {
    client.on('error', () => undefined)
    client.serverHandshake({
      protocolVersion: 10,
      serverVersion: '9.7.4',
      connectionId: 1_000_000 + clients.push(client),
      statusFlags: 2,
      characterSet: 45,
      // Neither TLS nor compression.
      capabilityFlags: 0xffffff & ~0x820,
      authCallback: (_: unknown, done: (error: null) => void) => {
        done(null)
        client.sequenceId = 0
      },
    })
    client.on('query', async (sql: string) => {
      statements.push(sql)
      const [rows, fields] = await backends[turn++ % sessions]!.query<never>(sql)
      // The server's side of the driver goes on counting packets where a command has begun anew.
      client.sequenceId = 1
      if (fields === undefined) client.writeOk({ affectedRows: 0 })
      else client.writeTextResult(rows, fields as FieldPacket[])
      client.sequenceId = 0
    })
    client.on('quit', () => client.stream.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server._server, 'listening')
  return {
    port: (server._server.address() as AddressInfo).port,
    statements,
    close: async () => {
      for (const client of clients) client.stream.destroy()
      await Promise.all(backends.map((each) => each.end()))
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Passes everything through but the number of the thread in the server's greeting. */
async function poolSessions(target: string): Promise<Pooler> {
  const { hostname, port } = new URL(target)
  const sockets: Socket[] = []
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname)
    sockets.push(client, upstream)
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    upstream.once('data', (greeting: Buffer) => {
      // Header of 4 bytes, protocol version, version text up to a 0 byte, number of the thread.
      greeting.writeUInt32LE(1_000_000 + sockets.length, greeting.indexOf(0, 5) + 1)
      client.write(greeting)
      upstream.pipe(client)
      client.pipe(upstream)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    statements: [],
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describeEachMysql('a pooler', (server) => {
  let database: TestDatabase
  const running: Pooler[] = []
  beforeAll(async () => {
    database = await createDatabase(server)
  })
  afterAll(() => database.drop())
  afterEach(async () => {
    for (const pooler of running.splice(0)) await pooler.close()
  })
  const behind = async (pooler: Pooler): Promise<string> => {
    running.push(pooler)
    const url = new URL(database.url)
    url.port = String(pooler.port)
    url.search = '?ssl-mode=DISABLED'
    return url.href
  }

  it.each([3, 1])(
    'that gives each statement the next of its sessions (%d) is refused (3) before anything is set in one of the app’s',
    async (sessions) => {
      const pooler = await poolStatements(database.url, sessions)
      expect(await refusalOf(await behind(pooler))).toMatchObject({
        exitCode: 3,
        code: 'database.pooler',
        hint: expect.stringContaining('MIGRATE_DIRECT_URL'),
      })
      expect(pooler.statements).not.toEqual([])
      expect(pooler.statements.filter((sql) => /^set |get_lock/i.test(sql))).toEqual([])
    },
  )

  it('that gives each client a session of its own is as good as the server', async () => {
    const url = await behind(await poolSessions(database.url))
    await withSessions(url, 2, async (a, b) => {
      expect(await rowsOf(a, 'select connection_id() as pid')).toEqual([{ pid: a.identity.pid }])
      expect(b.identity.pid).not.toBe(a.identity.pid)
    })
  })

  it('is not suspected where the server itself answers', async () => {
    await (await open(database.url)).close()
  })
})
