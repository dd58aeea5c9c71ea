import type { Socket } from 'node:net'

/** What looks on while two sockets talk. It sees each chunk before it is sent on, and changes nothing. */
export interface Onlookers {
  readonly fromClient?: (chunk: Buffer) => void
  readonly fromServer?: (chunk: Buffer) => void
  /** Called when one of them threw: what comes after is passed on unseen. */
  readonly lost?: () => void
  /** What the client had sent already; it has been passed on. */
  readonly first?: Buffer
  /** Stands in the way of the server's first bytes until it is done. */
  readonly filter?: (chunk: Buffer) => { readonly pass: Buffer; readonly done: boolean }
}

/** Joins a client and a server byte for byte, in both directions, until both have ended. */
export function join(client: Socket, server: Socket, { fromClient, fromServer, lost, first, filter }: Onlookers): void {
  let following = true
  const look = (on: ((chunk: Buffer) => void) | undefined, chunk: Buffer): void => {
    if (!following || on === undefined || chunk.length === 0) return
    try {
      on(chunk)
    } catch {
      following = false
      lost?.()
    }
  }
  if (first !== undefined) look(fromClient, first)
  client.on('data', (chunk: Buffer) => look(fromClient, chunk))
  const open = (): void => {
    server.on('data', (chunk: Buffer) => look(fromServer, chunk))
    server.pipe(client)
  }
  if (filter === undefined) open()
  else {
    const sift = (chunk: Buffer): void => {
      const { pass, done } = filter(chunk)
      if (done) server.off('data', sift)
      look(fromServer, pass)
      client.write(pass)
      if (done) open()
    }
    server.on('data', sift)
    server.on('end', () => client.end())
  }
  client.pipe(server)
  client.resume()
  for (const [one, other] of [[client, server] as const, [server, client] as const]) {
    one.on('error', () => other.destroy())
    // What was received is sent on first; a side that is gone altogether takes nothing any more.
    one.on('close', () => (other === client ? other.end() : other.destroySoon()))
  }
}
