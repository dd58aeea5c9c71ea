import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSilent } from 'node:net'
import path from 'node:path'
import { expect, it, vi } from 'vitest'
import { measure } from '../../../src/cli/metrics/measure.ts'
import { run } from '../../../src/cli/run.ts'
import { BellowsError } from '../../../src/errors.ts'
import { familyOf } from '../../families/family.ts'
import { readMetrics, type Sample } from '../../prometheus/read-metrics.ts'
import { describeEveryServer } from '../../servers/databases.ts'
import { migrate, type Ran, world } from '../../unit/cli/terminal.ts'
import { folderWith } from '../../unit/migrations/folder.ts'
import { rows, withUsers } from '../shop.ts'

const rename = 'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n'
const patience = { timeout: 30_000, interval: 20 }

/** A command that runs, and what it serves meanwhile. */
interface Watched {
  readonly ended: Promise<Ran>
  readonly port: number
  readonly get: (path: string) => Promise<{ readonly status: number; readonly text: string }>
  readonly stop: () => void
}

async function watched(env: Record<string, string>, ...argv: readonly string[]): Promise<Watched> {
  const controller = new AbortController()
  const { io, ran } = world([...argv, '--metrics-port', '0', '--metrics-host', '127.0.0.1'], {
    env,
    signal: controller.signal,
  })
  const ended = run(io).then((exitCode) => ({ exitCode, ...ran() }))
  const said = (): string | undefined => /^metrics: port (\d+) /m.exec(ran().stderr)?.[1]
  await vi.waitUntil(() => said() !== undefined, patience)
  const port = Number(said())
  return {
    ended,
    port,
    get: async (where) => {
      const response = await fetch(`http://127.0.0.1:${port}${where}`)
      return { status: response.status, text: await response.text() }
    },
    stop: () => controller.abort(new BellowsError({ code: 'interrupted', message: 'stopped', exitCode: 143 })),
  }
}

const value = (samples: readonly Sample[], name: string, ...labels: readonly string[]): number | undefined =>
  samples.find(
    (each) => each.name === `bellows_${name}` && labels.every((label) => Object.values(each.labels).includes(label)),
  )?.value

describeEveryServer('metrics of a command', (server) => {
  it('show a backfill under way, and are gone when it ends', () =>
    withUsers(
      server,
      async (database) => {
        const folder = await folderWith({ 'm.yaml': rename })
        const env = { DATABASE_URL: database.url, MIGRATE_DIR: folder }
        expect(await migrate(['expand'], { env })).toMatchObject({ exitCode: 0 })

        const first = await watched(env, 'backfill', '--max-rate', '500')
        expect(await first.get('/live')).toEqual({ status: 200, text: 'alive\n' })
        await vi.waitUntil(async () => (await first.get('/ready')).status === 200, patience)
        let samples: readonly Sample[] = []
        await vi.waitUntil(async () => {
          samples = readMetrics((await first.get('/metrics')).text)
          return (value(samples, 'backfill_rows_total', 'm') ?? 0) > 0
        }, patience)
        expect(value(samples, 'backfill_rows_done', 'm')).toBeLessThan(4000)
        expect(value(samples, 'backfill_progress_ratio', 'm')).toBeLessThan(1)
        expect(value(samples, 'backfill_rows_per_second', 'm')).toBeGreaterThan(0)
        expect(value(samples, 'backfill_eta_seconds', 'm')).toBeGreaterThan(0)
        expect(value(samples, 'phase_info', 'm', 'backfill')).toBe(1)
        expect(value(samples, 'lease_held', 'data:m')).toBe(1)
        expect(Date.now() / 1000 - (value(samples, 'heartbeat_timestamp_seconds', 'data:m') ?? 0)).toBeLessThan(30)
        expect(value(samples, 'run_exit_code')).toBeUndefined()
        expect(JSON.stringify(samples)).not.toContain(database.url)

        first.stop()
        expect(await first.ended).toMatchObject({ exitCode: 143 })
        await expect(first.get('/live')).rejects.toThrow()
        const saved = value(samples, 'backfill_rows_done', 'm') ?? 0

        const file = path.join(folder, 'bellows.prom')
        const again = await migrate(['backfill', '--metrics-file', file], { env })
        expect(again.exitCode, again.stderr).toBe(0)
        const end = readMetrics(await readFile(file, 'utf8'))
        expect(value(end, 'run_exit_code')).toBe(0)
        expect(value(end, 'backfill_rows_done', 'm')).toBe(4000)
        // Of this run alone.
        expect(value(end, 'backfill_rows_total', 'm')).toBeLessThanOrEqual(4000 - saved)
        expect(value(end, 'verify_progress_ratio', 'm')).toBe(1)
        expect(value(end, 'dual_write_mismatch_rows', 'm')).toBe(0)
        expect(value(end, 'phase_last_success_timestamp_seconds', 'm', 'backfill')).toBeGreaterThan(0)
        expect(value(end, 'lease_held', 'data:m')).toBe(0)
      },
      4000,
    ))

  it('show the gates that contract waits for', () =>
    withUsers(
      server,
      async (database) => {
        const folder = await folderWith({ 'm.yaml': rename })
        const env = { DATABASE_URL: database.url, MIGRATE_DIR: folder }
        await migrate(['expand', '--backfill'], { env })
        const app = await familyOf(server).session(database.url, 'shop-v1')
        try {
          const closed = ['contract', '--quiet-period', '0', '--old-app', 'shop-v1%', '--wait', '30s']
          const waiting = await watched(env, ...closed)
          let samples: readonly Sample[] = []
          await vi.waitUntil(async () => {
            samples = readMetrics((await waiting.get('/metrics')).text)
            return value(samples, 'waiting_info', 'gates') === 1
          }, patience)
          const sessions = samples.filter(({ labels }) => labels.gate === 'sessions').map(({ labels }) => labels.status)
          // Unknown where the server does not tell applications (MariaDB without performance_schema).
          expect(sessions).toEqual([expect.stringMatching(server.kind === 'mariadb' ? /failed|unknown/ : /failed/)])
          expect(value(samples, 'gate_status', 'm', 'backfill', 'ok')).toBe(1)
          waiting.stop()
          await waiting.ended
        } finally {
          await app.end()
        }
        expect(await rows(database, `select state from ${familyOf(server).state('migrations')}`)).toEqual([
          { state: 'backfilled' },
        ])
      },
      3,
    ))

  it('are refused (2) before anything is done where their port is taken, or is none', () =>
    withUsers(
      server,
      async (database) => {
        const folder = await folderWith({ 'm.yaml': rename })
        const env = { DATABASE_URL: database.url, MIGRATE_DIR: folder }
        const other = createServer()
        await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
        const address = other.address()
        const port = String(typeof address === 'object' ? address?.port : 0)
        try {
          for (const [given, code] of [
            [{ MIGRATE_METRICS_PORT: port, MIGRATE_METRICS_HOST: '127.0.0.1' }, 'metrics.port'],
            [{ MIGRATE_METRICS_PORT: '1', MIGRATE_METRICS_HOST: '192.0.2.1' }, 'metrics.port'],
            [{ MIGRATE_METRICS_PORT: '65536', MIGRATE_METRICS_FILE: path.join(folder, 'x.prom') }, 'usage.number'],
            [{ MIGRATE_METRICS_PORT: 'http' }, 'usage.number'],
            [{ MIGRATE_METRICS_FILE: '/nowhere/at/all.prom' }, 'file.unwritable'],
          ] as const) {
            const ran = await migrate(['expand', '--json'], { env: { ...env, ...given } })
            expect(JSON.parse(ran.stdout).error, code).toMatchObject({ code, exitCode: 2 })
          }
          // It has no such flag: the variable is for those that run beside it.
          const status = await migrate(['status', '--json'], { env: { ...env, MIGRATE_METRICS_PORT: port } })
          expect(JSON.parse(status.stdout)).toMatchObject({ result: { migrations: [{ state: 'pending' }] } })
        } finally {
          other.close()
        }
        // Nor does a file tell of a command that was not begun.
        expect(existsSync(path.join(folder, 'x.prom'))).toBe(false)
        expect(await familyOf(server).columns(database.url, 'users')).not.toContain('full_name')
      },
      3,
    ))
})

it('a command is alive, and not ready, until a database has answered', async () => {
  const silent = createSilent()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const env = { DATABASE_URL: `postgres://u@127.0.0.1:${port}/d`, MIGRATE_DIR: await folderWith({ 'm.yaml': rename }) }
  try {
    const waiting = await watched(env, 'wait', '--for', 'expanded', '--connect-timeout', '3s', '--timeout', '3s')
    expect(await waiting.get('/live')).toMatchObject({ status: 200 })
    expect(await waiting.get('/ready')).toEqual({ status: 503, text: 'not ready\n' })
    waiting.stop()
    expect(await waiting.ended).not.toMatchObject({ exitCode: 0 })
  } finally {
    silent.close()
  }
})

const tool = process.env.PROMTOOL ?? 'promtool'
const promtool = (() => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

it.skipIf(!promtool)(
  `promtool finds nothing wrong${promtool ? '' : ' (SKIPPED: apt-get install prometheus)'}`,
  async () => {
    const measured = measure('backfill', '1.2.3')
    const at = '2026-01-02T12:00:00.000Z'
    const of = { at, migration: 'm', table: 'users', rowsDone: 1, rowsTotal: 2, rowsPerSecond: 3, etaSeconds: 4 }
    for (const doing of ['backfill', 'verify'] as const)
      measured.event({ ...of, kind: 'progress', doing, batchRows: 5, batchMilliseconds: 6, mismatches: 0 })
    measured.event({ at, kind: 'phase-started', migration: 'm', phase: 'backfill', steps: 1 })
    measured.event({ at, kind: 'gates', migration: 'm', gates: [{ name: 'sessions', status: 'ok' }] })
    measured.event({ at, kind: 'lease', lease: 'ddl', state: 'taken' })
    expect(execFileSync(tool, ['check', 'metrics'], { input: await measured.text(), encoding: 'utf8' })).toBe('')
  },
)

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8')
/** What the page says to be woken for, by how it begins to say it. */
const alerts = [...(/^```promql\n(.*?)^```/ms.exec(page)?.[1] ?? '').matchAll(/^# (.*)\n((?:[^#].*\n)+)/gm)].map(
  ([, title = '', expr = '']) => ({ alert: title.split(':')[0] ?? '', expr }),
)

it.skipIf(!promtool)(
  `a backfill that moves wakes nobody${promtool ? '' : ' (SKIPPED: apt-get install prometheus)'}`,
  async () => {
    expect(alerts).toHaveLength(3)
    const rows = (table: string, values: string, doing = 'backfill'): object => ({
      series: `bellows_${doing}_rows_total{instance="a",migration="m",table="${table}"}`,
      values,
    })
    const running = { series: 'bellows_phase_info{instance="a",migration="m",phase="backfill"}', values: '1x30' }
    const over = rows('one', '0+100x10 1000x20')
    const woken = (fires: boolean, ...series: readonly object[]): object => ({
      interval: '1m',
      input_series: [running, over, ...series],
      alert_rule_test: [
        {
          eval_time: '25m',
          alertname: 'a backfill that does not move',
          exp_alerts: fires ? [{ exp_labels: { instance: 'a' } }] : [],
        },
      ],
    })
    const folder = await folderWith({
      'rules.json': JSON.stringify({ groups: [{ name: 'page', rules: alerts }] }),
      'test.json': JSON.stringify({
        rule_files: ['rules.json'],
        tests: [
          woken(true),
          woken(false, rows('two', '_x10 0+100x20')),
          woken(false, rows('one', '_x10 0+100x20', 'verify')),
        ],
      }),
    })
    const tested = spawnSync(tool, ['test', 'rules', 'test.json'], { cwd: folder, encoding: 'utf8' })
    expect(tested.status, tested.stdout + tested.stderr).toBe(0)
  },
)
