import { sql } from 'kysely'
import type { Session, Statement } from '../dialect.ts'
import { compileSql } from './sql.ts'

/**
 * A message in the log of changes, by which consumers of it know a transaction of the backfill: `bellows`, `backfill of <migration>`.
 * Not an origin, for which a subscriber may leave rows out. Null where nobody decodes the log, or the function is not ours to call.
 *
 * @throws BellowsError when the connection is lost.
 */
export async function backfillMark(session: Session, migration: string): Promise<Statement | null> {
  // From version 17 on it has one argument more, with a default.
  const asked = sql`select current_setting('wal_level') = 'logical' and has_function_privilege(oid, 'execute') as decoded
    from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = 'pg_logical_emit_message' and proargtypes[2] = 'text'::regtype`
  const [found] = (await session.query<{ decoded: boolean }>(compileSql(asked))).rows
  if (found?.decoded !== true) return null
  return compileSql(sql`select pg_logical_emit_message(true, 'bellows', ${`backfill of ${migration}`})`)
}
