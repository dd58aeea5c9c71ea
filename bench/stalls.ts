import { type Clients, noneFailed, pauseFor } from './clients.ts'
import type { Engine } from './engines/engine.ts'
import { migratorFor, rename } from './migration.ts'
import { type Pair, pair } from './statistics.ts'
import { freshTable, say } from './tables.ts'

/** The slowest statement in milliseconds while a phase ran, against as long a time without a migration. */
export interface Stall {
  readonly phase: string
  readonly longest: Pair
  /** How long the phase took. */
  readonly seconds: number
  readonly statements: number
}

/** One migration through all its phases and back, with clients that never pause. */
async function oneRound(engine: Engine, clients: Clients, rows: number): Promise<readonly Stall[]> {
  for (const table of ['stalled', 'undisturbed']) await freshTable(engine, table, rows)
  // An index on the column, so that phases build and exchange one.
  for (const table of ['stalled', 'undisturbed']) await engine.run(`create index ${table}_name on ${table} (name)`)
  const migrator = migratorFor(engine, 'stalled', rename(engine))
  const stalls: Stall[] = []
  const phase = async (name: string, column: string, run: () => Promise<unknown>): Promise<void> => {
    await engine.settle('stalled')
    await clients.run('stalled', column, rows)
    await pauseFor(200)
    const load = await clients.during(run)
    noneFailed(load, `during ${name}`)
    await clients.run('undisturbed', 'name', rows)
    await pauseFor(200)
    const beside = await clients.during(() => pauseFor(load.seconds * 1000))
    stalls.push({
      phase: name,
      longest: pair(load.longest, beside.longest),
      seconds: load.seconds,
      statements: load.statements,
    })
  }
  const quietPeriod = 0
  try {
    await phase('expand', 'name', () => migrator.expand())
    await phase('backfill', 'name', () => migrator.backfill())
    await phase('rollback to pending', 'name', () => migrator.rollback({ quietPeriod }))
    await migrator.expand({ backfill: true })
    await phase('contract', 'full_name', () => migrator.contract({ quietPeriod }))
    await phase('rollback of contract', 'full_name', () => migrator.rollback({ quietPeriod }))
    await migrator.contract({ quietPeriod })
    await phase('purge', 'full_name', () => migrator.purge({ ignoreRetention: true }))
  } finally {
    await migrator.close()
  }
  for (const table of ['stalled', 'undisturbed']) await engine.run(`drop table ${table}`)
  return stalls
}

/** The rounds, each through every phase. */
export async function measureStalls(
  engine: Engine,
  clients: Clients,
  size: { readonly rounds: number; readonly rows: number },
): Promise<readonly (readonly Stall[])[]> {
  const rounds: (readonly Stall[])[] = []
  for (let round = 1; round <= size.rounds; round++) {
    const stalls = await oneRound(engine, clients, size.rows)
    rounds.push(stalls)
    const shown = stalls.map(
      ({ phase, longest }) => `${phase} ${Math.round(longest.ours)} / ${Math.round(longest.other)}`,
    )
    say(`  round ${round}, longest ms with / without: ${shown.join(', ')}`)
  }
  return rounds
}
