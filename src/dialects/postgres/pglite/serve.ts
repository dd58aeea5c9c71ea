import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { converse } from './client.ts'
import { errorMessage, int32, message, ready, text } from './messages.ts'
import type { SharedSession } from './session.ts'
import { type Settings, settingsOfOptions } from './settings.ts'

const codes = { cancel: 80877102, ssl: 80877103, gss: 80877104 }
const version3 = 196608
const longest = 10_000

/** A socket at which the session is served. */
export interface Served {
  readonly port: number
  close(): Promise<void>
}

/** What a session of the server says of itself at the start (manual, 55.2.7). */
const told: Readonly<Record<string, string>> = {
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
  is_superuser: 'on',
}

/** Serves drivers on this machine; whoever does not say the password is not let in. It keeps no process from ending. */
export async function serve(
  session: SharedSession,
  { password, version, pid }: { readonly password: string; readonly version: string; readonly pid: number },
): Promise<Served> {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    greet(socket, password, (asked) => {
      const own = { ...told, server_version: version, ...Object.fromEntries(asked.settings) }
      const parameters = Object.entries(own).map(([name, value]) => message('S', text(name), text(value)))
      socket.write(
        Buffer.concat([message('R', int32(0)), ...parameters, message('K', int32(pid), int32(0)), ready('I')]),
      )
      return converse(socket, session, { number: ++count, user: asked.user, asked: asked.settings })
    })
  })
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

interface Asked {
  readonly user: string
  readonly settings: Settings
}

/** Through startup and password; then what comes goes to whom `letIn` returns. */
function greet(socket: Socket, password: string, letIn: (asked: Asked) => (chunk: Buffer) => void): void {
  let held = Buffer.alloc(0)
  let asked: Asked | null = null
  const refuse = (code: string, words: string): void => {
    socket.end(errorMessage('FATAL', code, words))
  }
  /** False where there is nothing more to be read here. */
  const startup = (code: number, body: Buffer): boolean => {
    if (code === codes.ssl || code === codes.gss) {
      socket.write('N')
      return true
    }
    if (code >> 16 !== 3) {
      // A statement cannot be cancelled: while it runs nothing else does.
      socket.end()
      return false
    }
    if (code !== version3) socket.write(message('v', int32(version3), int32(0)))
    const { user = '', database = user, options = '', ...others } = parametersOf(body)
    if (database !== 'postgres') {
      refuse('3D000', `database "${database}" does not exist: this PGlite is the database postgres`)
      return false
    }
    const own = Object.entries(others).filter(([name]) => !name.startsWith('_pq_.'))
    asked = { user, settings: new Map([...settingsOfOptions(options), ...own]) }
    socket.write(message('R', int32(3)))
    return true
  }
  const receive = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk])
    for (;;) {
      const from = asked === null ? 0 : 1
      if (held.length < from + (asked === null ? 8 : 4)) return
      const length = held.readUInt32BE(from)
      if (length < (asked === null ? 8 : 4) || length > longest) {
        socket.destroy()
        return
      }
      if (held.length < from + length) return
      const body = held.subarray(from + 4, from + length)
      const type = held[0]
      held = held.subarray(from + length)
      if (asked === null) {
        if (!startup(body.readUInt32BE(0), body.subarray(4))) return
        continue
      }
      socket.off('data', receive)
      if (type !== 0x70 || !isSame(body.subarray(0, -1), Buffer.from(password))) {
        refuse('28P01', `password authentication failed for user "${asked.user}"`)
        return
      }
      const next = letIn(asked)
      if (held.length > 0) next(held)
      socket.on('data', next)
      return
    }
  }
  socket.on('data', receive)
}

const isSame = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other)

function parametersOf(body: Buffer): Readonly<Record<string, string>> {
  const words = body.toString().split('\0')
  const pairs = words.flatMap((name, at) => (at % 2 === 0 && name !== '' ? [[name, words[at + 1] ?? ''] as const] : []))
  return Object.fromEntries(pairs)
}
