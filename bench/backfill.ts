import { type Bench, freshTable, type Size, sizeOf } from './database.ts'
import { renames, stepTimer } from './migration.ts'

/** How fast the column of a table was filled, and what that did to its size. */
export interface Filled {
  readonly rowsPerSecond: number
  /** After : before. */
  readonly growth: Size
}

/** One round: a plain UPDATE and a backfill of the same table, and a backfill of a small one. */
export interface BackfillRound {
  readonly plain: Filled
  readonly ours: Filled
  readonly small: Filled
}

const growth = (before: Size, after: Size): Size => ({
  table: after.table / before.table,
  indexes: after.indexes / before.indexes,
})

/** One UPDATE of the whole table, the same column added, no trigger. */
async function plainUpdate(bench: Bench, rows: number): Promise<Filled> {
  await freshTable(bench, 'plain', rows)
  const before = await sizeOf(bench, 'plain')
  await bench.client.query('alter table plain add column full_name text')
  const begun = performance.now()
  await bench.client.query('update plain set full_name = name')
  const rowsPerSecond = (rows * 1000) / (performance.now() - begun)
  const after = await sizeOf(bench, 'plain')
  await bench.client.query('drop table plain')
  return { rowsPerSecond, growth: growth(before, after) }
}

/** Our backfill: the step that fills, under the trigger, with its batches, cursors and commits. */
async function backfill(bench: Bench, rows: number): Promise<Filled> {
  await freshTable(bench, 'filled', rows)
  const before = await sizeOf(bench, 'filled')
  const timer = stepTimer('.fill')
  const migrator = renames(bench.url, 'filled', timer.onEvent)
  try {
    await migrator.expand()
    await bench.client.query('checkpoint')
    await migrator.backfill()
    const after = await sizeOf(bench, 'filled')
    const { rows: left } = await bench.client.query(
      'select 1 from filled where full_name is distinct from name limit 1',
    )
    if (left.length > 0) throw new Error('the backfill left a row behind')
    await migrator.rollback()
    return { rowsPerSecond: (rows * 1000) / timer.milliseconds(), growth: growth(before, after) }
  } finally {
    await migrator.close()
    await bench.client.query('drop table filled')
  }
}

/** The rounds, one after the other, each with all three. */
export async function measureBackfill(
  bench: Bench,
  size: { readonly rounds: number; readonly rows: number; readonly smallRows: number },
): Promise<readonly BackfillRound[]> {
  const rounds: BackfillRound[] = []
  for (let round = 1; round <= size.rounds; round++) {
    const plain = await plainUpdate(bench, size.rows)
    const ours = await backfill(bench, size.rows)
    const small = await backfill(bench, size.smallRows)
    rounds.push({ plain, ours, small })
    const [p, o, s] = [plain, ours, small].map(({ rowsPerSecond }) => `${Math.round(rowsPerSecond / 1000)}k`)
    bench.say(`  round ${round}: one UPDATE ${p} rows/s, backfill ${o}, of the small table ${s}`)
  }
  return rounds
}
