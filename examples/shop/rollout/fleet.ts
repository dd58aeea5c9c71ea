import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Balancer, slots } from './balancer.ts'
import type { Watcher } from './watcher.ts'

export type Version = 'v1' | 'v2'

/** What runs. */
export interface Fleet {
  /** So many instances of a version beside what is there. */
  readonly start: (version: Version) => Promise<void>
  /** One after the other: a new one comes and is ready, then an old one goes. */
  readonly roll: (to: Version) => Promise<void>
  /** Ends all of them, drained. */
  readonly stop: () => Promise<void>
  readonly tally: Tally
  readonly kill: () => void
}

/** How instances ended, and what their logs say. */
export interface Tally {
  /** Were told to end, and did so in their own time. */
  drained: number
  /** Ended otherwise. */
  broken: number
  /** Failures in the logs, by their message. */
  readonly failures: Map<string, number>
}

/** What instances are started with. */
export interface FleetOptions {
  readonly url: string
  readonly balancer: Balancer
  readonly watcher: Watcher
  /** v2 has a bug. */
  readonly bug: boolean
  /** Instances are killed, as a node that dies does it, instead of drained. */
  readonly killed: boolean
  readonly signal: AbortSignal
}

interface Instance {
  readonly version: Version
  readonly slot: number
  readonly port: number
  readonly child: ChildProcess
  /** Its exit code, null after a signal. */
  readonly ended: Promise<number | null>
}

const size = 3
// V8 would spend two seconds of a core on the SQL grammar that comes with bellows, which a heartbeat never asks for.
const thrifty = Number.parseInt(process.versions.node, 10) <= 24 ? ['--wasm-tiering-budget=2000000000'] : []
const leash = new URL('leash.js', import.meta.url).href
const file = (version: Version): string => fileURLToPath(new URL(`../app/${version}.ts`, import.meta.url))

/** Nothing runs yet. */
export function createFleet(options: FleetOptions): Fleet {
  const { balancer, watcher, signal } = options
  const tally: Tally = { drained: 0, broken: 0, failures: new Map() }
  let instances: readonly Instance[] = []

  const add = async (version: Version): Promise<void> => {
    signal.throwIfAborted()
    const slot = slots.find((each) => !instances.some((instance) => instance.slot === each)) ?? 0
    const { port, ...process } = await launch(version, options, tally)
    instances = [...instances, { version, slot, port, ...process }]
    // What a startup probe and a readiness probe are for.
    await answers(`http://127.0.0.1:${port}/health/started`, signal)
    await answers(`http://127.0.0.1:${port}/health/ready`, signal)
    await balancer.add(slot, port)
    await watcher.look(instances.map((instance) => instance.port))
  }
  const remove = async (instance: Instance): Promise<void> => {
    const { child, slot } = instance
    child.kill(options.killed ? 'SIGKILL' : 'SIGTERM')
    await balancer.seenDown(slot)
    if ((await instance.ended) === 0) tally.drained += 1
    else tally.broken += 1
    await balancer.remove(slot)
    instances = instances.filter((each) => each !== instance)
    await watcher.look(instances.map(({ port }) => port))
  }
  return {
    tally,
    start: async (version) => {
      for (let count = 0; count < size; count++) await add(version)
    },
    roll: async (to) => {
      for (const instance of instances.filter(({ version }) => version !== to)) {
        await add(to)
        await remove(instance)
      }
    },
    stop: async () => void (await Promise.all(instances.map(remove))),
    kill: () => {
      for (const { child } of instances) child.kill('SIGKILL')
    },
  }
}

/** Starts the process, and waits for the port that it was given. */
async function launch(
  version: Version,
  { url, bug }: FleetOptions,
  tally: Tally,
): Promise<Pick<Instance, 'child' | 'port' | 'ended'>> {
  const env = {
    ...process.env,
    DATABASE_URL: url,
    PORT: '0',
    DRAIN_DELAY_MS: '1500',
    ...(bug && version === 'v2' ? { SHOP_BUG: 'yes' } : {}),
  }
  const program = [...thrifty, '--import', leash, '--import', import.meta.resolve('jiti/register'), file(version)]
  // Detached: a Ctrl-C on the terminal is for the rollout, which ends them.
  const child = spawn(process.execPath, program, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const ended = once(child, 'exit').then(([code]) => code)
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('close', () => reject(new Error(`${version} ended before it began: ${errors.trim()}`)))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { event, port, message } = JSON.parse(line)
      if (event === 'listening') resolve(port)
      if (event === 'failed') tally.failures.set(message, (tally.failures.get(message) ?? 0) + 1)
    })
  })
  return { child, port, ended }
}

async function answers(url: string, signal: AbortSignal): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50, undefined, { signal })) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return
  }
  throw new Error(`no good answer from ${url} within a minute`)
}
