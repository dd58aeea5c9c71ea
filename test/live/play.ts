import { setTimeout as sleep } from 'node:timers/promises'
import { createMigrator, type Migrator } from '../../src/index.ts'
import { createDatabase, type TestServer, withClient } from '../servers/databases.ts'
import { compareControl, forgetNewShape, mendRows, seedControl } from './control.ts'
import { createRandom } from './random.ts'
import type { Scenario, VersionName } from './scenario.ts'
import { emptyRecord, type Record_, startTraffic, type Traffic } from './traffic.ts'

/** What a whole play left behind. */
export interface Played {
  readonly record: Record_
  /** Rows that were not what they had to be, and after which phase. */
  readonly inconsistent: readonly string[]
  readonly states: readonly string[]
}

const rows = 5000
const pause = 250

/** Plays a scenario forth, back, and forth again, with every traffic that is allowed at each moment. */
export async function play(server: TestServer, scenario: Scenario, seed: number): Promise<Played> {
  const database = await createDatabase(server)
  const { url } = database
  await withClient(url, async (client) => {
    await client.query(scenario.schema)
    await client.query(scenario.seed(rows))
  })
  await seedControl(url, scenario)
  const stage = new Stage(url, scenario, seed)
  try {
    await playThrough(stage, scenario)
    return stage
  } finally {
    await stage.close()
    await database.drop()
  }
}

async function playThrough(stage: Stage, scenario: Scenario): Promise<void> {
  const early = scenario.v2From === 'expanded'
  const ends = scenario.v1Ends
  await stage.start('v1')
  await stage.phase('expanded', (migrator) => migrator.expand())
  if (early) await stage.start('v2')
  await sleep(pause)
  await stage.phase('backfilled', (migrator) => migrator.backfill())
  await stage.start('v2')
  await stage.compare()

  // v2 was a mistake: back to where it began.
  await stage.stop('v2')
  if (scenario.mendBack !== undefined) await stage.alone(() => stage.mend('mendBack'))
  const loss = scenario.loses === true ? { acceptLoss: true, reason: 'a test' } : {}
  await stage.phase('pending', (migrator) => migrator.rollback({ quietPeriod: 0, ...loss }))
  await stage.compare()

  await stage.phase('expanded', (migrator) => migrator.expand())
  if (early) await stage.start('v2')
  await stage.phase('backfilled', (migrator) => migrator.backfill())
  await stage.start('v2')
  await stage.compare()

  if (ends) await stage.stop('v1')
  await stage.mendBeforeContract()
  await stage.phase('contracted', (migrator) => migrator.contract({ quietPeriod: 0 }))
  await stage.compare()

  // v1 was needed after all.
  await stage.phase('backfilled', (migrator) => migrator.rollback())
  await stage.start('v1')
  await stage.compare()

  if (ends) await stage.stop('v1')
  await stage.mendBeforeContract()
  await stage.phase('contracted', (migrator) => migrator.contract({ quietPeriod: 0 }))
  await sleep(pause)
  await stage.phase('completed', (migrator) => migrator.purge({ ignoreRetention: true }))
  await stage.compare()
  await stage.stop('v1')
  await stage.stop('v2')
}

class Stage implements Played {
  readonly record: Record_ = emptyRecord(rows)
  readonly inconsistent: string[] = []
  readonly states: string[] = []
  readonly #running = new Map<VersionName, Traffic>()
  readonly #url: string
  readonly #scenario: Scenario
  readonly #seed: number

  constructor(url: string, scenario: Scenario, seed: number) {
    this.#url = url
    this.#scenario = scenario
    this.#seed = seed
  }

  async start(version: VersionName): Promise<void> {
    if (this.#running.has(version)) return
    const random = createRandom(this.#seed).fork(`${this.states.length}`)
    this.#running.set(version, await startTraffic(this.#url, this.#scenario, version, random, this.record))
  }

  async stop(version: VersionName): Promise<void> {
    await this.#running.get(version)?.stop()
    this.#running.delete(version)
  }

  /** Runs a command while whoever runs goes on, and checks where it led. */
  async phase(state: string, command: (migrator: Migrator) => Promise<unknown>): Promise<void> {
    this.record.stage = `to ${state}`
    // Whoever is left by then does not read the new shape; it is told before it could be gone.
    if (state === 'pending') this.record.filled = false
    const migrator = createMigrator({
      database: this.#url,
      migrations: { '1_scenario': this.#scenario.migration },
      actor: 'live',
    })
    try {
      await command(migrator)
      this.states.push((await migrator.status()).migrations[0]!.state)
    } finally {
      await migrator.close()
    }
    if (state === 'pending') await forgetNewShape(this.#url, this.#scenario)
    if (state === 'backfilled') this.record.filled = true
    this.record.stage = state
  }

  /** A moment of traffic, then everything has to be as the writers noted it. */
  async compare(): Promise<void> {
    await sleep(pause)
    const wrong = await compareControl(this.#url, this.#scenario, this.record.filled)
    this.inconsistent.push(...wrong.slice(0, 5).map((row) => `${this.record.stage}: ${row}`))
    const migrator = createMigrator({ database: this.#url })
    try {
      const { migrations } = await migrator.verify()
      for (const { lenses } of migrations)
        for (const { mismatches, keys } of lenses)
          if (mismatches > 0)
            this.inconsistent.push(`${this.record.stage}: verify finds ${mismatches}: ${keys.join(' ')}`)
    } finally {
      await migrator.close()
    }
  }

  mend(which: 'mend' | 'mendBack'): Promise<void> {
    const how = this.#scenario[which]
    return how === undefined ? Promise.resolve() : mendRows(this.#url, this.#scenario, how)
  }

  async mendBeforeContract(): Promise<void> {
    if (this.#scenario.mend !== undefined) await this.mend('mend')
  }

  /** Does something while nobody writes. */
  async alone(work: () => Promise<void>): Promise<void> {
    const versions = [...this.#running.keys()]
    for (const version of versions) await this.stop(version)
    await work()
    for (const version of versions) await this.start(version)
  }

  async close(): Promise<void> {
    for (const version of [...this.#running.keys()]) await this.stop(version)
  }
}
