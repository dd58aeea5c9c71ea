import { type Clients, noneFailed, pauseFor } from './clients.ts'
import { type Bench, freshTable, settle } from './database.ts'
import { renames } from './migration.ts'
import { type Pair, pair } from './statistics.ts'

/** Statements a second with the trigger against without. */
export interface ThroughputRound {
  /** Updates of the column that is renamed, by clients. */
  readonly renamed: Pair
  /** Updates of a column that the migration has nothing to do with, by clients. */
  readonly unrelated: Pair
  /** The same two inside the server, in long transactions: no client, no commit, nothing but the update. */
  readonly renamedInside: Pair
  readonly unrelatedInside: Pair
}

/** How often a round goes over from one table to the other and back: what else the machine does then hits both alike. */
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

async function inside({ client }: Bench, table: string, column: string, from: number, to: number): Promise<Done> {
  const begun = performance.now()
  await client.query(`do $$ begin
    for i in ${from}..${to} loop
      update ${table} set ${column} = 'inside ' || i where id = i;
    end loop;
  end $$`)
  return { statements: to - from + 1, seconds: (performance.now() - begun) / 1000 }
}

const rate = (done: readonly Done[]): number =>
  done.reduce((sum, { statements }) => sum + statements, 0) / done.reduce((sum, { seconds }) => sum + seconds, 0)

/** Both tables by turns, in thin slices. The first slice of each warms up and does not count. */
async function byTurns(run: (table: string, slice: number) => Promise<Done>): Promise<Pair> {
  const without: Done[] = []
  const withTrigger: Done[] = []
  for (let slice = 0; slice <= slices; slice++) {
    const [other, ours] = [await run('without', slice), await run('with_trigger', slice)]
    if (slice === 0) continue
    without.push(other)
    withTrigger.push(ours)
  }
  return pair(rate(withTrigger), rate(without))
}

/** Two tables, equal down to the added and filled column; one of them has the trigger. */
export async function measureThroughput(
  bench: Bench,
  clients: Clients,
  size: { readonly rounds: number; readonly rows: number; readonly milliseconds: number },
): Promise<readonly ThroughputRound[]> {
  const { rows, milliseconds } = size
  for (const table of ['without', 'with_trigger']) await freshTable(bench, table, rows)
  await bench.client.query('alter table without add column full_name text')
  await bench.client.query('update without set full_name = name')
  const migrator = renames(bench.url, 'with_trigger')
  const rounds: ThroughputRound[] = []
  try {
    await migrator.expand()
    await migrator.backfill()
    for (let round = 1; round <= size.rounds; round++) {
      const measure = async (run: (table: string, slice: number) => Promise<Done>): Promise<Pair> => {
        for (const table of ['without', 'with_trigger']) await settle(bench, table)
        return byTurns(run)
      }
      const outside = (column: string): Promise<Pair> =>
        measure((table) => byClients(clients, table, column, rows, milliseconds / slices))
      const within = (column: string): Promise<Pair> => {
        const part = Math.floor(rows / 2 / slices)
        return measure((table, slice) => inside(bench, table, column, slice * part + 1, (slice + 1) * part))
      }
      const found = {
        renamed: await outside('name'),
        unrelated: await outside('note'),
        renamedInside: await within('name'),
        unrelatedInside: await within('note'),
      }
      rounds.push(found)
      const shown = Object.entries(found).map(
        ([what, { other, ratio }]) => `${what} ${ratio.toFixed(2)} of ${Math.round(other)}/s`,
      )
      bench.say(`  round ${round}: ${shown.join(', ')}`)
    }
    await migrator.rollback({ acceptLoss: true, reason: 'bench' })
  } finally {
    await migrator.close()
  }
  for (const table of ['without', 'with_trigger']) await bench.client.query(`drop table ${table}`)
  return rounds
}
