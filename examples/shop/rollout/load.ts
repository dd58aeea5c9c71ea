import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { formats } from '../app/http.ts'
import { compare, type Ledger } from './ledger.ts'

/** Users of the shop, who go on until they are told to stop. */
export interface Load {
  readonly counts: Counts
  /** Waits until everybody has the last answer; they go on by `resume`. */
  readonly pause: () => Promise<void>
  readonly resume: () => void
  /** From now on every second user is a new client, which knows /api/v2 only. */
  readonly meetNewClients: () => void
  readonly stop: () => Promise<void>
}

/** All that they asked. */
export interface Counts {
  requests: number
  /** No answer, one that was late, 4xx or 5xx, or an answer that is not what it should be. */
  failed: number
  /** Those that were answered with 5xx, by whomever. */
  code5xx: number
  /** Answers of v2 to clients of v1, which have both names. */
  additive: number
  /** Answers in the new format to clients who understand both. */
  negotiated: number
  /** Milliseconds of the slowest answer, reports left out, which take their time anyhow. */
  slowest: number
  /** By what went wrong. */
  readonly reasons: Map<string, number>
}

interface Reply {
  readonly code: number
  readonly body: Readonly<Record<string, unknown>>
  readonly type: string
  readonly version: string
}

const users = 6
const readers = 3
const patience = 15_000

/** Begins at once. Each user has customers that nobody else writes. */
export function startLoad(port: number, ledger: Ledger): Load {
  const counts: Counts = {
    requests: 0,
    failed: 0,
    code5xx: 0,
    additive: 0,
    negotiated: 0,
    slowest: 0,
    reasons: new Map(),
  }
  let stopped = false
  let newClients = false
  let paused: Promise<void> | null = null
  let resume = (): void => undefined
  let busy = 0

  /** One request; null when it failed. */
  const ask = async (agent: http.Agent, method: string, path: string, body?: object): Promise<Reply | null> => {
    counts.requests += 1
    const started = performance.now()
    const reply = await request(agent, port, method, path, body).catch((error: unknown) => String(error))
    if (!path.endsWith('/report')) counts.slowest = Math.max(counts.slowest, performance.now() - started)
    const wrong = typeof reply === 'string' ? reply : reply.code < 300 ? unlike(reply, path) : `status ${reply.code}`
    if (typeof reply !== 'string' && reply.code >= 500) counts.code5xx += 1
    if (wrong === null && typeof reply !== 'string') {
      if (reply.type === formats.v2) counts.negotiated += 1
      if ('name' in reply.body && 'full_name' in reply.body) counts.additive += 1
      return reply
    }
    counts.failed += 1
    const reason = `${method} ${path.replace(/\d+$/, ':id')}: ${wrong}`
    counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1)
    return null
  }

  const turn = async (agent: http.Agent, user: number, own: number[]): Promise<void> => {
    const isNew = newClients && user % 2 === 1
    const [customers, field] = isNew ? ['/api/v2/customers', 'full_name'] : ['/api/v1/customers', 'name']
    const read = async (id: number): Promise<void> => {
      if (Math.random() < 0.3) {
        const reply = await ask(agent, 'GET', `/api/customers/${id}`)
        if (reply === null) return
        const name = reply.body[reply.type === formats.v2 ? 'full_name' : 'name']
        return compare(ledger, id, `read as ${reply.type} from ${reply.version}`, name)
      }
      const reply = await ask(agent, 'GET', `${customers}/${id}`)
      if (reply !== null) compare(ledger, id, `read from ${reply.version}`, reply.body[field])
    }
    const dice = Math.random()
    const name = `Ada ${randomUUID()}`
    const id = own[Math.floor(Math.random() * own.length)] ?? 0
    if (dice < 0.3) {
      const reply = await ask(agent, 'POST', customers, { [field]: name, email: `${randomUUID()}@shop.example` })
      if (reply === null) return
      own.push(Number(reply.body.id))
      ledger.names.set(Number(reply.body.id), [name])
      ledger.acknowledged += 1
    } else if (dice < 0.6) {
      // What is about to be written over is read back first: so each acknowledged write is, once at least.
      await read(id)
      const reply = await ask(agent, 'PUT', `${customers}/${id}`, { [field]: name })
      ledger.names.set(id, reply === null ? [...(ledger.names.get(id) ?? []), name] : [name])
      if (reply !== null) ledger.acknowledged += 1
    } else {
      await read(id)
    }
  }

  const live = async (act: (agent: http.Agent) => Promise<unknown>): Promise<void> => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    while (!stopped) {
      await paused
      busy += 1
      await act(agent).finally(() => {
        busy -= 1
      })
      await sleep(20 + Math.random() * 40)
    }
    agent.destroy()
  }
  const seeded = [...ledger.names.keys()]
  const all = [
    ...Array.from({ length: users }, (_, user) => {
      const own = seeded.filter((id) => id % users === user)
      return live((agent) => turn(agent, user, own))
    }),
    ...Array.from({ length: readers }, () => live((agent) => ask(agent, 'GET', '/api/v1/report'))),
  ]
  return {
    counts,
    pause: async () => {
      paused ??= new Promise((go) => {
        resume = () => {
          paused = null
          go()
        }
      })
      while (busy > 0) await sleep(10)
    },
    resume: () => resume(),
    meetNewClients: () => {
      newClients = true
    },
    stop: async () => {
      stopped = true
      resume()
      await Promise.all(all)
    },
  }
}

/** What is wrong with a good answer: an old client misses a field, or the two names of v2 differ. */
function unlike({ body, type, version }: Reply, path: string): string | null {
  if (!path.includes('/customers')) return null
  if (path.startsWith('/api/v1') && typeof body.name !== 'string') return `the answer of ${version} has no name`
  if (path.startsWith('/api/v2') && typeof body.full_name !== 'string')
    return `the answer of ${version} has no full_name`
  if (type === formats.v1 && typeof body.name !== 'string') return `the answer of ${version} is not ${type}`
  if (type === formats.v2 && typeof body.full_name !== 'string') return `the answer of ${version} is not ${type}`
  return 'name' in body && 'full_name' in body && body.name !== body.full_name ? 'the two names differ' : null
}

function request(agent: http.Agent, port: number, method: string, path: string, body?: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { accept: `${formats.v2}, ${formats.v1};q=0.5` }
    const sent = http.request(
      { agent, host: '127.0.0.1', port, method, path, headers, timeout: patience },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.once('error', reject)
        response.once('end', () => {
          const version = String(response.headers['x-shop-version'] ?? 'HAProxy')
          const type = response.headers['content-type'] ?? ''
          const body = type.endsWith('json') ? JSON.parse(text) : {}
          resolve({ code: response.statusCode ?? 0, body, type, version })
        })
      },
    )
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${patience / 1000} s`)))
    sent.once('error', reject)
    sent.end(body === undefined ? '' : JSON.stringify(body))
  })
}
