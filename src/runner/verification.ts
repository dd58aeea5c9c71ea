import { findings } from '../errors.ts'
import type { Ledger } from '../ledger/records.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import { showTable } from '../planner/change.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { SyncMode } from '../planner/steps.ts'
import { keyIn } from './batch.ts'
import { throwIfAborted } from './interrupt.ts'
import { listOf } from './list-of.ts'
import type { Run } from './run.ts'

/** What comparing a table found. */
export interface Verification {
  readonly rows: number
  readonly mismatches: number
  readonly keys: readonly string[]
}

const rangeRows = 20_000

/** Compares old and new shape row by row, in ranges, under a lock that lets writes through. */
export async function verifyLens(
  run: Pick<Run, 'worker' | 'dialect' | 'stateSchema' | 'signal' | 'emit'>,
  migration: string,
  lens: Lens,
  mode: SyncMode,
): Promise<Verification> {
  const { worker, dialect } = run
  const ranges = dialect.ranges(lens)
  const [greatest] = (await worker.query(ranges.last())).rows
  if (greatest === undefined) return { rows: 0, mismatches: 0, keys: [] }
  const last = keyIn(greatest, lens.key.length)
  const [estimate] = (await worker.query<{ rows: number }>(dialect.sessions.estimate(lens.table))).rows
  const context = { stateSchema: run.stateSchema, active: [] }
  const begun = Date.now()
  const keys: string[] = []
  let cursor: readonly string[] | null = null
  let rows = 0
  let wrong = 0
  for (let ended = false; !ended; ) {
    throwIfAborted(run.signal)
    const started = Date.now()
    const [found] = (await worker.query(ranges.boundary(cursor, last, rangeRows))).rows
    ended = found === undefined
    const to: readonly string[] = found === undefined ? last : keyIn(found, lens.key.length)
    const [result] = (
      await worker.query<{ rows: number; mismatches: number; keys: unknown }>(
        dialect.mismatches(lens, mode, cursor, to, context),
      )
    ).rows
    rows += result?.rows ?? 0
    wrong += result?.mismatches ?? 0
    keys.push(...listOf(result?.keys).slice(0, 10 - keys.length))
    cursor = to
    const rate = (rows * 1000) / Math.max(1, Date.now() - begun)
    const total = ended ? rows : Math.max(rows, Math.round(estimate?.rows ?? 0))
    run.emit({
      kind: 'progress',
      migration,
      table: showTable(lens.table),
      doing: 'verify',
      rowsDone: rows,
      rowsTotal: total,
      rowsPerSecond: Math.round(rate),
      etaSeconds: rate > 0 ? Math.round((total - rows) / rate) : null,
      batchRows: result?.rows ?? 0,
      batchMilliseconds: Date.now() - started,
      mismatches: wrong,
    })
  }
  return { rows, mismatches: wrong, keys }
}

/** What a comparison of all shapes of a migration found. */
export interface Verified {
  readonly rows: number
  readonly mismatches: number
}

const kind = 'verified'

/** Records a comparison that came after that of the backfill; the server's clock says when. */
export async function keepVerified(ledger: Ledger, migration: string, { rows, mismatches }: Verified): Promise<void> {
  await ledger.sample(migration, kind, { rows, mismatches })
}

const ever = 50 * 365 * 86_400_000

/** The last one that was recorded since the backfill ended; null where there is none. */
export async function lastVerified(
  ledger: Ledger,
  { name, backfilled_at: from }: Pick<MigrationRow, 'name' | 'backfilled_at'>,
): Promise<(Verified & { readonly at: string }) | null> {
  const last = (await ledger.samples(name, kind, ever)).at(-1)
  if (last === undefined || from === null || Date.parse(last.at) < Date.parse(from)) return null
  return { ...(last.value as Verified), at: last.at }
}

/** The verification at the end of the backfill: recorded, and a reason to stop when it finds something. */
export async function runVerification(run: Run, migration: MigrationRow, step: string, lens: Lens): Promise<void> {
  const result = await verifyLens(run, migration.name, lens, 'final')
  await run.ledger.saveBackfill(migration.name, migration.generation, step, {
    state: 'done',
    rows_done: result.rows,
    rows_total: result.rows,
    mismatches: result.mismatches,
    finished_at: run.dialect.state.now,
  })
  if (result.mismatches > 0) throw mismatchError(lens, result)
}

/** Exit 4, with the keys of some rows: never their values, which are the users'. */
export function mismatchError(lens: Lens, result: Verification): Error {
  return findings(
    'verify.mismatches',
    `${result.mismatches} of ${result.rows} rows of ${showTable(lens.table)} differ between old and new shape, for example ${result.keys.slice(0, 5).join(', ')}`,
    {
      hint: 'Was a trigger disabled, or a table loaded around it? Write those rows again in one shape, then run backfill again.',
    },
  )
}
