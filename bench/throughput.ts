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
  /** The same two inside the server, in one transaction: no client, no commit, nothing but the update. */
  readonly renamedInside: Pair
  readonly unrelatedInside: Pair
}

async function byClients(clients: Clients, table: string, column: string, rows: number, ms: number): Promise<number> {
  await clients.run(table, column, rows)
  await pauseFor(200)
  const load = await clients.during(() => pauseFor(ms))
  noneFailed(load, `while ${table}.${column} was updated`)
  return load.statements / load.seconds
}

async function inside({ client }: Bench, table: string, column: string, statements: number): Promise<number> {
  const begun = performance.now()
  await client.query(`do $$ begin
    for i in 1..${statements} loop
      update ${table} set ${column} = 'inside ' || i where id = i;
    end loop;
  end $$`)
  return (statements * 1000) / (performance.now() - begun)
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
      const measure = async (run: (table: string) => Promise<number>): Promise<Pair> => {
        for (const table of ['without', 'with_trigger']) await settle(bench, table)
        const other = await run('without')
        return pair(await run('with_trigger'), other)
      }
      const found = {
        renamed: await measure((table) => byClients(clients, table, 'name', rows, milliseconds)),
        unrelated: await measure((table) => byClients(clients, table, 'note', rows, milliseconds)),
        renamedInside: await measure((table) => inside(bench, table, 'name', rows / 2)),
        unrelatedInside: await measure((table) => inside(bench, table, 'note', rows / 2)),
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
