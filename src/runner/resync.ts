import type { CompileContext, Statement } from '../dialects/dialect.ts'
import { findings, isBellowsError } from '../errors.ts'
import { showTable } from '../planner/change.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { SyncMode } from '../planner/steps.ts'
import { keyIn } from './batch.ts'
import { throwIfAborted } from './interrupt.ts'
import { listOf } from './list-of.ts'
import { withLockRetry } from './retry.ts'
import type { Run } from './run.ts'

const rangeRows = 1000

type Carry = (from: readonly string[] | null, to: readonly string[], context: CompileContext) => readonly Statement[]

/**
 * Walks the table once and brings rows back in sync that were written while the trigger was away.
 *
 * @throws BellowsError exit 4 with keys where the other shape has to have a value and there is none for what was written
 */
export async function runResync(run: Run, lens: Lens, mode: SyncMode): Promise<void> {
  const { resync } = run.dialect
  await walk(run, lens, async (from, to, context) => {
    try {
      await carryOver(run, (...range) => resync(lens, mode, ...range), from, to, context)
    } catch (error) {
      if (!isBellowsError(error) || error.code !== 'data.nulls') throw error
      throw await withKeys(run, lens, mode, { from, to, context }, error)
    }
  })
}

/** Walks the table once and fills what is empty in the new shape: no write of the new version is ever in its way. */
export async function runRefill(run: Run, lens: Lens): Promise<void> {
  await walk(run, lens, (from, to, context) =>
    carryOver(run, (...range) => run.dialect.fill(lens, ...range), from, to, context),
  )
}

async function walk(
  run: Run,
  lens: Lens,
  each: (from: readonly string[] | null, to: readonly string[], context: CompileContext) => Promise<void>,
): Promise<void> {
  const { worker, dialect } = run
  const ranges = dialect.ranges(lens)
  const [greatest] = (await worker.query(ranges.last())).rows
  if (greatest === undefined) return
  const last = keyIn(greatest, lens.key.length)
  const context = { stateSchema: run.stateSchema, active: [] }
  let cursor: readonly string[] | null = null
  for (let ended = false; !ended; ) {
    throwIfAborted(run.signal)
    const from: readonly string[] | null = cursor
    const [found] = (await worker.query(ranges.boundary(from, last, rangeRows))).rows
    ended = found === undefined
    const to: readonly string[] = found === undefined ? last : keyIn(found, lens.key.length)
    await each(from, to, context)
    cursor = to
  }
}

async function carryOver(
  run: Run,
  carry: Carry,
  from: readonly string[] | null,
  to: readonly string[],
  context: CompileContext,
): Promise<void> {
  const { worker, dialect } = run
  await withLockRetry('rows written meanwhile', run, (lockTimeout) =>
    worker.transaction(async () => {
      for (const setting of dialect.sessions.batchSettings(false, true, lockTimeout)) await worker.query(setting)
      await run.lease.check()
      for (const statement of carry(from, to, context)) await worker.query(statement)
    }),
  )
}

async function withKeys(
  { worker, dialect }: Run,
  lens: Lens,
  mode: SyncMode,
  range: { readonly from: readonly string[] | null; readonly to: readonly string[]; readonly context: CompileContext },
  cause: Error,
): Promise<Error> {
  const question = dialect.mismatches(lens, mode, range.from, range.to, range.context)
  const [found] = (await worker.query<{ keys: unknown }>(question)).rows
  return findings(
    'data.nulls',
    `rows of ${showTable(lens.table)} that were written while no runner was there have no value in the other shape, which has to have one: ${listOf(found?.keys).slice(0, 5).join(', ')}`,
    { hint: 'Give those rows a value that both shapes can hold; then the same command goes on.', cause },
  )
}
