import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHeartbeat } from 'bellows'
import { type Database, openDatabase } from './database.ts'
import { createHealth } from './health.ts'
import { type Answer, type Asked, find, type Routes, readBody, send } from './http.ts'
import { createMetrics } from './metrics.ts'

/** How an instance is run, by its environment. */
const settings = {
  url: process.env.DATABASE_URL ?? '',
  port: Number(process.env.PORT ?? 8080),
  /** How long it still answers after it has said that it is not ready: the load balancer has to see that first. */
  drainDelay: Number(process.env.DRAIN_DELAY_MS ?? 5000),
  /** How long requests may take from then on. Delay and timeout together are less than the orchestrator's grace period. */
  drainTimeout: Number(process.env.DRAIN_TIMEOUT_MS ?? 20_000),
}

const needsObject: Answer = { code: 400, body: { error: 'a JSON object is needed' } }
/** What went wrong is in the log of the service. */
const internal: Answer = { code: 500, body: { error: 'internal' } }

const say = (event: string, more: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...more })}\n`)
}

/** Serves one version of the shop until SIGTERM. */
export async function serve(version: string, routesOf: (database: Database) => Routes): Promise<void> {
  const database = openDatabase(settings.url, `shop ${version}`)
  const routes = routesOf(database)
  const metrics = createMetrics(version, Object.keys(routes))
  const health = createHealth(() => database.rows('select 1'))
  let closing = false

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await answerTo(request)
    // The connection ends with its last answer, so that nobody sends another request into a closing one.
    if (closing) response.setHeader('connection', 'close')
    response.setHeader('x-shop-version', version)
    send(response, answer)
  }
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const probe = await health.answer(path)
    if (probe !== null) return probe
    if (path === '/metrics') return { code: 200, body: metrics.text(), type: 'text/plain; version=0.0.4' }
    const found = find(routes, request.method ?? '', path)
    const body = await readBody(request)
    if (found === null) return { code: 404, body: { error: 'there is nothing here' } }
    const answer =
      body === null ? needsObject : await run(found.route, { id: found.id, body, accept: request.headers.accept ?? '' })
    metrics.count(found.route, answer.code)
    return answer
  }
  const run = async (route: string, asked: Asked): Promise<Answer> => {
    try {
      return (await routes[route]?.(asked)) ?? internal
    } catch (error) {
      say('failed', { route, message: String(error) })
      return internal
    }
  }
  const server = createServer((request, response) => {
    // Who went away before the answer is nobody's failure.
    handle(request, response).catch(() => response.destroy())
  })
  // Longer than any load balancer keeps a connection without a request: otherwise it sends one into the connection that we close (502).
  server.keepAliveTimeout = 75_000
  server.headersTimeout = 80_000
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })

  const beats = startHeartbeat(database.pool, { app: 'shop', version, every: 10_000, onError: () => undefined })
  let told = false
  process.on('SIGTERM', async () => {
    // Told again, by a supervisor that repeats itself or by both a group and its leader, it goes on with what it is doing.
    if (told) return
    told = true
    say('draining')
    const force = setTimeout(() => {
      say('forced')
      process.exit(1)
    }, settings.drainDelay + settings.drainTimeout)
    health.drain()
    await sleep(settings.drainDelay)
    closing = true
    const closed = new Promise((resolve) => server.close(resolve))
    // Node closes those between two requests. One that was opened for later, and has asked nothing yet, would hold us up to the timeout.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
    await closed
    await beats.stop()
    await database.close()
    clearTimeout(force)
    say('closed')
    process.exit(0)
  })

  await new Promise<void>((resolve) => server.listen(settings.port, '127.0.0.1', resolve))
  const address = server.address()
  say('listening', { port: typeof address === 'object' ? address?.port : settings.port })
  while (!(await database.rows('select 1').catch(() => null))) await sleep(500)
  health.started()
}
