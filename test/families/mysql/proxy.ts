import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import type { Statement, Watch, WatchedProxy } from '../watch.ts'

// Commands of the client/server protocol (MySQL internals manual, "Command Phase").
const query = 0x03
const prepare = 0x16
const execute = 0x17

/** A proxy that reads the statements by. The first of the server's answer says that it is done: it answers when it is. */
export async function watchedProxy(target: string, watch: Watch): Promise<WatchedProxy> {
  const to = new URL(target)
  let seen = 0
  let held = false
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect({ host: to.hostname, port: Number(to.port), noDelay: true })
    const prepared = new Map<number, string>()
    let preparing: string | null = null
    let running: Statement | null = null
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket)
          // While all is held no end of a connection passes either: the server hears of it when the process is dead.
          if (!held) end()
        })
    }
    let rest = Buffer.alloc(0)
    let login = true
    client.on('data', (chunk: Buffer) => {
      if (held) return
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
        else if (sql !== null) {
          running = { index: ++seen, sql }
          const fate = watch.before?.(running)
          if (fate === 'cut') return end()
          held = fate === 'hold'
          if (held) return
        }
        upstream.write(packet)
      }
    })
    upstream.on('data', (chunk: Buffer) => {
      if (held) return
      const done = running
      running = null
      const fate = done === null ? 'forward' : watch.after?.(done)
      if (fate === 'cut') return end()
      held = fate === 'hold'
      if (held) return
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
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function statementOf(packet: Buffer, prepared: ReadonlyMap<number, string>): string | null {
  if (packet[4] === query) {
    // MySQL puts attributes of the query before its text (CLIENT_QUERY_ATTRIBUTES): of none, the count and the number of sets.
    const attributes = packet[5] === 0 && packet[6] === 1 ? 2 : 0
    return packet.subarray(5 + attributes).toString('utf8')
  }
  if (packet[4] === execute) return prepared.get(packet.readUInt32LE(5)) ?? null
  return null
}
