import type { Scenario } from '../live/scenario.ts'
import { cloneDatabase, createDatabase, type TestDatabase, type TestServer, withClient } from '../servers/databases.ts'
import { startProxy } from '../servers/proxy.ts'
import type { Seen } from './kill-points.ts'
import { type Leg, legs, runLeg } from './legs.ts'
import { type Observation, observe } from './observe.ts'

/** Two batches of the backfill. */
const rows = 1200

/** A leg as it goes when nobody interferes. */
export interface Rehearsal {
  readonly leg: Leg
  /** Nobody is connected to it; cases are clones. */
  readonly start: TestDatabase
  readonly statements: readonly Seen[]
  readonly end: Observation
}

/** Plays a scenario through all legs, undisturbed, and keeps the database of each state as a template. */
export async function rehearse(server: TestServer, scenario: Scenario): Promise<readonly Rehearsal[]> {
  const pending = await createDatabase(server)
  await withClient(pending.url, async (client) => {
    await client.query(scenario.schema)
    await client.query(scenario.seed(rows))
    // Else autovacuum may do it in one clone and not in another, and the estimate of rows with it.
    await client.query('alter table items set (autovacuum_enabled = false); analyze items')
  })
  const states = new Map([['pending', pending]])
  const rehearsals: Rehearsal[] = []
  for (const leg of legs) {
    const start = states.get(leg.from)
    if (start === undefined) throw new Error(`${leg.name} starts in a state that no leg before it leads to`)
    const database = await cloneDatabase(server, start)
    const statements: Seen[] = []
    const proxy = await startProxy({
      target: database.url,
      onClientMessage: ({ type, connection, sql }) => {
        if (type !== 'E') statements.push({ connection, sql })
        return 'forward'
      },
    })
    try {
      await runLeg(scenario, leg, proxy.url)
    } finally {
      await proxy.close()
    }
    rehearsals.push({ leg, start, statements, end: await observe(database.url) })
    if (!states.has(leg.to)) states.set(leg.to, database)
  }
  return rehearsals
}
