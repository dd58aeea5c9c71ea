import { setTimeout as sleep } from 'node:timers/promises'
import { isBellowsError, temporary } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import type { Blocker, Session, Statement } from '../dialect.ts'
import { readersByName, readersOf } from './blockers.ts'

/** From this try on a change waits in the server's queue, whoever has read the table: one that is read all the time has no better moment. */
export const inQueueFrom = 6

/** Milliseconds between two looks. */
const interval = 10
/** An answer that took longer says what was, not what is. Milliseconds. */
const fresh = 5
/** So often it is asked again, and not more: from a server that is far away no answer is fresh. */
const enough = 3
/** How long to try without waiting, where the server does not tell who has read the table. Milliseconds. */
const withoutWaiting = 250

/**
 * Waits until no transaction that goes on has only read the tables. A change that waits in the queue makes the server fail such a
 * transaction (1213) when it writes the table; none can be there that has not begun yet. Tells `false` where the server does
 * not say who has read what.
 *
 * @throws BellowsError `database.lock-timeout` (75) with the readers when there was no such moment
 */
export async function untilUnread(
  observer: Session,
  tables: readonly TableRef[],
  milliseconds: number,
): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  for (let looks = 1; ; looks++) {
    const asked = performance.now()
    const count = await readers(observer, tables)
    const late = Date.now() >= deadline
    if (count === null) return false
    if (count === 0 && (late || looks >= enough || performance.now() - asked < fresh)) return true
    if (late) {
      const names = tables.map(({ name }) => name).join(', ')
      throw temporary('database.lock-timeout', `transactions that have read ${names} went on for ${milliseconds} ms`, {
        hint: 'Nothing is lost: the same command goes on where it stopped.',
        details: { blockers: (await observer.query<Blocker>(readersByName(tables))).rows },
      })
    }
    if (count > 0) await sleep(interval)
  }
}

/** How many there are; null where the server does not tell. */
export async function readers(observer: Session, tables: readonly TableRef[]): Promise<number | null> {
  const [row] = (await observer.query<{ readers: number | null }>(readersOf(tables))).rows
  return row?.readers ?? null
}

/**
 * Asks for a lock again and again without ever waiting for it, so that nobody comes to wait behind it. Only MariaDB can.
 *
 * @returns whether the statement was done
 */
export async function withoutQueue(worker: Session, statement: Statement): Promise<boolean> {
  // MySQL refuses a limit of nothing.
  const { rows } = await worker.query<{ can: boolean }>({
    sql: "select version() like '%mariadb%' as can",
    parameters: [],
  })
  if (rows[0]?.can !== true) return false
  await worker.query({ sql: 'set session lock_wait_timeout = 0', parameters: [] })
  for (const deadline = Date.now() + withoutWaiting; Date.now() < deadline; await sleep(interval)) {
    try {
      await worker.query(statement)
      return true
    } catch (error) {
      if (!isBellowsError(error) || error.code !== 'database.lock-timeout') throw error
    }
  }
  return false
}
