import type { Blocker, Dialect, Session } from '../dialects/dialect.ts'
import { isBellowsError, temporary } from '../errors.ts'
import type { Emit } from './events.ts'
import { throwIfAborted, wait } from './interrupt.ts'

/** How DDL waits for locks. Milliseconds. */
export interface RetryOptions {
  readonly dialect: Dialect
  readonly worker: Session
  /** A second session: only it can ask who blocks while the first one waits. */
  readonly observer: Session
  readonly lockTimeout: number
  readonly lockBudget: number
  readonly emit: Emit
  readonly signal: AbortSignal | null
}

const retryable = new Set([
  'database.lock-timeout',
  'database.deadlock',
  'database.serialization',
  'database.cancelled',
])

/** PostgreSQL's default deadlock_timeout and a little more: only a wait that long makes it cancel an autovacuum. */
const untilAutovacuumYields = 1200

/**
 * Runs something that takes locks, under a short lock timeout, again and again with backoff and jitter until it succeeds
 * or the budget is spent. Who blocks is looked up while the lock is waited for.
 *
 * @throws BellowsError exit 75 with the blockers when the budget is spent.
 */
export async function withLockRetry<T>(
  what: string,
  options: RetryOptions,
  attempt: (lockTimeout: number, tries: number) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + options.lockBudget
  let autovacuum = false
  for (let tries = 1; ; tries++) {
    throwIfAborted(options.signal)
    const lockTimeout =
      autovacuum && tries % 5 === 0 ? Math.max(untilAutovacuumYields, options.lockTimeout) : options.lockTimeout
    const blockers = watchBlockers(options, lockTimeout)
    try {
      return await attempt(lockTimeout, tries)
    } catch (error) {
      if (!isRetryable(error)) throw error
      const waited = await blockers.stop()
      const seen = waited.length > 0 ? waited : blockersIn(error)
      autovacuum = seen.some((blocker) => blocker.autovacuum)
      const names = seen.map(describe)
      const reason = error instanceof Error ? error.message : String(error)
      const pause = Math.min(100 * 1.6 ** tries, 5000) * (0.5 + Math.random())
      if (Date.now() + pause > deadline) {
        throw temporary(
          'lock.budget',
          `${what}: the lock could not be had within ${options.lockBudget} ms; ${names.length === 0 ? reason : `blocked by ${names.join('; ')}`}`,
          {
            hint: 'Nothing is lost: the same command goes on. End what blocks, or give more time with --lock-budget.',
            cause: error,
          },
        )
      }
      options.emit({
        kind: 'retry',
        what,
        attempt: tries,
        waitMilliseconds: Math.round(pause),
        reason,
        ...(isBellowsError(error) ? { code: error.code } : {}),
        blockers: names,
      })
      await wait(pause, options.signal)
    } finally {
      await blockers.stop()
    }
  }
}

/** Named by the dialect, where it did not even begin to wait. */
function blockersIn(error: unknown): readonly Blocker[] {
  return isBellowsError(error) ? ((error.details.blockers as readonly Blocker[] | undefined) ?? []) : []
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && retryable.has((error as { code?: string }).code ?? '')
}

function describe(blocker: Blocker): string {
  const since = blocker.since === '' ? '' : `, in a transaction since ${blocker.since}`
  return `${blocker.application}${blocker.user === '' ? '' : ` (${blocker.user})`}${blocker.pid === null ? '' : ` pid ${blocker.pid}`}${since}`
}

/** Asks shortly before the time-out fires, because afterwards nobody blocks us any more; and again where the wait began later. */
function watchBlockers(options: RetryOptions, lockTimeout: number): { stop(): Promise<readonly Blocker[]> } {
  let found: Promise<readonly Blocker[]> = Promise.resolve([])
  let timer: NodeJS.Timeout | undefined
  const ask = async (): Promise<readonly Blocker[]> => {
    const { rows } = await options.observer.query<Blocker>(
      options.dialect.sessions.blockers(options.worker.identity.pid),
    )
    if (rows.length === 0 && timer !== undefined) next(lockTimeout * 0.3)
    return rows
  }
  const next = (milliseconds: number): void => {
    timer = setTimeout(() => {
      found = ask().catch(() => [])
    }, milliseconds)
  }
  next(lockTimeout * 0.6)
  return {
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      return found
    },
  }
}
