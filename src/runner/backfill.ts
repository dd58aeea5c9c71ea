import type { Session, Statement } from '../dialects/dialect.ts'
import { temporary } from '../errors.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import { showTable } from '../planner/change.ts'
import type { FillLens, RowLens } from '../planner/links/lens.ts'
import { mostRows, nextBatchSize, pauseBefore } from './batch-size.ts'
import { throwIfAborted, wait } from './interrupt.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'

/** The key in a row of the server's. */
export function keyIn(row: Record<string, unknown>, length: number): readonly string[] {
  return Array.from({ length }, (_, index) => String(row[`k${index}`]))
}

const firstBatch = 1000

/**
 * Fills the rows that were there when the trigger came: in ranges of the key, each with its cursor in one transaction.
 * What lies beyond the greatest key of the start is the trigger's. Goes on where an earlier run stopped.
 */
export async function runBackfill(
  run: Run,
  migration: MigrationRow,
  step: string,
  lens: RowLens | FillLens,
): Promise<void> {
  const { ledger, worker, dialect } = run
  const ranges = dialect.ranges(lens)
  const save = (values: Readonly<Record<string, unknown>>): Promise<void> =>
    ledger.saveBackfill(migration.name, migration.generation, step, values)
  let progress = await ledger.backfill(migration.name, migration.generation, step)
  if (progress?.state === 'done') return
  if (progress === null) {
    const [last] = (await worker.query(ranges.last())).rows
    if (last === undefined) return save({ state: 'done' })
    const [estimate] = (await worker.query<{ rows: number }>(dialect.sessions.estimate(lens.table))).rows
    await save({ last: [...keyIn(last, lens.key.length)], rows_total: Math.round(estimate?.rows ?? 0) })
    progress = await ledger.backfill(migration.name, migration.generation, step)
  }
  const last = progress?.last ?? null
  if (last === null) return
  const context = { stateSchema: run.stateSchema, active: [] }
  const quiet = await dialect.quietTriggers(worker)
  const bypass = quiet || !lens.userTriggers
  const begun = Date.now()
  const target = run.speed.batchTime ?? 200
  const doneBefore = progress?.rows_done ?? 0
  let cursor = progress?.cursor ?? null
  let rows = doneBefore
  const { maxRate } = run.speed
  const most = mostRows(maxRate, target)
  let size = Math.min(firstBatch, most)
  let started = begun
  for (;;) {
    const pause = pauseBefore(size, Date.now() - started, maxRate)
    if (pause > 0) await wait(pause, run.signal)
    throwIfAborted(run.signal)
    if (run.lease.lost !== null) throw run.lease.lost
    await whilePaused(run, migration, step)
    if (run.speed.maxDuration !== undefined && Date.now() - begun > run.speed.maxDuration) {
      throw temporary('backfill.max-duration', 'the time for this run is over; everything is saved', {
        hint: 'The same command goes on where it stopped.',
      })
    }
    started = Date.now()
    const batch = await withLockRetry(`backfill of ${showTable(lens.table)}`, run, (lockTimeout) =>
      worker.transaction(async () => {
        for (const setting of dialect.sessions.batchSettings(quiet, bypass, lockTimeout)) await worker.query(setting)
        await run.lease.check()
        const [found] = (await worker.query(ranges.boundary(cursor, last, size))).rows
        const ended = found === undefined
        const to = ended ? last : keyIn(found, lens.key.length)
        const count = ended ? await rowsIn(worker, ranges.count(cursor, last)) : size
        for (const statement of dialect.fill(lens, cursor, to, context)) await worker.query(statement)
        const elapsed = Math.max(1, Date.now() - begun)
        const rate = ((rows + count - doneBefore) * 1000) / elapsed
        await save({
          cursor: [...to],
          rows_done: rows + count,
          rate,
          ...(ended ? { state: 'done', finished_at: dialect.state.now, rows_total: rows + count } : {}),
        })
        return { to, count, ended, rate }
      }),
    )
    cursor = batch.to
    rows += batch.count
    const took = Date.now() - started
    report(run, migration, lens, progress?.rows_total ?? 0, rows, batch, took)
    if (batch.ended) return
    size = nextBatchSize(size, took, target, most)
  }
}

async function rowsIn(worker: Session, count: Statement): Promise<number> {
  const [row] = (await worker.query<{ rows: unknown }>(count)).rows
  return Number(row?.rows ?? 0)
}

function report(
  run: Run,
  migration: MigrationRow,
  lens: RowLens | FillLens,
  total: number,
  rows: number,
  batch: { readonly count: number; readonly rate: number; readonly ended: boolean },
  took: number,
): void {
  const rowsTotal = batch.ended ? rows : Math.max(total, rows)
  run.emit({
    kind: 'progress',
    migration: migration.name,
    table: showTable(lens.table),
    doing: 'backfill',
    rowsDone: rows,
    rowsTotal,
    rowsPerSecond: Math.round(batch.rate),
    etaSeconds: batch.rate > 0 ? Math.round((rowsTotal - rows) / batch.rate) : null,
    batchRows: batch.count,
    batchMilliseconds: took,
  })
}

/** `migrate pause` sets a mark in the ledger, which is looked at between batches. */
async function whilePaused(run: Run, migration: MigrationRow, step: string): Promise<void> {
  for (let told = false; ; told = true) {
    const row = await run.ledger.backfill(migration.name, migration.generation, step)
    if (row?.paused !== true) return
    if (!told) run.emit({ kind: 'waiting', what: 'backfill', reason: 'paused; migrate resume goes on' })
    await wait(500, run.signal)
  }
}
