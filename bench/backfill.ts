import type { Engine } from './engines/engine.ts'
import { type Change, migratorFor, stepTimer } from './migration.ts'
import { freshTable, say } from './tables.ts'

/** How fast the column of a table was filled, and what that did to the sizes of its parts: after : before. */
export interface Filled {
  readonly rowsPerSecond: number
  readonly growth: Readonly<Record<string, number>>
}

/** How many batches the backfill with several workers fills at the same time. */
export const workers = 2

/** One round: a plain UPDATE and a backfill of the same table, by one worker and by several, and a backfill of a small one. */
export interface BackfillRound {
  readonly plain: Filled
  readonly ours: Filled
  readonly abreast: Filled
  readonly small: Filled
}

type Sizes = Readonly<Record<string, number>>

const growth = (before: Sizes, after: Sizes): Sizes =>
  Object.fromEntries(Object.entries(after).map(([part, bytes]) => [part, bytes / (before[part] ?? Number.NaN)]))

/** One UPDATE of the whole table, the same column added, no trigger. */
async function plainUpdate(engine: Engine, change: Change, rows: number): Promise<Filled> {
  await freshTable(engine, 'plain', rows, change.status)
  const before = await engine.sizes('plain')
  await engine.run(`alter table plain add column filled ${change.type}`)
  const begun = performance.now()
  await engine.run(`update plain set filled = ${change.filledWith}`)
  const rowsPerSecond = (rows * 1000) / (performance.now() - begun)
  const after = await engine.sizes('plain')
  await engine.run('drop table plain')
  return { rowsPerSecond, growth: growth(before, after) }
}

/** Our backfill: the step that fills, under the trigger, with its batches, cursors and commits. `verify` has seen that none was left behind. */
async function backfill(engine: Engine, change: Change, rows: number, parallel = 1): Promise<Filled> {
  await freshTable(engine, 'filled', rows, change.status)
  const before = await engine.sizes('filled')
  const timer = stepTimer('.fill')
  const migrator = migratorFor(engine, 'filled', change, timer.onEvent)
  try {
    await migrator.expand()
    await engine.flush('filled')
    await migrator.backfill({ parallel })
    const after = await engine.sizes('filled')
    await migrator.rollback()
    return { rowsPerSecond: (rows * 1000) / timer.milliseconds(), growth: growth(before, after) }
  } finally {
    await migrator.close()
    await engine.run('drop table filled')
  }
}

/** The rounds, one after the other, each with all of them. */
export async function measureBackfill(
  engine: Engine,
  change: Change,
  size: { readonly rounds: number; readonly rows: number; readonly smallRows: number },
): Promise<readonly BackfillRound[]> {
  const rounds: BackfillRound[] = []
  for (let round = 1; round <= size.rounds; round++) {
    const plain = await plainUpdate(engine, change, size.rows)
    const ours = await backfill(engine, change, size.rows)
    const abreast = await backfill(engine, change, size.rows, workers)
    const small = await backfill(engine, change, size.smallRows)
    rounds.push({ plain, ours, abreast, small })
    const [p, o, a, s] = [plain, ours, abreast, small].map(
      ({ rowsPerSecond }) => `${Math.round(rowsPerSecond / 1000)}k`,
    )
    say(`  round ${round}: one UPDATE ${p} rows/s, backfill ${o}, by ${workers} workers ${a}, of the small table ${s}`)
  }
  return rounds
}
