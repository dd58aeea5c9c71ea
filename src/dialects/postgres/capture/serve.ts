import type { Socket } from 'node:net'
import type { Sink } from '../../capture.ts'
import { join } from '../../shared/join.ts'
import { follow } from './follow.ts'
import { withoutChannelBinding } from './without-channel-binding.ts'

const codes = { cancel: 80877102, ssl: 80877103, gss: 80877104 }
/** The server takes no longer one (MAX_STARTUP_PACKET_LENGTH). */
const longestStartup = 10_000

/** Takes a client through what comes before its startup (manual, 55.2.1), and joins it with the server then. */
export function serve(client: Socket, dial: () => Promise<Socket>, sink: Sink): void {
  let held = Buffer.alloc(0)
  client.on('error', () => undefined)
  const hand = (bytes: Buffer, then: (server: Socket) => void): void => {
    client.pause()
    client.off('data', receive)
    dial().then(
      (server) => {
        server.write(bytes)
        then(server)
      },
      (error: Error) => {
        sink.missed(`a connection that the server could not be reached for (${error.message})`)
        client.end(errorResponse('the server behind migrate capture cannot be reached'))
      },
    )
  }
  /** Whether what comes next may be another request of this kind. */
  const step = (code: number, length: number): boolean => {
    const message = held.subarray(0, length)
    if (code === codes.ssl || code === codes.gss) {
      // Nothing that another could read leaves this machine: the way to the server has the TLS that was asked for.
      client.write('N')
      held = held.subarray(length)
      return true
    }
    if (code === codes.cancel) hand(message, (server) => cancel(client, server))
    else hand(held, (server) => converse(client, server, parameters(message), held.subarray(length), sink))
    return false
  }
  const receive = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 8) {
      const length = held.readUInt32BE(0)
      if (length < 8 || length > longestStartup) {
        sink.missed('a connection that does not begin as the protocol does')
        hand(held, (server) => join(client, server, {}))
        return
      }
      if (held.length < length || !step(held.readUInt32BE(4), length)) return
    }
  }
  client.on('data', receive)
}

/** The server answers a request to cancel by closing the connection, when it has dealt with it. */
function cancel(client: Socket, server: Socket): void {
  server.on('error', () => undefined)
  server.on('close', () => client.destroy())
  server.resume().end()
}

function converse(
  client: Socket,
  server: Socket,
  startup: ReadonlyMap<string, string>,
  first: Buffer,
  sink: Sink,
): void {
  const replication = startup.get('replication')
  const own = startup.get('application_name')?.startsWith('bellows/')
  const filter = withoutChannelBinding()
  if (replication !== undefined && !/^(0|no?|off|false)$/i.test(replication)) {
    sink.missed('connections for replication')
    join(client, server, { filter })
  } else if (own) join(client, server, { filter })
  else {
    const follower = follow(sink)
    const lost = (): void => sink.missed('the rest of a connection whose messages could not be followed')
    join(client, server, { filter, lost, ...follower, first })
  }
}

function parameters(message: Buffer): ReadonlyMap<string, string> {
  const words = message.toString('utf8', 8).split('\0')
  const found = new Map<string, string>()
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) found.set(words[at] ?? '', words[at + 1] ?? '')
  return found
}

function errorResponse(message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C08006\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
