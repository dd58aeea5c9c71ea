import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { ClientConfig } from 'pg'
import { usageError } from '../../../errors.ts'
import type { Address } from '../url.ts'

/** Where the server listens. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** What the address does not say is libpq's. */
export function placeOf({ host, port }: ClientConfig): Place {
  return {
    host: host ?? (process.env.PGHOST || 'localhost'),
    port: Number(port ?? (process.env.PGPORT || 5432)),
  }
}

const timeout = 10_000
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** A connection to the server on which nothing has been said yet, with TLS as the address asks for it. */
export async function dial({ config, mayDoWithoutTls }: Address): Promise<Socket> {
  const place = placeOf(config)
  const socket = await connected(place)
  const { ssl } = config
  if (ssl === undefined || ssl === false) return socket
  try {
    if (!(await offersTls(socket))) {
      if (mayDoWithoutTls) return socket
      throw usageError('database.tls', 'the server offers no TLS, which sslmode asks for')
    }
    return await encrypted(socket, place, typeof ssl === 'object' ? ssl : {})
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function connected({ host, port }: Place): Promise<Socket> {
  const socket = host.startsWith('/')
    ? net.connect({ path: `${host}/.s.PGSQL.${port}`, allowHalfOpen: true })
    : net.connect({ host, port, allowHalfOpen: true, noDelay: true, keepAlive: true })
  await settled(socket, 'connect')
  return socket
}

/** One byte answers, before anything else is sent (manual, 55.2.9). */
async function offersTls(socket: Socket): Promise<boolean> {
  socket.write(sslRequest)
  await settled(socket, 'readable')
  const answer: Buffer | null = socket.read(1)
  return answer?.toString('latin1') === 'S'
}

async function encrypted(socket: Socket, { host }: Place, ssl: tls.ConnectionOptions): Promise<Socket> {
  const named = net.isIP(host) === 0 && !host.startsWith('/') ? { servername: host } : {}
  const secure = tls.connect({ host, ...named, ...ssl, socket })
  await settled(secure, 'secureConnect')
  return secure
}

async function settled(socket: Socket, event: string): Promise<void> {
  const signal = AbortSignal.timeout(timeout)
  try {
    await Promise.race([
      once(socket, event, { signal }),
      once(socket, 'close', { signal }).then(() => {
        throw Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' })
      }),
    ])
  } catch (error) {
    socket.destroy()
    if (!signal.aborted) throw error
    throw Object.assign(new Error('the server did not answer in time', { cause: error }), { code: 'ETIMEDOUT' })
  }
}
