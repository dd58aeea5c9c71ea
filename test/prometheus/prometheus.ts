import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { freePort } from '../../src/embedded/port.ts'

/** Where Prometheus is, or null: it is not a dependency, and not fetched. `PROMETHEUS` names another place. */
function find(): string | null {
  try {
    const words = ['-c', 'command -v "$0"', process.env.PROMETHEUS ?? 'prometheus']
    return execFileSync('sh', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}

const binary = find()

/** Whether there is none here, and what says so in a test's name. */
export const without = binary === null
export const skipped =
  binary === null ? ' (SKIPPED: no prometheus here; apt-get install prometheus, or PROMETHEUS=<binary>)' : ''

/** A Prometheus that looks at one app every 100 ms, and what that app counts. */
export interface Watched {
  readonly url: string
  /** Counts so many requests of an app each 100 ms, from now on, with that status. */
  readonly traffic: (app: string, code: number, requests: number) => void
  readonly kill: () => void
  readonly close: () => Promise<void>
}

/** Starts both, and waits until the first look is there. */
export async function startPrometheus(): Promise<Watched> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-prometheus-'))
  const rates = new Map<string, number>()
  const counts = new Map<string, number>()
  const clock = setInterval(() => {
    for (const [labels, requests] of rates) counts.set(labels, (counts.get(labels) ?? 0) + requests)
  }, 100)
  const app = createServer((_, response) => {
    const lines = [...counts].map(([labels, count]) => `http_requests_total{${labels}} ${count}`)
    response.end(`# TYPE http_requests_total counter\n${lines.join('\n')}\n`)
  })
  const target = await listen(app)
  const port = await freePort()
  await writeFile(
    path.join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '100ms', scrape_timeout: '100ms' },
      scrape_configs: [{ job_name: 'shop', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
    }),
  )
  const words = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`]
  const server: ChildProcess = spawn(binary ?? '', [...words, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: 'ignore',
  })
  const url = `http://127.0.0.1:${port}`
  const up = async (): Promise<boolean> =>
    fetch(`${url}/api/v1/query?query=up==1`).then(
      async (response) => (await response.text()).includes('"up"'),
      () => false,
    )
  await vi.waitUntil(up, { timeout: 30_000, interval: 100 })
  return {
    url,
    traffic: (name, code, requests) => {
      const labels = `app="${name}",code="${code}"`
      counts.set(labels, counts.get(labels) ?? 0)
      rates.set(labels, requests)
    },
    kill: () => void server.kill('SIGKILL'),
    close: async () => {
      clearInterval(clock)
      app.close()
      const gone =
        server.exitCode === null && server.signalCode === null ? new Promise((end) => server.once('exit', end)) : null
      server.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
