import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'

/** Where the runner dies: before the server sees the statement, or when it is done and the runner does not know. */
export type Point = 'before' | 'after'

/** A proxy in front of a server that counts what changes something, and calls back at one of these statements. */
export interface KillProxy {
  readonly url: string
  /** Statements that change something, so far. */
  seen(): number
  close(): Promise<void>
}

/** Between two of these, nothing in the database is another than before: reading and settings make no new case. */
const changes = /^\s*(insert|update|delete|replace|alter|create|drop|commit|lock|unlock|rollback)\b/i

// Commands of the client/server protocol (MySQL internals manual, "Command Phase").
const query = 0x03
const prepare = 0x16
const execute = 0x17

/**
 * Leads to `target`. At the `at`-th statement that changes something, `kill` is called: before it is passed on, which it then
 * is not, or when the server's answer comes, which is held back.
 */
export async function startKillProxy(target: string, at: number, point: Point, kill: () => void): Promise<KillProxy> {
  const to = new URL(target)
  let seen = 0
  const server = net.createServer((client) => {
    const upstream = net.connect({ host: to.hostname, port: Number(to.port), noDelay: true })
    const prepared = new Map<number, string>()
    let preparing: string | null = null
    let armed = false
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    let rest = Buffer.alloc(0)
    let login = true
    client.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4) {
        const size = rest.readUIntLE(0, 3) + 4
        if (rest.length < size) return
        const packet = rest.subarray(0, size)
        rest = rest.subarray(size)
        const isCommand = packet[3] === 0 && !login
        login = false
        const sql = isCommand ? statementOf(packet, prepared) : null
        if (packet[4] === prepare && isCommand) preparing = packet.subarray(5).toString('utf8')
        else if (sql !== null && changes.test(sql) && !sql.includes('_lease`')) {
          seen++
          if (seen === at) {
            if (point === 'before') {
              kill()
              return end()
            }
            armed = true
          }
        }
        upstream.write(packet)
      }
    })
    upstream.on('data', (chunk: Buffer) => {
      if (armed) {
        kill()
        return end()
      }
      if (preparing !== null && chunk[4] === 0) {
        prepared.set(chunk.readUInt32LE(5), preparing)
        preparing = null
      }
      client.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  url.searchParams.set('ssl-mode', 'DISABLED')
  return {
    url: url.href,
    seen: () => seen,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

function statementOf(packet: Buffer, prepared: ReadonlyMap<number, string>): string | null {
  if (packet[4] === query) return packet.subarray(5).toString('utf8')
  if (packet[4] === execute) return prepared.get(packet.readUInt32LE(5)) ?? null
  return null
}
