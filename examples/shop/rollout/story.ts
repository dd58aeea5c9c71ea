import { setTimeout as sleep } from 'node:timers/promises'
import type { Balancer } from './balancer.ts'
import { createFleet, type Fleet, type Tally } from './fleet.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { type Counts, type Load, startLoad } from './load.ts'
import { createMigrate, type Migrate } from './migrate.ts'
import { customers, dropTriggers, makeShop, readBack } from './site.ts'
import type { Watcher } from './watcher.ts'

/** Where a story is played. */
export interface Place {
  readonly serverUrl: string
  readonly balancer: Balancer
  readonly watcher: Watcher
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** What is done to it that a rollout must not do. */
export type Sabotage = 'kill' | 'trigger' | undefined

/** How a story went. */
export interface Told {
  readonly title: string
  readonly counts: Counts
  readonly ledger: Ledger
  readonly tally: Tally
  /** As the load balancer counts. */
  readonly balancer: { readonly requests: number; readonly failed: number }
  /** Failures that are the planted bug's, by the log of v2. */
  readonly planted: number
  readonly expectsBug: boolean
  /** Commands that ended otherwise than they should. */
  readonly surprises: readonly string[]
}

interface Scene {
  readonly migrate: (expected: number, ...args: readonly string[]) => Promise<void>
  readonly roll: (to: 'v1' | 'v2') => Promise<void>
  readonly readBack: (...columns: readonly string[]) => Promise<void>
  /** Says how long it took, what the users got meanwhile, and what it answers. */
  readonly step: (title: string, act: () => Promise<unknown>) => Promise<void>
  readonly fleet: Fleet
  readonly load: Load
  readonly url: string
}

/** v1 to v2, back, and forth again; contract in the end. */
export function rollout(place: Place, sabotage: Sabotage): Promise<Told> {
  return play(place, { title: 'rollout', database: 'shop', bug: false, killed: sabotage === 'kill' }, async (scene) => {
    const { migrate, roll, load, url } = scene
    await prepare(scene)
    if (sabotage === 'trigger') await scene.step('SABOTAGE: the triggers are dropped', () => dropTriggers(url))
    await roll('v2')
    await roll('v1')
    if (sabotage !== undefined) return scene.readBack('name', 'full_name')
    await roll('v2')
    await migrate(0, ...gate)
    await scene.readBack('name', 'full_name')
    await migrate(0, 'contract', '--quiet-period', '2s', '--old-app', 'shop v1%', '--wait', '60s')
    await scene.step('new clients come, which know /api/v2 only', async () => {
      load.meetNewClients()
      await sleep(2000)
    })
    await scene.readBack('full_name')
  })
}

/** The same with a v2 that fails: the gate finds it, and the rollout goes back to v1. */
export function bug(place: Place): Promise<Told> {
  return play(place, { title: 'planted bug', database: 'shop_bug', bug: true, killed: false }, async (scene) => {
    await prepare(scene)
    await scene.roll('v2')
    await scene.migrate(5, ...gate)
    await scene.roll('v1')
    await scene.step('v1 serves as before', () => sleep(1500))
    await scene.readBack('name', 'full_name')
  })
}

async function prepare({ migrate }: Scene): Promise<void> {
  await migrate(0, 'expand')
  // Beside the traffic. A rollout is held up until it is done, as by an init container.
  await Promise.all([migrate(0, 'backfill', '--max-rate', '10000'), migrate(0, 'wait', '--for', 'backfilled')])
}

const requests = 'rate(http_requests_total{version="v2"}[3s])'
const failures = 'rate(http_requests_total{version="v2",code=~"5.."}[3s])'
const gate = [
  ...['gate', '--query', `sum(${failures}) / sum(${requests})`, '--max', '0.001'],
  ...['--traffic-query', `sum(${requests})`, '--min-traffic', '5'],
  ...['--settle', '3s', '--interval', '500ms', '--duration', '3s'],
]

interface Setting {
  readonly title: string
  readonly database: string
  readonly bug: boolean
  readonly killed: boolean
}

async function play(place: Place, setting: Setting, tell: (scene: Scene) => Promise<void>): Promise<Told> {
  const { serverUrl, balancer, watcher, say, signal } = place
  const url = await makeShop(serverUrl, setting.database)
  const run: Migrate = createMigrate(url, watcher.url, signal)
  const fleet = createFleet({ ...setting, url, balancer, watcher, signal })
  const ledger = createLedger(customers)
  const surprises: string[] = []
  const before = await balancer.counted()
  let load: Load | undefined
  try {
    await fleet.start('v1')
    const users = startLoad(balancer.port, ledger)
    load = users
    const step: Scene['step'] = async (title, act) => {
      signal.throwIfAborted()
      const { requests, failed } = users.counts
      const started = performance.now()
      const how = await act()
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5)
      const asked = String(users.counts.requests - requests).padStart(5)
      say(
        `${seconds} s  ${asked} requests, ${users.counts.failed - failed} failed  ${title}${typeof how === 'string' ? how : ''}`,
      )
    }
    await step('v1 runs', () => sleep(1000))
    await tell({
      url,
      fleet,
      load: users,
      step,
      roll: (to) => step(`rolling update to ${to}, one instance after the other`, () => fleet.roll(to)),
      readBack: async (...columns) => {
        await users.pause()
        await step(`every customer is read back: ${columns.join(' and ')}`, () => readBack(url, ledger, columns))
        users.resume()
      },
      migrate: async (expected, ...args) => {
        const typed = `migrate ${args[0]}`
        await step(typed, async () => {
          const { code, message } = await run(...args)
          if (code !== expected) surprises.push(`${typed} ended with ${code}, and not with ${expected}: ${message}`)
          return `: exit ${code}`
        })
      },
    })
    await users.stop()
    const after = await balancer.counted()
    const planted = setting.bug ? (fleet.tally.failures.get('Error: the planted bug') ?? 0) : 0
    await fleet.stop()
    return {
      title: setting.title,
      counts: users.counts,
      ledger,
      tally: fleet.tally,
      balancer: { requests: after.requests - before.requests, failed: after.failed - before.failed },
      planted,
      expectsBug: setting.bug,
      surprises,
    }
  } finally {
    void load?.stop()
    fleet.kill()
  }
}
