import { duration } from '../cli/render/format.ts'
import type { Stage } from './stage.ts'
import { createTallies } from './tally.ts'
import { createTraffic, type Site } from './traffic.ts'
import type { Way } from './way.ts'

/** The same traffic, and the statements that a migration by hand would run. */
export async function showControl(stage: Stage, site: Site): Promise<Way> {
  const { engine, url, rows } = site
  const tallies = createTallies()
  const traffic = createTraffic(site, tallies, stage.refresh)
  try {
    await stage.phase('the control, on a copy: v1 runs', traffic, async () => {
      await traffic.start('v1')
      await stage.watch(1500)
    })
    await stage.phase('the control: plain ALTER TABLE, then v2 is rolled out beside v1', traffic, async (notes) => {
      for (const plain of engine.plain) {
        const started = performance.now()
        await engine.execute(url, plain)
        notes.add(`${plain}   ${duration(performance.now() - started)}`)
      }
      await traffic.start('v2')
      await stage.watch(2000)
      await traffic.stop('v1')
      await stage.watch(500)
      await traffic.stop('v2')
    })
  } finally {
    traffic.kill()
  }
  return { tallies, ...(await engine.differences(url, rows)) }
}
