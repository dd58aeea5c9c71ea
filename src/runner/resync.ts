import type { Lens } from '../planner/links/lens.ts'
import type { SyncMode } from '../planner/steps.ts'
import { keyIn } from './backfill.ts'
import { throwIfAborted } from './interrupt.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'

const rangeRows = 1000

/** Walks the table once and brings rows back in sync that were written while the trigger was away. */
export async function runResync(run: Run, lens: Lens, mode: SyncMode): Promise<void> {
  const { worker, dialect } = run
  if (dialect.resync === null) return
  const { resync } = dialect
  const ranges = dialect.ranges(lens)
  const [greatest] = (await worker.query(ranges.last())).rows
  if (greatest === undefined) return
  const last = keyIn(greatest, lens.key.length)
  const context = { stateSchema: run.stateSchema, active: [] }
  let cursor: readonly string[] | null = null
  for (let ended = false; !ended; ) {
    throwIfAborted(run.signal)
    const from: readonly string[] | null = cursor
    const [found] = (await worker.query<{ rows: string }>(ranges.boundary(from, last, rangeRows))).rows
    ended = found === undefined || Number(found.rows) < rangeRows
    const to: readonly string[] = found === undefined || ended ? last : keyIn(found, lens.key.length)
    await withLockRetry('rows written meanwhile', run, (lockTimeout) =>
      worker.transaction(async () => {
        for (const setting of dialect.sessions.batchSettings(false, true, lockTimeout)) await worker.query(setting)
        await run.lease.check()
        for (const statement of resync(lens, mode, from, to, context)) await worker.query(statement)
      }),
    )
    cursor = to
  }
}
