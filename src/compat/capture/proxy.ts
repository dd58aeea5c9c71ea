import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Sink, Target } from '../../dialects/capture.ts'

/** A proxy on a port of this machine. */
export interface Proxy {
  readonly port: number
  /** Waits until all that clients have sent is read, for so many milliseconds; then takes the port away. */
  close(patience: number): Promise<void>
}

/** Listens on 127.0.0.1, where nobody else's machine can connect. */
export async function startProxy(target: Target, sink: Sink): Promise<Proxy> {
  const clients = new Set<Socket>()
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    target.serve(client, sink)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async (patience) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const over = setTimeout(() => {
        if (clients.size > 0) sink.missed('what is still connected after the command has ended')
        for (const client of clients) client.destroy()
      }, patience)
      await closed
      clearTimeout(over)
    },
  }
}
