import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDaemon } from './daemon.ts'

/** HAProxy before the instances. */
export interface Balancer {
  readonly port: number
  /** Gives it an instance that is ready, in one of its slots. */
  readonly add: (slot: number, port: number) => Promise<void>
  /** Waits until its own checks have taken an instance out, which says that it is not ready any more. */
  readonly seenDown: (slot: number) => Promise<void>
  readonly remove: (slot: number) => Promise<void>
  /** What it counted of its clients. */
  readonly counted: () => Promise<Counted>
  readonly stop: () => Promise<void>
}

/** As the balancer counts: all requests, and those that it answered, or handed on, with 5xx. */
export interface Counted {
  readonly requests: number
  readonly failed: number
}

/** One more than instances: a new one comes before an old one goes. */
export const slots = [1, 2, 3, 4] as const

/**
 * It asks every instance ten times a second whether it is ready, and leaves out who says no twice. It never tries a request again,
 * so that each one that goes to an instance that is not there shows.
 */
const config = (port: number, socket: string): string => `
global
  stats socket ${socket} level admin
defaults
  mode http
  timeout connect 2s
  timeout check 2s
  timeout client 60s
  timeout server 30s
  retries 0
frontend shop
  bind 127.0.0.1:${port}
  default_backend instances
backend instances
  balance leastconn
  option httpchk
  http-check send meth GET uri /health/ready
  http-check expect status 200
  default-server check inter 100ms fall 2 rise 1 disabled
${slots.map((slot) => `  server slot${slot} 127.0.0.1:1`).join('\n')}
`

/** Starts it without any instance. */
export async function startBalancer(program: string, folder: string): Promise<Balancer> {
  const socket = path.join(folder, 'haproxy.sock')
  const { port, stop } = await startDaemon({
    name: 'haproxy',
    program,
    folder,
    prepare: async (port) => {
      await writeFile(path.join(folder, 'haproxy.cfg'), config(port, socket))
      return ['-db', '-f', path.join(folder, 'haproxy.cfg')]
    },
    answers: async () => (await say(socket, 'show info')).includes('HAProxy'),
  })
  const tell = async (words: string): Promise<void> => {
    const said = (await say(socket, words)).trim()
    // `set server ... addr` answers with what it has changed; what it refuses begins otherwise.
    if (said !== '' && !/changed|no need to change/.test(said)) throw new Error(`HAProxy refused "${words}": ${said}`)
  }
  const counted = async (): Promise<Counted> => {
    const row = (await stats(socket)).find(({ pxname, svname }) => pxname === 'shop' && svname === 'FRONTEND')
    return { requests: Number(row?.req_tot), failed: Number(row?.hrsp_5xx) }
  }
  return {
    port,
    stop,
    counted,
    add: async (slot, instance) => {
      await tell(`set server instances/slot${slot} addr 127.0.0.1 port ${instance}`)
      await tell(`set server instances/slot${slot} state ready`)
    },
    seenDown: async (slot) => {
      for (const until = Date.now() + 10_000; Date.now() < until; await sleep(50)) {
        const row = (await stats(socket)).find(({ svname }) => svname === `slot${slot}`)
        if (row?.status?.startsWith('DOWN') === true) return
      }
    },
    remove: (slot) => tell(`set server instances/slot${slot} state maint`),
  }
}

async function stats(socket: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const [head = '', ...lines] = (await say(socket, 'show stat')).replace(/^# /, '').trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, index) => [names[index] ?? '', value])))
}

/** Sends one command to its socket, and answers with what it says. */
function say(socket: string, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    connect(socket)
      .once('error', reject)
      .on('data', (chunk) => {
        said += chunk
      })
      .once('end', () => resolve(said))
      .end(`${words}\n`)
  })
}
