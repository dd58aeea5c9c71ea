import { temporary } from '../../errors.ts'
import type { Result, Statement } from '../dialect.ts'
import { toBellowsError } from './driver-errors.ts'

const listed = 'information_schema.processlist'
// Longer than InnoDB's list of transactions is kept: it is made anew once nobody has asked for 0.1 s.
const [tries, pause] = [10, 150]

/**
 * MySQL cannot list its sessions or transactions in information_schema while a statement of one of them has a character beyond utf8mb3
 * (3854, ER_CANNOT_CONVERT_STRING): an emoji is enough, whoever asks, for whichever columns. Its performance_schema has the same list
 * of sessions, whose texts are utf8mb4; where that is off, and of transactions, the statement is waited for.
 *
 * @throws BellowsError what was caught, where it is anything else; exit 75 when the list stays untold.
 */
export async function listedOtherwise<Row>(
  error: unknown,
  statement: Statement,
  query: <R>(statement: Statement) => Promise<Result<R>>,
): Promise<Result<Row>> {
  if (!isUntold(error) || !statement.sql.includes('information_schema.')) throw error
  const { rows } = await query<{ kept: unknown }>({ sql: 'select @@performance_schema + 0 as kept', parameters: [] })
  const kept = Number(rows[0]?.kept) === 1
  const sql = kept ? statement.sql.replaceAll(listed, 'performance_schema.processlist') : statement.sql
  for (let left = tries; left > 0; left--) {
    try {
      return await query({ ...statement, sql })
    } catch (again) {
      if (!isUntold(again)) throw again
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  throw temporary('database.sessions-untold', 'the server cannot list its sessions and transactions now', {
    hint: 'A statement of another session has a character that this list cannot hold, such as an emoji. Try again when it has ended.',
    cause: error,
  })
}

const isUntold = (error: unknown): boolean => toBellowsError(error).details.errno === 3854
