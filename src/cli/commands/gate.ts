import { resolve } from 'node:path'
import { usageError } from '../../errors.ts'
import { defined } from '../defined.ts'
import { hasPassword } from '../redact.ts'
import { measurementLine, renderGate } from '../render/gate.ts'
import type { CommandFile, Session } from '../session.ts'
import { flagName } from '../settings.ts'

/** `migrate gate`: is the rollout well? Asks a Prometheus, and no database. */
export const gate: CommandFile = {
  name: 'gate',
  summary:
    'measures a Prometheus query for a while: exit 0 when it kept its bounds, 5 when not, 75 when nobody can tell',
  options: [
    { flags: '--prometheus <url>', help: 'where its API is, such as http://prometheus:9090' },
    { flags: '--query <promql>', help: 'what to measure; again for each: all have to keep the bounds', many: true },
    { flags: '--max <number>', help: 'the greatest value that is good' },
    { flags: '--min <number>', help: 'the least value that is good' },
    { flags: '--interval <duration>', help: 'between measurements (30s)' },
    { flags: '--duration <duration>', help: 'how long to measure (10m; 0: once)' },
    { flags: '--settle <duration>', help: 'before the first measurement (60s)' },
    { flags: '--failure-limit <number>', help: 'bad measurements that are borne (0)' },
    { flags: '--error-limit <number>', help: 'measurements in a row that may get no answer (4)' },
    {
      flags: '--on-empty <how>',
      help: 'what no series is (fail); zero needs --min-traffic',
      choices: ['fail', 'zero'],
    },
    { flags: '--traffic-query <promql>', help: 'how much traffic there is' },
    { flags: '--min-traffic <number>', help: 'with less of it a measurement says nothing' },
    { flags: '--header <header>', help: "sent along, such as 'X-Scope-OrgID: shop'; again for each", many: true },
    { flags: '--bearer-token-file <file>', help: 'a file that holds a token' },
  ],
  examples: [
    `migrate gate --prometheus http://prometheus:9090 --max 0.01 --traffic-query 'sum(rate(http_requests_total[1m]))' --min-traffic 1 \\
    --query 'sum(rate(http_requests_total{code=~"5.."}[1m])) / sum(rate(http_requests_total[1m]))'`,
  ],
  run: async (session) => {
    const { settings, output, io } = session
    const { prometheusGate } = await import('../../prometheus/gate.ts')
    const { failure, ...result } = await prometheusGate({
      server: server(session),
      queries: texts(session, 'query'),
      ...defined({
        max: number(session, 'max'),
        min: number(session, 'min'),
        interval: settings.duration('interval'),
        duration: settings.duration('duration'),
        settle: settings.duration('settle'),
        failureLimit: limit(session, 'failureLimit'),
        errorLimit: limit(session, 'errorLimit'),

        traffic: traffic(session),
      }),
      onEmpty: settings.text('onEmpty') === 'zero' ? 'zero' : 'fail',
      signal: io.signal,
      onMeasurement: (measurement) => output.note(measurementLine(measurement)),
      onWarning: output.warn,
    })
    return { result, text: renderGate(result, output.colours), failure: failure ?? undefined }
  },
}

function server(session: Session): { url: string; headers: Record<string, string>; bearerTokenFile?: string } {
  const { settings, output, io } = session
  const setting = settings.find('prometheus')
  if (setting === undefined) throw usageError('usage.gate', '--prometheus is missing')
  const url = String(setting.value)
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw usageError('usage.gate', `${setting.name} is not the address of a web server (http:// or https://)`)
  }
  output.hide(url)
  if (setting.from === 'flag' && hasPassword(url)) {
    output.warn('the password in --prometheus shows in the process list; use MIGRATE_PROMETHEUS')
  }
  const file = settings.text('bearerTokenFile')
  const headers = Object.fromEntries(texts(session, 'header').map(header))
  return { url, headers, ...defined({ bearerTokenFile: file === undefined ? undefined : resolve(io.cwd, file) }) }
}

function header(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(\P{Cc}*)$/u.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  // Its value may be a secret.
  throw usageError('usage.gate', "--header is not of the form 'Name: value'")
}

function traffic(session: Session): { readonly query: string; readonly min: number } | undefined {
  const query = session.settings.text('trafficQuery')
  const min = number(session, 'minTraffic')
  if (query === undefined && min === undefined) return undefined
  if (query === undefined || min === undefined) {
    throw usageError('usage.gate', `${flagName(query === undefined ? 'trafficQuery' : 'minTraffic')} is missing`)
  }
  if (min <= 0)
    throw usageError('usage.gate', '--min-traffic has to be above 0: at 0 a service that nobody asks would do')
  return { query, min }
}

/** PromQL and headers have commas of their own: a variable holds one. */
function texts({ settings }: Session, key: 'query' | 'header'): readonly string[] {
  const value = settings.find(key)?.value
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

function number({ settings }: Session, key: string): number | undefined {
  const setting = settings.find(key)
  if (setting === undefined) return undefined
  const text = String(setting.value).trim()
  const value = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw usageError('usage.number', `${setting.name}: \`${text}\` is not a number`)
}

function limit(session: Session, key: string): number | undefined {
  const value = number(session, key)
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return value
  throw usageError('usage.number', `${flagName(key)}: ${value} is not a whole number of at least 0`)
}
