import type { Socket } from 'node:net'
import type { Sink } from '../../capture.ts'
import { join } from '../../shared/join.ts'
import type { Address } from '../url.ts'
import { dial, encrypt } from './dial.ts'
import { follow } from './follow.ts'
import { flagsOf, greetingWithout, isOwn, sslRequest, withFlag } from './handshake.ts'
import { type Packet, packet, wholePackets } from './packets.ts'
import { standIn } from './public-key.ts'

const capability = { compress: 0x20, ssl: 0x800, protocol41: 0x200, zstd: 0x4000000, attributes: 0x8000000 }

/** Takes a client through its login, packet by packet, and joins it with the server then. */
export function serve(client: Socket, address: Address, serverMode: string, sink: Sink): void {
  client.on('error', () => undefined)
  login(client, address, serverMode, sink).catch((error: Error) => {
    sink.missed(`a connection that was lost before it was logged in (${error.message})`)
    client.destroy()
  })
}

async function login(client: Socket, address: Address, serverMode: string, sink: Sink): Promise<void> {
  const plain = await dial(address)
  plain.on('error', () => client.destroy())
  const fromServer = reader(plain)
  const fromClient = reader(client)
  const greeting = await fromServer.next()
  // Without a greeting it is an error, as when all connections are taken.
  if (greeting === null || greeting.payload[0] !== 10) {
    if (greeting !== null) client.end(packet(greeting))
    else client.end()
    plain.destroy()
    return
  }
  const offered = flagsOf(greeting.payload)
  const hidden = capability.ssl | capability.compress | capability.zstd
  client.write(packet({ sequence: 0, payload: greetingWithout(greeting.payload, hidden) }))
  const response = await fromClient.next()
  if (response === null) {
    plain.destroy()
    return
  }
  const flags = response.payload.length >= 4 ? response.payload.readUInt32LE(0) : 0
  if ((flags & capability.protocol41) === 0 || (flags & hidden) !== 0) {
    throw new Error('it does not log in as the protocol has been since version 4.1')
  }
  const { server, reading, shift } = await secured(
    plain,
    fromServer,
    address,
    response,
    (offered & capability.ssl) !== 0,
  )
  server.on('error', () => client.destroy())
  const payload = shift === 0 ? response.payload : withFlag(response.payload, capability.ssl)
  server.write(packet({ sequence: response.sequence + shift, payload }))
  const keys = shift === 0 ? null : standIn(greeting.payload)
  if (!(await authenticated(client, server, fromClient, reading, shift, keys))) return
  const restOfServer = reading.release()
  const restOfClient = fromClient.release()
  if (restOfServer.length > 0) client.write(restOfServer)
  if (restOfClient.length > 0) server.write(restOfClient)
  if (isOwn(response.payload)) return join(client, server, {})
  const follower = follow(sink, (flags & offered & capability.attributes) !== 0, serverMode)
  const lost = (): void => sink.missed('the rest of a connection whose packets could not be followed')
  join(client, server, { ...follower, lost, first: restOfClient })
}

interface Secured {
  readonly server: Socket
  readonly reading: Reader
  /** How far the numbers of the server's packets are ahead of those that the client knows. */
  readonly shift: 0 | 1
}

/** The server is asked for TLS between its greeting and the client's answer (manual, "SSL Handshake"). */
async function secured(
  plain: Socket,
  reading: Reader,
  address: Address,
  response: Packet,
  offered: boolean,
): Promise<Secured> {
  if (address.config.ssl === undefined) return { server: plain, reading, shift: 0 }
  if (!offered) {
    if (address.mayDoWithoutTls) return { server: plain, reading, shift: 0 }
    throw new Error('the server offers no TLS, which ssl-mode asks for')
  }
  reading.release()
  plain.write(packet({ sequence: response.sequence, payload: sslRequest(response.payload, capability.ssl) }))
  const server = await encrypt(plain, address)
  return { server, reading: reader(server), shift: 1 }
}

/** Passes what the two say until the server lets the client in, or does not. */
async function authenticated(
  client: Socket,
  server: Socket,
  fromClient: Reader,
  fromServer: Reader,
  shift: number,
  keys: ReturnType<typeof standIn> | null,
): Promise<boolean> {
  for (;;) {
    const said = await fromServer.next()
    if (said === null) {
      client.end()
      return false
    }
    const answer = packet({ sequence: (said.sequence - shift) & 255, payload: said.payload })
    const kind = said.payload[0]
    if (kind === 0xff) {
      client.end(answer)
      server.destroy()
      return false
    }
    client.write(answer)
    if (kind === 0) return true
    keys?.heard(said.payload)
    // After "the cached password was right" the server goes on by itself.
    if (kind === 1 && said.payload.length === 2 && said.payload[1] === 3) continue
    let reply = await fromClient.next()
    if (reply !== null && keys?.asked(reply.payload)) {
      client.write(packet({ sequence: reply.sequence + 1, payload: keys.key() }))
      const secret = await fromClient.next()
      reply = secret === null ? null : { sequence: reply.sequence, payload: keys.open(secret.payload) }
    }
    if (reply === null) {
      server.end()
      return false
    }
    server.write(packet({ sequence: (reply.sequence + shift) & 255, payload: reply.payload }))
  }
}

interface Reader {
  /** The next packet; null when the other side has gone. */
  next(): Promise<Packet | null>
  /** Stops reading, and returns what was read too much. */
  release(): Buffer
}

function reader(socket: Socket): Reader {
  let held = Buffer.alloc(0)
  let over = false
  let wake = (): void => undefined
  const queue: Packet[] = []
  const onData = (chunk: Buffer): void => {
    const { packets, rest } = wholePackets(Buffer.concat([held, chunk]))
    queue.push(...packets)
    held = Buffer.from(rest)
    wake()
  }
  const onEnd = (): void => {
    over = true
    wake()
  }
  socket.on('data', onData)
  socket.on('end', onEnd)
  socket.on('close', onEnd)
  return {
    next: async () => {
      while (queue.length === 0 && !over) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return queue.shift() ?? null
    },
    release: () => {
      socket.off('data', onData)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      socket.pause()
      return Buffer.concat([...queue.map(packet), held])
    },
  }
}
