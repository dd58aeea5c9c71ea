import { sql } from 'kysely'
import { isBellowsError, temporary } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import type { Session } from '../dialect.ts'
import { readers } from './quiet.ts'
import { compileSql } from './sql.ts'

/** How often the other session looks whether a statement waits. Milliseconds. */
const interval = 100
/** The same, where it also looks who reads meanwhile: each of them is in danger from then on. */
const shortInterval = 2

interface Sessions {
  readonly worker: Session
  readonly observer: Session
  /** Tables that no transaction had read when the statement began: as soon as one has, the statement waits no longer. */
  readonly unread?: readonly TableRef[]
}

/**
 * Runs one statement of `worker`, and ends it from `observer` once it has waited for a table's lock for so many milliseconds: the
 * servers' own limit counts whole seconds, and everybody who comes later waits behind it. A statement that works is left alone,
 * and one that comes to wait at its end (an index build that is to be published) has the same time again.
 *
 * The end must not hit a later statement. So nothing else is sent on `worker` while a kill may be on its way; and when there was one,
 * an empty statement takes what may be left of it.
 *
 * @throws BellowsError `database.lock-timeout` (75) when it was ended so
 */
export async function underLockLimit<T>(
  { worker, observer, unread = [] }: Sessions,
  milliseconds: number,
  statement: () => Promise<T>,
): Promise<T> {
  const guard = watch(worker.identity, observer, milliseconds, unread)
  try {
    return await statement()
  } catch (error) {
    const ended = await guard.stop()
    if (ended === null || !isBellowsError(error) || error.code !== 'database.cancelled') throw error
    throw temporary('database.lock-timeout', ended, {
      hint: 'Nothing is lost: the same command goes on where it stopped.',
      cause: error,
    })
  } finally {
    if ((await guard.stop()) !== null && worker.alive)
      await worker.query({ sql: 'do 0', parameters: [] }).catch(() => undefined)
  }
}

interface Guard {
  /** Ends the watch; tells why the statement was ended, once that is certain, or null. */
  stop(): Promise<string | null>
}

function watch(
  identity: Session['identity'],
  observer: Session,
  milliseconds: number,
  unread: readonly TableRef[],
): Guard {
  let over = false
  let ended: string | null = null
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  // Taken to wait from the start: it mostly does, and then it is not given the time of a first look on top.
  let since: number | null = Date.now()
  const look = async (): Promise<void> => {
    const waits = await isWaiting(observer, identity.pid)
    if (over) return
    if (!waits) since = null
    else since ??= Date.now()
    const late = since !== null && Date.now() - since >= milliseconds
    const read = !late && waits && unread.length > 0 && ((await readers(observer, unread)) ?? 0) > 0
    if (over) return
    if (late || read) {
      ended = late
        ? `the lock could not be had within ${milliseconds} ms`
        : 'a transaction has read the table while the change of it waited'
      await observer.query(kill(identity))
      return
    }
    next()
  }
  const next = (): void => {
    const limit = since === null ? interval : Math.max(0, since + milliseconds - Date.now())
    const due = unread.length > 0 ? Math.min(shortInterval, limit) : limit
    timer = setTimeout(() => {
      // A session that cannot look leaves the statement to the server's own limit.
      looking = look().catch(() => undefined)
    }, due)
  }
  next()
  return {
    stop: async () => {
      over = true
      clearTimeout(timer)
      await looking
      return ended
    },
  }
}

async function isWaiting(observer: Session, pid: number): Promise<boolean> {
  const { rows } = await observer.query<{ waits: boolean }>(
    compileSql(
      sql`select state like 'Waiting for table%' as waits from information_schema.processlist where id = ${pid}`,
    ),
  )
  return rows[0]?.waits === true
}

// Only while that thread is ours: numbers come again after a restart. Nobody has the number 0.
function kill({ pid, startedAt }: Session['identity']): ReturnType<typeof compileSql> {
  return compileSql(sql`kill query if(is_used_lock(${sql.lit(startedAt)}) = ${sql.lit(pid)}, ${sql.lit(pid)}, 0)`)
}
