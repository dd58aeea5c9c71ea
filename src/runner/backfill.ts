import { isBellowsError, temporary } from '../errors.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import { showTable } from '../planner/change.ts'
import type { FillLens, RowLens } from '../planner/links/lens.ts'
import { fillAbreast } from './abreast.ts'
import { advance, type Filling, fillRange, isOver, keyIn, type Lane } from './batch.ts'
import { mostRows, pauseBefore } from './batch-size.ts'
import { throwIfAborted, wait } from './interrupt.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'

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
  const filling = await begin(run, migration, step, lens)
  if (filling === null) return
  const first: Lane = { session: run.worker, ledger: run.ledger, lease: run.lease }
  // A rate is kept by pauses between batches, and those that run side by side have none.
  const more = run.speed.maxRate === undefined ? await run.openLanes((run.speed.parallel ?? 1) - 1) : []
  // After whatever went wrong side by side, one goes alone, as if there had never been others: it waits, tries again, or says why not.
  let failures = 0
  let alone = 0
  for (let started = filling.begun; ; ) {
    const pause = pauseBefore(filling.at.size, Date.now() - started, run.speed.maxRate)
    if (pause > 0) await wait(pause, run.signal)
    await mayGoOn(filling)
    started = Date.now()
    const others = more.filter(({ session, lease }) => session.alive && lease.lost === null)
    if (others.length > 0 && alone === 0) {
      const end = await fillAbreast(filling, [first, ...others])
      if (end.kind === 'done') return
      if (end.kind === 'stopped') continue
      alone = 2 ** Math.min(failures++, 6)
      tellFailure(filling, failures, end.error)
      await mayGoOn(filling)
    }
    if (await fillAlone(filling, first)) return
    alone = Math.max(0, alone - 1)
  }
}

function tellFailure({ run, lens }: Filling, attempt: number, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  const what = `backfill of ${showTable(lens.table)} by several workers, which one goes on with`
  const code = isBellowsError(error) ? { code: error.code } : {}
  run.emit({ kind: 'retry', what, attempt, waitMilliseconds: 0, reason, ...code, blockers: [] })
}

async function begin(
  run: Run,
  migration: MigrationRow,
  step: string,
  lens: RowLens | FillLens,
): Promise<Filling | null> {
  const { ledger, worker, dialect } = run
  const { name, generation } = migration
  const ranges = dialect.ranges(lens)
  let progress = await ledger.backfill(name, generation, step)
  if (progress?.state === 'done') return null
  if (progress === null) {
    const [last] = (await worker.query(ranges.last())).rows
    if (last === undefined) {
      await ledger.saveBackfill(name, generation, step, { state: 'done' })
      return null
    }
    const [estimate] = (await worker.query<{ rows: number }>(dialect.sessions.estimate(lens.table))).rows
    const begun = { last: [...keyIn(last, lens.key.length)], rows_total: Math.round(estimate?.rows ?? 0) }
    await ledger.saveBackfill(name, generation, step, begun)
    progress = await ledger.backfill(name, generation, step)
  }
  const last = progress?.last ?? null
  if (last === null) return null
  const quiet = await dialect.quietTriggers(worker)
  const mark = await dialect.backfillMark(worker, name)
  const target = run.speed.batchTime ?? 200
  const doneBefore = progress?.rows_done ?? 0
  return {
    ...{ run, migration, step, lens, ranges, last, quiet, mark, target, doneBefore },
    rowsTotal: progress?.rows_total ?? 0,
    bypass: quiet || !lens.userTriggers,
    begun: Date.now(),
    at: {
      cursor: progress?.cursor ?? null,
      rows: doneBefore,
      size: Math.min(firstBatch, mostRows(run.speed.maxRate, target)),
    },
  }
}

/** Between two batches: stops where nothing is half done. */
async function mayGoOn(filling: Filling): Promise<void> {
  const { run, migration, step } = filling
  throwIfAborted(run.signal)
  if (run.lease.lost !== null) throw run.lease.lost
  await whilePaused(run, migration, step)
  if (isOver(filling)) {
    throw temporary('backfill.max-duration', 'the time for this run is over; everything is saved', {
      hint: 'The same command goes on where it stopped.',
    })
  }
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

async function fillAlone(filling: Filling, lane: Lane): Promise<boolean> {
  const { run, lens, at } = filling
  const started = Date.now()
  const batch = await withLockRetry(`backfill of ${showTable(lens.table)}`, run, (lockTimeout) =>
    fillRange(filling, lane, at.cursor, lockTimeout),
  )
  advance(filling, batch, Date.now() - started)
  return batch.ended
}
