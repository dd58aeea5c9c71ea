import { advance, type Filling, fillRange, isOver, type Lane } from './batch.ts'

/** How it ended: all is filled, somebody asked for a stop, or a range could not be filled. */
export type End =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Where a range begins; `null` where there is none to begin. */
type Start = { readonly after: readonly string[] | null } | null

/**
 * Fills ranges on several sessions at once. Each begins where the one before it ends, which is known before that one is filled, and
 * is committed after it: the cursor never stands behind a row that is not filled, just as if one session had done all. When one
 * fails, those behind it are rolled back with it; what is in front is committed. Nothing is in flight any more at the end.
 */
export async function fillAbreast(filling: Filling, lanes: readonly Lane[]): Promise<End> {
  let start: Promise<Start> = Promise.resolve({ after: filling.at.cursor })
  let turn: Promise<void> = Promise.resolve()
  let end: End = { kind: 'stopped' }

  const next = async (lane: Lane): Promise<boolean> => {
    const from = start
    const before = turn
    const range = withResolvers<Start>()
    const committed = withResolvers<void>()
    start = range.promise
    turn = committed.promise
    // The last one has nobody behind it who would hear of it.
    turn.catch(() => undefined)
    try {
      const begin = await from
      if (begin === null || end.kind === 'failed' || !(await mayGoOn(filling, lane))) {
        range.resolve(null)
        return false
      }
      const started = Date.now()
      const batch = await fillRange(filling, lane, begin.after, filling.run.lockTimeout, {
        onRange: (to, ended) => range.resolve(ended ? null : { after: to }),
        turn: before,
      })
      // A row is locked until its batch is committed: the wait for the turn counts.
      advance(filling, batch, Date.now() - started)
      if (batch.ended) end = { kind: 'done' }
      committed.resolve()
      return !batch.ended
    } catch (error) {
      // The first one is the cause; those behind fail because of it.
      if (end.kind !== 'failed') end = { kind: 'failed', error }
      range.resolve(null)
      committed.reject(error)
      return false
    }
  }

  await Promise.all(
    lanes.map(async (lane) => {
      while (await next(lane));
    }),
  )
  return end
}

async function mayGoOn(filling: Filling, { ledger, lease }: Lane): Promise<boolean> {
  const { run, migration, step } = filling
  if (run.signal?.aborted === true || run.lease.lost !== null || lease.lost !== null || isOver(filling)) return false
  return (await ledger.backfill(migration.name, migration.generation, step))?.paused !== true
}

interface Resolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** As `Promise.withResolvers`, which Node has from 22 on. */
function withResolvers<T>(): Resolvers<T> {
  let resolve: Resolvers<T>['resolve'] = () => undefined
  let reject: Resolvers<T>['reject'] = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
