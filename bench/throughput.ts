import { type Clients, noneFailed, pauseFor } from './clients.ts'
import type { Engine } from './engines/engine.ts'
import { migratorFor, rename } from './migration.ts'
import { freshTable, say } from './tables.ts'

/** Updates a second: without a trigger, with ours, and with those that keep a copy of the table, where there are any. */
export interface Rates {
  readonly without: number
  readonly ours: number
  readonly copy: number | null
}

/** What is updated, and from where. */
export interface ThroughputRound {
  /** Updates of the column that is renamed, by clients. */
  readonly renamed: Rates
  /** Updates of a column that the migration has nothing to do with, by clients. */
  readonly unrelated: Rates
  /** The same two inside the server, in long transactions: no client, no commit, nothing but the update. */
  readonly renamedInside: Rates
  readonly unrelatedInside: Rates
}

/** How often a round goes from one table to the next and back: what else the machine does then hits all alike. */
export const slices = 16

/** Work done, and the seconds that it took. */
interface Done {
  readonly statements: number
  readonly seconds: number
}

async function byClients(clients: Clients, table: string, column: string, rows: number, ms: number): Promise<Done> {
  await clients.run(table, column, rows)
  const load = await clients.during(() => pauseFor(ms))
  noneFailed(load, `while ${table}.${column} was updated`)
  return load
}

const rate = (done: readonly Done[]): number =>
  done.reduce((sum, { statements }) => sum + statements, 0) / done.reduce((sum, { seconds }) => sum + seconds, 0)

const tables = { without: 'without_trigger', ours: 'with_trigger', copy: 'with_copy' } as const

type Which = keyof typeof tables

/** All tables by turns, in thin slices. The first slice of each warms up and does not count. */
async function byTurns(which: readonly Which[], run: (table: string, slice: number) => Promise<Done>): Promise<Rates> {
  const done: Record<Which, Done[]> = { without: [], ours: [], copy: [] }
  for (let slice = 0; slice <= slices; slice++) {
    for (const each of which) {
      const found = await run(tables[each], slice)
      if (slice > 0) done[each].push(found)
    }
  }
  return { without: rate(done.without), ours: rate(done.ours), copy: which.includes('copy') ? rate(done.copy) : null }
}

/** Tables that are equal down to the added and filled column; one has our triggers, and one those of a copy beside it. */
export async function measureThroughput(
  engine: Engine,
  clients: Clients,
  size: { readonly rounds: number; readonly rows: number; readonly milliseconds: number },
): Promise<readonly ThroughputRound[]> {
  const { rows, milliseconds } = size
  const which: readonly Which[] = ['without', 'ours', ...(engine.copyByTriggers === null ? [] : (['copy'] as const))]
  for (const each of which) await freshTable(engine, tables[each], rows)
  await engine.run(`alter table ${tables.without} add column full_name ${engine.types.name}`)
  await engine.run(`update ${tables.without} set full_name = name`)
  await engine.copyByTriggers?.(tables.copy, 'name', 'full_name')
  const migrator = migratorFor(engine, tables.ours, rename(engine))
  const rounds: ThroughputRound[] = []
  try {
    await migrator.expand()
    await migrator.backfill()
    for (let round = 1; round <= size.rounds; round++) {
      const measure = async (run: (table: string, slice: number) => Promise<Done>): Promise<Rates> => {
        for (const each of which) await engine.settle(tables[each])
        return byTurns(which, run)
      }
      const outside = (column: string): Promise<Rates> =>
        measure((table) => byClients(clients, table, column, rows, milliseconds / slices))
      const part = Math.floor(rows / 2 / slices)
      const within = (column: string): Promise<Rates> =>
        measure(async (table, slice) => {
          const seconds = await engine.loop(table, column, slice * part + 1, (slice + 1) * part)
          return { statements: part, seconds }
        })
      const found = {
        renamed: await outside('name'),
        unrelated: await outside('note'),
        renamedInside: await within('name'),
        unrelatedInside: await within('note'),
      }
      rounds.push(found)
      say(`  round ${round}, with trigger : without: ${Object.entries(found).map(shown).join(', ')}`)
    }
    await migrator.rollback({ acceptLoss: true, reason: 'bench' })
  } finally {
    await migrator.close()
  }
  for (const each of which) await engine.run(`drop table ${tables[each]}`)
  return rounds
}

function shown([what, { without, ours, copy }]: readonly [string, Rates]): string {
  const beside = copy === null ? '' : ` (copy ${(copy / without).toFixed(2)})`
  return `${what} ${(ours / without).toFixed(2)}${beside} of ${Math.round(without)}/s`
}
