import type { FailureCounter, OldName } from '../../dialects/brown-out.ts'
import type { Dialect, Session } from '../../dialects/dialect.ts'
import { BellowsError, isBellowsError } from '../../errors.ts'
import type { BrownOutCount } from '../api.ts'
import type { Emit } from '../events.ts'
import { wait } from '../interrupt.ts'
import { compare } from './compare.ts'

/** What a watch needs. Milliseconds. */
export interface WatchInput {
  readonly migration: string
  readonly dialect: Dialect
  /** A session of its own: the one that works may wait for a lock, and the one that renews the lease must not wait. */
  readonly session: Session
  readonly names: readonly OldName[]
  readonly milliseconds: number
  /** What may be anything is counted, and brings nothing back. */
  readonly countOnly: boolean
  /** Who is connected and may not be; null when nobody is. */
  readonly intruders: () => Promise<string | null>
  readonly emit: Emit
  readonly signal: AbortSignal | null
}

/** A watch over the old shape while it is hidden. */
export interface Watch {
  /** Looks for a while at how many statements fail anyway. */
  usual(): Promise<void>
  /** Under the lock, before anything is hidden; again for each try. */
  begin(): Promise<void>
  /** Aborted as soon as something is seen, and when the caller asks to stop. */
  readonly signal: AbortSignal
  /** Waits until the time is over, or something is seen. */
  over(): Promise<void>
  /** A try of ours for the lock was rolled back. */
  noteRetry(): void
  /** Ends it. */
  stop(): Promise<void>
  /** Counts once more, so that what failed until now is told. */
  count(): Promise<void>
  /** Something may be hidden. */
  readonly begun: boolean
  /** Why the old shape has to come back; null as long as it has not. */
  readonly seen: string | null
  readonly looks: number
  /** What failed, or may have. */
  counted(): readonly BrownOutCount[]
}

const apart = 500
const usualAtMost = 10_000
const toldEach = 30_000
/** A transaction of ours that waited for its lock too long may be counted that much later. */
const retriesWithin = 10_000

/** Opens a watch. Nothing is looked at yet. */
export function openWatch(input: WatchInput): Watch {
  const { dialect, session, names, migration, milliseconds, emit } = input
  const comparison = compare()
  const stopping = new AbortController()
  const halt = (): void => stopping.abort(input.signal?.reason)
  if (input.signal?.aborted === true) halt()
  input.signal?.addEventListener('abort', halt, { once: true })
  const state: { seen: string | null; looks: number; over: boolean; loop: Promise<void> | null; since: string | null } =
    {
      seen: null,
      looks: 0,
      over: false,
      loop: null,
      since: null,
    }
  const retries: number[] = []
  let deadline = 0
  const failures = (): Promise<readonly FailureCounter[]> => dialect.brownOut.failures(session, names, state.since)
  const look = async (): Promise<void> => {
    const unusual = comparison.unusual(await failures()).filter(({ sure }) => sure || !input.countOnly)
    state.looks++
    const who = await input.intruders()
    // What is sure says more, and of that the first few do.
    const told = unusual.some(({ sure }) => sure) ? unusual.filter(({ sure }) => sure) : unusual
    const reasons = [...(who === null ? [] : [who]), ...told.slice(0, 5).map(({ what, count }) => `${what} (${count})`)]
    if (reasons.length > 0) state.seen = reasons.join('; ')
  }
  const loop = async (): Promise<void> => {
    let told = Date.now()
    while (!state.over && state.seen === null) {
      try {
        await look()
      } catch (error) {
        if (!state.over)
          state.seen = `it could not be looked at: ${error instanceof Error ? error.message : String(error)}`
      }
      if (state.seen !== null) stopping.abort()
      else await wait(apart, stopping.signal).catch(() => undefined)
      if (stopping.signal.aborted) return
      if (Date.now() - told < toldEach || deadline === 0) continue
      told = Date.now()
      emit({ kind: 'brown-out', migration, doing: 'watching', secondsLeft: left() })
    }
  }
  const left = (): number => Math.max(0, Math.ceil((deadline - Date.now()) / 1000))
  return {
    usual: async () => {
      const until = Date.now() + Math.min(usualAtMost, milliseconds)
      emit({
        kind: 'brown-out',
        migration,
        doing: 'looking before',
        secondsLeft: Math.ceil((until - Date.now()) / 1000),
      })
      for (;;) {
        comparison.usual(await failures())
        if (Date.now() >= until) return
        await wait(Math.min(apart, Math.max(1, until - Date.now())), input.signal)
      }
    },
    begin: async () => {
      const now = await serverNow(dialect, session)
      comparison.begin(await dialect.brownOut.failures(session, names, null), recent(retries))
      state.since = now
      state.loop ??= loop()
    },
    noteRetry: () => {
      retries.push(Date.now())
      comparison.retried()
    },
    signal: stopping.signal,
    over: async () => {
      deadline = Date.now() + milliseconds
      emit({ kind: 'brown-out', migration, doing: 'watching', secondsLeft: left() })
      // What failed in the last moment is counted later.
      const late = Math.min(dialect.brownOut.lag, milliseconds)
      await wait(milliseconds + late, stopping.signal).catch((error: unknown) => {
        if (!isBellowsError(error)) throw error
      })
      if (state.seen === null && !stopping.signal.aborted) await lastLook()
    },
    stop: async () => {
      state.over = true
      stopping.abort()
      input.signal?.removeEventListener('abort', halt)
      await state.loop
    },
    count: async () => {
      comparison.unusual(await dialect.brownOut.failures(session, names, null))
    },
    get begun() {
      return state.since !== null
    },
    get seen() {
      return state.seen
    },
    get looks() {
      return state.looks
    },
    counted: comparison.grown,
  }

  async function lastLook(): Promise<void> {
    state.over = true
    await state.loop
    if (state.seen === null) await look()
  }
}

const recent = (times: readonly number[]): number => times.filter((at) => Date.now() - at < retriesWithin).length

async function serverNow(dialect: Dialect, session: Session): Promise<string> {
  const [row] = (await session.query<{ now: string }>(dialect.sessions.whereAmI)).rows
  if (row === undefined) throw new BellowsError({ code: 'internal', message: 'the server did not say what time it is' })
  return row.now
}
