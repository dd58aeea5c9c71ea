import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { openDatabase } from '../../examples/shop/app/database.ts'
import { createDatabase, describeEveryServer } from '../servers/databases.ts'

/*
 * An instance of examples/shop by itself, as an orchestrator sees it: probes, SIGTERM, what it answers.
 */
const root = path.resolve(import.meta.dirname, '../..')
const thrifty = '--wasm-tiering-budget=2000000000'
const patience = { timeout: 30_000, interval: 20 }

interface Instance {
  readonly port: number
  readonly ask: (path: string, more?: RequestInit) => Promise<{ code: number; type: string; body: unknown }>
  readonly code: (path: string) => Promise<number>
  /** SIGTERM; the exit code. */
  readonly end: () => Promise<number>
  readonly kill: () => void
}

async function start(version: string, url: string, settings: NodeJS.ProcessEnv = {}): Promise<Instance> {
  const env = { ...process.env, DATABASE_URL: url, PORT: '0', DRAIN_DELAY_MS: '300', ...settings }
  const program = [thrifty, '--import', import.meta.resolve('jiti/register'), `examples/shop/app/${version}.ts`]
  const child = spawn(process.execPath, program, { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { port } = JSON.parse(line)
  const ask: Instance['ask'] = async (at, more = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${at}`, more)
    const [type, text] = [response.headers.get('content-type') ?? '', await response.text()]
    return { code: response.status, type, body: type.endsWith('json') ? JSON.parse(text) : text }
  }
  return {
    port,
    ask,
    code: async (at) => (await ask(at)).code,
    end: async () => {
      child.kill('SIGTERM')
      return (await ended)[0]
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

const started = (instance: Instance): Promise<void> =>
  vi.waitFor(async () => expect(await instance.code('/health/started')).toBe(200), patience)

describeEveryServer('an instance of the shop', (server) => {
  it('says what it is to probes, finishes what is under way at SIGTERM, and serves old clients as v2', {
    timeout: 180_000,
  }, async () => {
    const database = await createDatabase(server)
    const shop = openDatabase(database.url, 'shop test')
    await shop.change(
      'create table customers (id int primary key, name varchar(99), full_name varchar(99), email varchar(99))',
      [],
    )
    await shop.change("insert into customers values (1, 'Ada', 'Ada', 'ada@shop.example')", [])
    const unreachable = new URL(database.url)
    unreachable.port = '1'
    const [lonely, v1, v2] = await Promise.all([
      // Time enough on a machine that has none: what is asked is that it ends by itself.
      start('v1', unreachable.href, { DRAIN_TIMEOUT_MS: '60000' }),
      start('v1', database.url),
      start('v2', database.url, { DRAIN_DELAY_MS: '0', DRAIN_TIMEOUT_MS: '100' }),
    ])
    try {
      // Without its database it is alive, and nothing else. It ends as well as any other.
      expect(await lonely.code('/health/live')).toBe(200)
      expect(await lonely.code('/health/ready')).toBe(503)
      expect(await lonely.code('/health/started')).toBe(503)
      expect(await lonely.end()).toBe(0)

      await Promise.all([started(v1), started(v2)])
      expect(await v2.ask('/api/v1/customers/1')).toMatchObject({ code: 200, body: { name: 'Ada', full_name: 'Ada' } })
      expect((await v2.ask('/api/v2/customers/1')).body).toEqual({ id: 1, full_name: 'Ada', email: 'ada@shop.example' })
      const accept = 'application/vnd.shop.v2+json, application/vnd.shop.v1+json;q=0.5'
      const types = await Promise.all([v1, v2].map((each) => each.ask('/api/customers/1', { headers: { accept } })))
      expect(types.map(({ type }) => type)).toEqual(['application/vnd.shop.v1+json', 'application/vnd.shop.v2+json'])
      expect(await v2.code('/api/v3/customers/1')).toBe(404)
      expect(await v2.ask('/api/v1/customers/1', { method: 'PUT', body: '[' })).toMatchObject({ code: 400 })

      // Probes are no requests of users, and failures have a counter before there are any.
      const metrics = String((await v2.ask('/metrics')).body)
      expect(metrics).toContain('http_requests_total{route="GET /api/v1/report",code="500",version="v2"} 0')
      expect(metrics).not.toContain('health')

      // Too long, answered, and done with.
      const long = JSON.stringify({ name: 'x'.repeat(2_000_000) })
      expect(await v1.ask('/api/v1/customers/1', { method: 'PUT', body: long })).toMatchObject({ code: 400 })
      // Opened for later, as load balancers and browsers do: nothing to wait for.
      const silent = connect(v1.port, '127.0.0.1').on('error', () => undefined)
      const under = v1.ask('/api/v1/report')
      await sleep(100)
      const ends = v1.end()
      await sleep(50)
      // Told twice.
      void v1.end()
      await vi.waitFor(async () => expect(await v1.code('/health/ready')).toBe(503), patience)
      // Not ready any more, and yet it answers who comes before the load balancer has seen that.
      expect(await v1.code('/health/live')).toBe(200)
      expect(await v1.code('/api/v1/customers/1')).toBe(200)
      expect(await under).toMatchObject({ code: 200, body: { customers: 1 } })
      expect(await ends).toBe(0)
      silent.destroy()

      // What takes longer than the timeout is cut off, and told by the exit code.
      const cut = expect(v2.ask('/api/v1/report')).rejects.toThrow()
      await sleep(100)
      expect(await v2.end()).toBe(1)
      await cut
    } finally {
      for (const each of [lonely, v1, v2]) each.kill()
      await shop.close()
      await database.drop()
    }
  })
})
