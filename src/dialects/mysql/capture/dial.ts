import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { Address } from '../url.ts'

const timeout = 10_000

/** A connection to the server on which nothing has been said yet. */
export async function dial({ config }: Address): Promise<Socket> {
  const { socketPath, host = 'localhost', port = 3306 } = config
  const socket =
    socketPath === undefined
      ? net.connect({ host, port, allowHalfOpen: true, noDelay: true, keepAlive: true })
      : net.connect({ path: socketPath, allowHalfOpen: true })
  await settled(socket, 'connect')
  return socket
}

/** The same connection under TLS, as the address asks for it. */
export async function encrypt(socket: Socket, { config }: Address): Promise<Socket> {
  const { host = 'localhost', ssl } = config
  const { rejectUnauthorized, verifyIdentity, ca, cert, key } = typeof ssl === 'object' ? ssl : {}
  const secure = tls.connect({
    socket,
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: rejectUnauthorized ?? true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key: key as string }),
    ...(verifyIdentity === true ? {} : { checkServerIdentity: (): undefined => undefined }),
  })
  await settled(secure, 'secureConnect')
  return secure
}

async function settled(socket: Socket, event: string): Promise<void> {
  const signal = AbortSignal.timeout(timeout)
  try {
    await once(socket, event, { signal })
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? new Error('the server did not answer in time', { cause: error }) : error
  }
}
