import { duration, plural } from '../cli/render/format.ts'
import { showBackfill } from './backfill.ts'
import type { Migrate } from './migrate.ts'
import type { Notes, Stage } from './stage.ts'
import { createTallies } from './tally.ts'
import { createTraffic, type Site, type Traffic } from './traffic.ts'
import type { Way } from './way.ts'

/** Expand, backfill, rollout, contract and back, with both versions at work. */
export async function showOurWay(stage: Stage, migrate: Migrate, site: Site): Promise<Way> {
  const tallies = createTallies()
  const traffic = createTraffic(site, tallies, stage.refresh)
  try {
    await upToBackfilled(stage, migrate, traffic)
    await upToPurged(stage, migrate, traffic)
  } finally {
    traffic.kill()
  }
  return { tallies, ...(await site.engine.differences(site.url, site.rows)) }
}

async function upToBackfilled(stage: Stage, migrate: Migrate, traffic: Traffic): Promise<void> {
  await stage.phase('our way: v1 runs', traffic, async () => {
    await traffic.start('v1')
    await stage.watch(1500)
  })
  await stage.phase('expand: new columns, and triggers that keep both shapes in sync', traffic, async (notes) => {
    await command(migrate, notes, ['expand'])
    await stage.watch(1000)
  })
  await stage.phase('backfill, while v1 writes   $ migrate backfill --batch-time 100ms', traffic, async (notes) => {
    await showBackfill(migrate, notes, 0.4)
    await showBackfill(migrate, notes, null)
  })
  await stage.phase('rollout: v2 beside v1, both read and write the same rows', traffic, async () => {
    await traffic.start('v2')
    await stage.watch(4000)
    await traffic.stop('v1')
  })
}

/** A second without a write of the old version, and none of its sessions: what takes days elsewhere. */
const gates = ['--quiet-period', '1s', '--old-app', 'shop v1', '--wait', '30s'] as const

async function upToPurged(stage: Stage, migrate: Migrate, traffic: Traffic): Promise<void> {
  await stage.phase('contract: v1 is proven gone, the old shape is hidden', traffic, async (notes) => {
    await command(migrate, notes, ['contract', ...gates])
    await stage.watch(1500)
  })
  await stage.phase('rollback of the contract: v1 is needed again, nothing is lost', traffic, async (notes) => {
    await command(migrate, notes, ['rollback', '--all'])
    await traffic.start('v1')
    await stage.watch(3000)
    await traffic.stop('v1')
  })
  await stage.phase('contract again', traffic, async (notes) => {
    await command(migrate, notes, ['contract', ...gates, '--retention', '1s'])
    await stage.watch(1500)
  })
  await stage.phase('purge: the retention is over, the old shape is dropped', traffic, async (notes) => {
    await command(migrate, notes, ['purge', '--yes'])
    await stage.watch(1500)
    await traffic.stop('v2')
  })
}

/** Shows the command as it is typed and how long it took; while it waits, for what. */
async function command(migrate: Migrate, notes: Notes, args: readonly string[]): Promise<void> {
  const typed = `$ migrate ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}`
  const started = performance.now()
  let retries = 0
  let steps = 0
  let working = 0
  notes.live(typed)
  await migrate(args, (event) => {
    if (event.kind === 'retry') retries++
    if (event.kind === 'step-finished') {
      steps++
      working += event.milliseconds
    }
    if (event.kind === 'step-started') notes.live(`${typed}   ${event.description}`)
    if (event.kind === 'waiting') notes.live(`${typed}   waits: ${event.reason}`)
  })
  notes.live(null)
  const tries = retries === 0 ? '' : `, ${plural(retries, 'more try', 'more tries')} for a lock`
  notes.add(typed)
  notes.add(
    `${plural(steps, 'step')} in ${duration(working)}, the whole command in ${duration(performance.now() - started)}${tries}`,
  )
}
