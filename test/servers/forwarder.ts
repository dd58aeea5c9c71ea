import { connect, createServer, type Socket } from 'node:net'

/** An address that leads to a server, or to another one, or to none: what a Service, or a name, is to a client. */
export interface Forwarder {
  readonly port: number
  /** Where new connections go from now on; those that are there end. Null: nobody answers. */
  readonly to: (port: number | null) => void
  readonly close: () => Promise<void>
}

/** Nobody answers at first. */
export async function openForwarder(): Promise<Forwarder> {
  let target: number | null = null
  const open = new Set<Socket>()
  const server = createServer((client) => {
    if (target === null) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target, '127.0.0.1')
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from)
      from.on('error', () => into.destroy())
      from.on('close', () => {
        open.delete(from)
        into.destroy()
      })
      from.pipe(into)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    to: (port) => {
      target = port
      cut()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
}
