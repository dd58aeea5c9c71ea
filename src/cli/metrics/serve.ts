import { createServer, type ServerResponse } from 'node:http'
import { usageError } from '../../errors.ts'

/** What the paths answer. */
export interface Answers {
  readonly metrics: () => Promise<string>
  readonly contentType: string
  /** Whether the command is at work: a database has answered, and nobody has asked it to stop. */
  readonly ready: () => boolean
}

/** A server that runs. */
export interface Served {
  readonly port: number
  readonly close: () => Promise<void>
}

/**
 * Serves `/metrics`, `/live` and `/ready`, without keeping the process alive.
 *
 * @param host - null: every address
 * @throws BellowsError exit 2 when the port or the address cannot be had.
 */
export async function serve(port: number, host: string | null, answers: Answers): Promise<Served> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    request.resume()
    const path = request.url?.replace(/\?.*/s, '') ?? ''
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'GET, please\n')
    if (path === '/live') return answer(response, 200, 'alive\n')
    if (path === '/ready')
      return answers.ready() ? answer(response, 200, 'ready\n') : answer(response, 503, 'not ready\n')
    if (path !== '/metrics') return answer(response, 404, '/metrics, /live, /ready\n')
    answers.metrics().then(
      (text) => answer(response, 200, text, answers.contentType),
      () => answer(response, 500, 'no metrics\n'),
    )
  })
  server.maxConnections = 100
  server.on('connection', (socket) => socket.unref())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(notThere(port, host, cause)))
    server.listen({ port, ...(host === null ? {} : { host }) }, () => resolve())
  })
  // What goes wrong here later is no reason for the command to fail.
  server.on('error', () => undefined)
  server.unref()
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? port) : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
}

function notThere(port: number, host: string | null, cause: NodeJS.ErrnoException): Error {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: 'somebody has it already',
    EACCES: 'this user may not have it',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such address',
  }
  const where = host === null ? `port ${port}` : `port ${port} of ${host}`
  return usageError('metrics.port', `--metrics-port: ${where}: ${why[cause.code ?? ''] ?? cause.message}`, {
    hint: 'Name another one. Two commands in one pod, or on one machine, need two.',
    cause,
  })
}
