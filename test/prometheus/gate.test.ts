import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BellowsError, exitCodes } from '../../src/errors.ts'
import { migrate, type Ran } from '../unit/cli/terminal.ts'
import { skipped, startPrometheus, type Watched, without } from './prometheus.ts'

/*
 * `migrate gate` before a real Prometheus, which looks at an app that counts. One app a test: they are told apart by its label.
 */
const root = path.resolve(import.meta.dirname, '../..')
let prometheus: Watched

beforeAll(async () => {
  if (!without) prometheus = await startPrometheus()
})
afterAll(async () => {
  await prometheus?.close()
})

const errors = (app: string): string => `sum(rate(http_requests_total{app="${app}",code=~"5.."}[2s]))`
const requests = (app: string): string => `sum(rate(http_requests_total{app="${app}"}[2s]))`
const share = (app: string): string => `${errors(app)} / ${requests(app)}`
const soon = ['--settle', '3s', '--interval', '250ms', '--duration', '2s']
const atOnce = ['--settle', '0', '--duration', '0']

const gate = (...argv: readonly string[]): Promise<Ran> =>
  migrate(['gate', '--json', ...argv], { env: { MIGRATE_PROMETHEUS: prometheus.url } })

const outcome = ({ stdout, exitCode }: Ran): object => {
  const { result, error, warnings } = JSON.parse(stdout)
  return {
    exitCode,
    verdict: result?.verdict,
    counts: result?.measurements,
    code: error?.code,
    warnings,
    message: error?.message,
  }
}

describe.skipIf(without)(`a rollout before Prometheus${skipped}`, { concurrent: true }, () => {
  test('passes when every measurement kept its bounds', async () => {
    prometheus.traffic('well', 200, 10)
    prometheus.traffic('well', 500, 0)
    const ran = await gate('--query', share('well'), '--max', '0.01', ...soon)
    expect(outcome(ran)).toMatchObject({
      exitCode: 0,
      verdict: 'passed',
      counts: { good: 9, bad: 0, idle: 0, error: 0 },
    })
    expect(ran.stderr.split('\n').filter((line) => / good: 0$/.test(line))).toHaveLength(9)
  })

  test('fails at the first measurement that is above, with the value and the query', async () => {
    prometheus.traffic('ill', 200, 10)
    prometheus.traffic('ill', 500, 10)
    const ran = await gate('--query', share('ill'), '--max', '0.01', ...soon)
    expect(outcome(ran)).toMatchObject({
      exitCode: 5,
      verdict: 'failed',
      code: 'gate.failed',
      counts: { bad: 1, good: 0 },
    })
    expect(JSON.parse(ran.stdout).error.details).toMatchObject({ query: share('ill'), value: expect.closeTo(0.5, 1) })
  })

  test('fails when errors begin while it looks', async () => {
    prometheus.traffic('falls', 200, 10)
    prometheus.traffic('falls', 500, 0)
    setTimeout(() => prometheus.traffic('falls', 500, 5), 4000)
    const ran = await gate(
      '--query',
      share('falls'),
      '--max',
      '0.01',
      '--settle',
      '3s',
      '--interval',
      '250ms',
      '--duration',
      '8s',
    )
    expect(outcome(ran)).toMatchObject({ exitCode: 5, verdict: 'failed', counts: { bad: 1, good: expect.any(Number) } })
    expect(JSON.parse(ran.stdout).result.measurements.good).toBeGreaterThan(1)
  })

  test('bears as many bad measurements as is said, but not at the end', async () => {
    prometheus.traffic('recovers', 200, 10)
    prometheus.traffic('recovers', 500, 10)
    setTimeout(() => prometheus.traffic('recovers', 500, 0), 3500)
    const borne = [
      '--query',
      share('recovers'),
      '--max',
      '0.01',
      '--failure-limit',
      '1000',
      '--settle',
      '3s',
      '--interval',
      '250ms',
    ]
    const [whole, early] = await Promise.all([gate(...borne, '--duration', '8s'), gate(...borne, '--duration', '0')])
    expect(outcome(whole)).toMatchObject({ exitCode: 0, verdict: 'passed' })
    expect(JSON.parse(whole.stdout).result.measurements.bad).toBeGreaterThan(0)
    expect(outcome(early)).toMatchObject({ exitCode: 5, verdict: 'failed', counts: { bad: 1 } })
  })

  test('never passes where nothing is: no series, or nothing divided by nothing', async () => {
    prometheus.traffic('asleep', 200, 0)
    prometheus.traffic('asleep', 500, 0)
    const absent = await gate('--query', share('nobody'), '--max', '0.01', ...atOnce)
    expect(outcome(absent)).toMatchObject({ exitCode: 5, message: expect.stringContaining('there is no such series') })
    const idle = await gate('--query', share('asleep'), '--max', '0.01', '--settle', '3s', '--duration', '0')
    expect(outcome(idle)).toMatchObject({ exitCode: 5, message: expect.stringContaining('not a number') })
  })

  test('takes an absent counter of errors for 0 only where traffic is seen', async () => {
    prometheus.traffic('spotless', 200, 10)
    const argv = ['--query', errors('spotless'), '--max', '0', '--on-empty', 'zero']
    expect(outcome(await gate(...argv, ...atOnce))).toMatchObject({ exitCode: 2, code: 'gate.on-empty' })
    const seen = ['--traffic-query', requests('spotless'), '--min-traffic', '1']
    expect(outcome(await gate(...argv, ...seen, ...soon))).toMatchObject({ exitCode: 0, counts: { good: 9 } })
    // A name that nobody counts under has no traffic either.
    const misspelt = ['--query', errors('spotles'), '--max', '0', '--on-empty', 'zero', '--min-traffic', '1']
    expect(outcome(await gate(...misspelt, '--traffic-query', requests('spotles'), ...atOnce))).toMatchObject({
      exitCode: 75,
      verdict: 'unmeasured',
      code: 'gate.idle',
    })
  })

  test('judges each series of each query', async () => {
    prometheus.traffic('two', 200, 10)
    prometheus.traffic('two', 404, 30)
    const each = 'sum by (code) (rate(http_requests_total{app="two"}[2s]))'
    const ran = await gate(
      '--query',
      requests('two'),
      '--query',
      each,
      '--min',
      '200',
      '--settle',
      '3s',
      '--duration',
      '0',
    )
    expect(outcome(ran)).toMatchObject({ exitCode: 5 })
    expect(JSON.parse(ran.stdout).error.details).toMatchObject({ query: each, series: { code: '200' } })
  })

  test('refuses (2) a query that is none, and one that gives no numbers', async () => {
    for (const query of ['sum(', 'http_requests_total[5m]', '"text"']) {
      expect(outcome(await gate('--query', query, '--max', '0', ...atOnce)), query).toMatchObject({
        exitCode: 2,
        code: 'prometheus.query',
      })
    }
  })

  test('says when the first measurement still looks at what was before', async () => {
    const query = 'vector(0) + 0 * sum(rate(up[5m]))'
    const ran = await gate('--query', query, '--max', '0', ...atOnce)
    expect(outcome(ran)).toMatchObject({ warnings: [expect.stringContaining('looks 300 s back')] })
  })

  test('takes a number for an answer too', async () => {
    expect(outcome(await gate('--query', '1 + 1', '--max', '2', ...atOnce))).toMatchObject({ exitCode: 0 })
    expect(outcome(await gate('--query', '1 / 0', '--min', '2', ...atOnce))).toMatchObject({ exitCode: 5 })
  })
})

describe.skipIf(without)(`a Prometheus that dies${skipped}`, () => {
  test('is borne for some measurements, and then told as 75', { timeout: 60_000 }, async () => {
    const dying = await startPrometheus()
    try {
      setTimeout(dying.kill, 1000)
      const argv = [
        'gate',
        '--json',
        '--query',
        'up',
        '--min',
        '1',
        '--settle',
        '0',
        '--interval',
        '200ms',
        '--duration',
        '30s',
      ]
      const ran = await migrate([...argv, '--error-limit', '2'], { env: { MIGRATE_PROMETHEUS: dying.url } })
      expect(outcome(ran)).toMatchObject({
        exitCode: 75,
        verdict: 'unmeasured',
        code: 'gate.unmeasured',
        counts: { error: 3 },
      })
      expect(ran.stderr).toContain('ECONNREFUSED')
    } finally {
      await dying.close()
    }
  })
})

describe.skipIf(without)(`the example of docs/rollout.md${skipped}`, () => {
  // The same with shorter times: nobody has ten minutes here.
  const page = readFileSync(path.join(root, 'docs/rollout.md'), 'utf8')
  const [, example = ''] = /```sh\n(.*?)```/s.exec(page) ?? []
  const quick = example
    .replace('http://prometheus:9090', '"$URL"')
    .replace('--settle 60s --interval 30s --duration 10m', '--settle 3s --interval 500ms --duration 1s')
    .replaceAll('[1m]', '[2s]')
    .replace('migrate ', `node ${path.join(root, 'dist/cli/main.js')} `)

  test('lets a good rollout go on, and stops a bad one', { timeout: 60_000 }, async () => {
    const watched = await startPrometheus()
    // Not in a synchronous child: the app that Prometheus looks at lives in this process.
    const run = async (): Promise<number | null> => {
      const child = spawn('sh', ['-c', quick], { env: { ...process.env, URL: watched.url }, stdio: 'ignore' })
      const [code] = await once(child, 'exit')
      return code
    }
    try {
      watched.traffic('shop', 200, 10)
      watched.traffic('shop', 500, 0)
      expect(await run()).toBe(0)
      watched.traffic('shop', 500, 10)
      expect(await run()).toBe(5)
    } finally {
      await watched.close()
    }
  })
})

describe('what is asked of no Prometheus', () => {
  test.each([
    [[], 'usage.gate'],
    [['--prometheus', 'prometheus:9090'], 'usage.gate'],
    [['--prometheus', 'http://p:1'], 'gate.query'],
    [['--prometheus', 'http://p:1', '--query', 'up'], 'gate.bounds'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--min', '2'], 'gate.bounds'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', 'few'], 'usage.number'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--failure-limit', '-1'], 'usage.number'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--interval', '0'], 'gate.interval'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--interval', '25d'], 'gate.interval'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--settle', '25d'], 'gate.interval'],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--min-traffic', '1'], 'usage.gate'],
    [
      ['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--min-traffic', '0', '--traffic-query', 'x'],
      'usage.gate',
    ],
    [['--prometheus', 'http://p:1', '--query', 'up', '--max', '1', '--header', 'secret'], 'usage.gate'],
  ])('`migrate gate %s` is %s (2)', async (argv, code) => {
    const ran = await migrate(['gate', '--json', ...argv])
    expect(outcome(ran)).toMatchObject({ exitCode: 2, code })
    expect(ran.stdout + ran.stderr).not.toContain('secret')
  })

  test('credentials that cannot be sent are told (2), and not shown', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bellows-gate-'))
    const argv = ['gate', '--json', '--verbose', '--prometheus', 'http://127.0.0.1:1', '--query', 'up', '--max', '1']
    try {
      for (const content of ['sesame\nsecond', 'sesame€', '']) {
        const file = path.join(folder, 'token')
        writeFileSync(file, content)
        const ran = await migrate([...argv, ...atOnce, '--bearer-token-file', file])
        expect(outcome(ran), content).toMatchObject({ exitCode: 2, code: 'prometheus.token-file' })
        expect(ran.stdout + ran.stderr).not.toContain('sesame')
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
    const ran = await migrate([...argv, ...atOnce, '--header', 'X-Key: sesame€'])
    expect(outcome(ran)).toMatchObject({ exitCode: 2, code: 'prometheus.header' })
    expect(ran.stdout + ran.stderr).not.toContain('sesame')
    // A percent sign that is no escape is one.
    const address = argv.map((word) => word.replace('127', 'shop:50%off@127'))
    const plain = await migrate([...address, ...atOnce])
    expect(outcome(plain)).toMatchObject({ exitCode: 75 })
  })

  test('a stop is one of SIGTERM’s, at once', async () => {
    const controller = new AbortController()
    const reason = new BellowsError({
      code: 'interrupted.terminated',
      message: 'stopped',
      exitCode: exitCodes.terminated,
    })
    setTimeout(() => controller.abort(reason), 200)
    const argv = ['gate', '--json', '--prometheus', 'http://127.0.0.1:1', '--query', 'up', '--max', '1']
    const begun = performance.now()
    expect(outcome(await migrate(argv, { signal: controller.signal }))).toMatchObject({ exitCode: 143 })
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})
