import { readFile } from 'node:fs/promises'
import { type BellowsError, temporary, usageError } from '../errors.ts'

/** Where a Prometheus is, or what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics), and how it lets us in. */
export interface PrometheusServer {
  /** Its address, with the path that it is served below, if any. A user and password in it are sent as Basic authentication. */
  readonly url: string
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** A file with a bearer token, read anew for each request: tokens that are mounted are exchanged in place. */
  readonly bearerTokenFile?: string
}

/** One series of an instant query's result, or its scalar (without labels). NaN and infinities are numbers here. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Reply {
  readonly status?: unknown
  readonly error?: unknown
  readonly warnings?: readonly unknown[]
  readonly data?: { readonly resultType?: unknown; readonly result?: unknown }
}

const timeout = 10_000

/**
 * Asks one instant query (https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries).
 *
 * @throws BellowsError exit 75 where the answer is not there or not whole (unreachable, overloaded, partial), exit 2 where asking
 * again would not help: the query is refused or not an instant one, the address is no Prometheus, the credentials do not fit.
 */
export async function instantQuery(
  server: PrometheusServer,
  query: string,
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const { address, headers } = await request(server)
  address.pathname = `${address.pathname.replace(/\/$/, '')}/api/v1/query`
  address.searchParams.set('query', query)
  const response = await answer(address, headers, signal)
  const text = await body(response)
  const reply = parsed(text)
  if (!response.ok || reply?.status !== 'success') throw refusal(response.status, reply, query, address)
  if ((reply.warnings ?? []).length > 0) {
    // Thanos and Mimir answer so when a part of the data could not be read: a sum over the rest would be too low.
    throw temporary('prometheus.partial', `the answer is not whole: ${String(reply.warnings?.[0])}`)
  }
  return samplesOf(reply, query)
}

async function request({ url, headers = {}, bearerTokenFile }: PrometheusServer): Promise<{
  readonly address: URL
  readonly headers: Headers
}> {
  const address = new URL(url)
  const sent = new Headers({ accept: 'application/json' })
  for (const [name, value] of Object.entries(headers)) {
    if (!isSendable(value)) throw usageError('prometheus.header', `the header ${name} holds what no header can`)
    sent.set(name, value)
  }
  if (address.username !== '' || address.password !== '') {
    const pair = `${decoded(address.username)}:${decoded(address.password)}`
    sent.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
    address.username = ''
    address.password = ''
  }
  if (bearerTokenFile !== undefined) sent.set('authorization', `Bearer ${await tokenIn(bearerTokenFile)}`)
  return { address, headers: sent }
}

async function tokenIn(file: string): Promise<string> {
  const token = await readFile(file, 'utf8').then(
    (text) => text.trim(),
    (cause: unknown) => {
      throw usageError('prometheus.token-file', `the file with the token cannot be read: ${file}`, { cause })
    },
  )
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw usageError('prometheus.token-file', `what is in the file is no token: ${file}`, {
    hint: 'It holds the token and nothing else, on one line.',
  })
}

/** What cannot be in a header raises with its value in the message, which may be a secret. */
const isSendable = (value: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** A part of an address; as it stands where its percent signs are no escapes, as curl takes them. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

async function answer(address: URL, headers: Headers, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) })
  } catch (cause) {
    signal.throwIfAborted()
    throw temporary('prometheus.unreachable', `${address.origin} cannot be reached: ${reasonOf(cause)}`, { cause })
  }
}

async function body(response: Response): Promise<string> {
  try {
    return await response.text()
  } catch (cause) {
    throw temporary('prometheus.unreachable', `the answer broke off: ${reasonOf(cause)}`, { cause })
  }
}

/** What fetch wraps into "fetch failed" says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer for ${timeout / 1000} s`
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}

function parsed(text: string): Reply | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

function refusal(status: number, reply: Reply | null, query: string, address: URL): BellowsError {
  const said = typeof reply?.error === 'string' ? `: ${reply.error}` : ''
  if (status === 400)
    return usageError('prometheus.query', `Prometheus refuses the query${said}`, { details: { query } })
  if (status === 401 || status === 403) {
    return usageError('prometheus.denied', `${address.origin} does not let us in (${status})${said}`, {
      hint: 'Credentials go into the address, into --header, or into --bearer-token-file.',
    })
  }
  if (status === 404 || (status < 300 && reply === null)) {
    return usageError(
      'prometheus.address',
      `${address.origin}${address.pathname} is not the API of a Prometheus (${status})`,
      {
        hint: 'The address is the one below which /api/v1/query answers, such as http://prometheus:9090.',
      },
    )
  }
  return temporary('prometheus.failed', `Prometheus could not answer (${status})${said}`)
}

function samplesOf(reply: Reply, query: string): readonly Sample[] {
  const { resultType, result } = reply.data ?? {}
  if (resultType === 'scalar' && Array.isArray(result)) return [{ labels: {}, value: numberOf(result) }]
  if (resultType === 'vector' && Array.isArray(result)) {
    return result.map(
      (series: { metric?: Record<string, string>; value?: readonly unknown[]; histogram?: unknown }) => {
        if (series.value === undefined) throw notNumbers(query, 'native histograms')
        return { labels: series.metric ?? {}, value: numberOf(series.value) }
      },
    )
  }
  throw notNumbers(query, `a ${String(resultType)}`)
}

/** A pair of time and text: "NaN", "+Inf" and "-Inf" stand in it as such. */
function numberOf([, text]: readonly unknown[]): number {
  const word = String(text)
  if (/^[+-]?Inf$/i.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(word)
}

const notNumbers = (query: string, what: string): BellowsError =>
  usageError('prometheus.query', `the query gives ${what}, not a number for each series`, {
    hint: 'An instant query is needed, such as sum(rate(http_requests_total{code=~"5.."}[1m])): no range selector at its end.',
    details: { query },
  })
