import type { RangeStatements, Session, Statement } from '../dialects/dialect.ts'
import type { Lease } from '../ledger/lease.ts'
import type { Ledger } from '../ledger/records.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import { showTable } from '../planner/change.ts'
import type { FillLens, RowLens } from '../planner/links/lens.ts'
import { mostRows, nextBatchSize } from './batch-size.ts'
import type { Run } from './run.ts'

/** Where batches run: a session, the ledger on it, and the lease that its transactions hold on to. */
export interface Lane {
  readonly session: Session
  readonly ledger: Ledger
  readonly lease: Lease
}

/** A backfill on its way. */
export interface Filling {
  readonly run: Run
  readonly migration: MigrationRow
  readonly step: string
  readonly lens: RowLens | FillLens
  readonly ranges: RangeStatements
  /** The greatest key of the start: what lies beyond is the trigger's. */
  readonly last: readonly string[]
  readonly rowsTotal: number
  /** Whether the user's triggers can be kept from firing, and whether ours is passed by. */
  readonly quiet: boolean
  readonly bypass: boolean
  /** By what consumers of changes know a batch. */
  readonly mark: Statement | null
  readonly begun: number
  readonly doneBefore: number
  readonly target: number
  /** Up to where all is committed; the rows in it; the size of the next batch. Changed by {@link advance}. */
  readonly at: { cursor: readonly string[] | null; rows: number; size: number }
}

/** One range that was filled. */
export interface Batch {
  readonly to: readonly string[]
  readonly count: number
  readonly ended: boolean
  readonly rate: number
}

/** What a batch beside others has to heed. */
export interface Neighbours {
  /** Told where the range ends, as soon as that is known: there the next one begins. */
  readonly onRange: (to: readonly string[], ended: boolean) => void
  /** Over once everything before this range is committed. */
  readonly turn: Promise<void>
}

/** The key in a row of the server's. */
export function keyIn(row: Record<string, unknown>, length: number): readonly string[] {
  return Array.from({ length }, (_, index) => String(row[`k${index}`]))
}

/** Fills one range and moves the cursor, in one transaction. */
export function fillRange(
  filling: Filling,
  { session, ledger, lease }: Lane,
  from: readonly string[] | null,
  lockTimeout: number,
  neighbours?: Neighbours,
): Promise<Batch> {
  const { run, migration, step, lens, ranges, last, quiet, bypass, mark, at } = filling
  const { dialect, stateSchema } = run
  const { size } = at
  return session.transaction(async () => {
    for (const setting of dialect.sessions.batchSettings(quiet, bypass, lockTimeout)) await session.query(setting)
    await lease.check()
    if (mark !== null) await session.query(mark)
    const [found] = (await session.query(ranges.boundary(from, last, size))).rows
    const ended = found === undefined
    const to = ended ? last : keyIn(found, lens.key.length)
    neighbours?.onRange(to, ended)
    const count = ended ? await rowsIn(filling, session, from) : size
    const fill = async (after: readonly string[] | null, upTo: readonly string[]): Promise<void> => {
      for (const statement of dialect.fill(lens, after, upTo, { stateSchema, active: [] }))
        await session.query(statement)
    }
    if (neighbours === undefined) await fill(from, to)
    else {
      // The first row comes last: a server may lock the row behind a range too (MariaDB), and that is the first one of the next.
      const [row] = (await session.query(ranges.boundary(from, to, 1))).rows
      const first = row === undefined ? to : keyIn(row, lens.key.length)
      await fill(first, to)
      await neighbours.turn
      await fill(from, first)
    }
    const rows = at.rows + count
    const rate = ((rows - filling.doneBefore) * 1000) / Math.max(1, Date.now() - filling.begun)
    const end = ended ? { state: 'done', finished_at: dialect.state.now, rows_total: rows } : {}
    await ledger.saveBackfill(migration.name, migration.generation, step, {
      cursor: [...to],
      rows_done: rows,
      rate,
      ...end,
    })
    return { to, count, ended, rate }
  })
}

async function rowsIn({ ranges, last }: Filling, session: Session, from: readonly string[] | null): Promise<number> {
  const [row] = (await session.query<{ rows: unknown }>(ranges.count(from, last))).rows
  return Number(row?.rows ?? 0)
}

/** Takes note of a batch that was committed, tells of it, and says how many rows the next one has. */
export function advance(filling: Filling, batch: Batch, took: number): void {
  const { run, migration, lens, at, target } = filling
  at.cursor = batch.to
  at.rows += batch.count
  at.size = nextBatchSize(at.size, took, target, mostRows(run.speed.maxRate, target))
  const rowsTotal = batch.ended ? at.rows : Math.max(filling.rowsTotal, at.rows)
  run.emit({
    kind: 'progress',
    migration: migration.name,
    table: showTable(lens.table),
    doing: 'backfill',
    rowsDone: at.rows,
    rowsTotal,
    rowsPerSecond: Math.round(batch.rate),
    etaSeconds: batch.rate > 0 ? Math.round((rowsTotal - at.rows) / batch.rate) : null,
    batchRows: batch.count,
    batchMilliseconds: took,
  })
}

/** Whether the time of this run is over. */
export function isOver({ run, begun }: Filling): boolean {
  return run.speed.maxDuration !== undefined && Date.now() - begun > run.speed.maxDuration
}
