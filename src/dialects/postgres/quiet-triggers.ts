import { sql } from 'kysely'
import type { Session } from '../dialect.ts'
import { compileSql } from './sql.ts'

/**
 * May this role set session_replication_role? Superusers may; from version 15 on the privilege can be granted.
 *
 * @throws BellowsError when the connection is lost.
 */
export async function quietTriggers(session: Session): Promise<boolean> {
  const role = sql`select rolsuper as super, current_setting('server_version_num')::int as version from pg_roles where rolname = current_user`
  const [found] = (await session.query<{ super: boolean; version: number }>(compileSql(role))).rows
  if (found === undefined || found.super || found.version < 150000) return found?.super ?? false
  const granted = sql`select has_parameter_privilege(current_user, 'session_replication_role', 'SET') as allowed`
  return (await session.query<{ allowed: boolean }>(compileSql(granted))).rows[0]?.allowed === true
}
