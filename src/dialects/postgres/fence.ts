import { sql } from 'kysely'
import type { Session } from '../dialect.ts'
import type { AccountFacts, FenceDialect, FenceFacts } from '../fence.ts'
import { compileSql, quote } from './sql.ts'

interface Found {
  readonly user: string
  readonly open: boolean
  readonly superuser: boolean
  readonly replication: boolean
  readonly self: boolean
  readonly members: readonly string[] | null
  readonly alters: boolean
  readonly admin: boolean
  readonly signals: boolean
  readonly me: string
}

/**
 * A role is locked out on the whole server, in every database; its sessions in this one are ended. From PostgreSQL 16 on CREATEROLE
 * alters only roles of which one has the ADMIN OPTION (manual, Role Attributes), and what gives that need give nothing else.
 */
export const fence: FenceDialect = {
  facts: async (session, users) => {
    const found = await factsOf(session, users)
    return { accounts: found.map(judge(users)), grants: grantsFor(found), mayUnlock: found.every(mayAlter) }
  },
  lock: ({ user }) => compileSql(sql`alter role ${sql.id(user)} nologin`),
  unlock: ({ user }) => compileSql(sql`alter role ${sql.id(user)} login`),
  endSessions: async (session, users) => {
    const { rows } = await session.query<{ count: number }>(
      compileSql(
        sql`select count(pg_terminate_backend(pid))::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename = any(${users}::text[])`,
      ),
    )
    return rows[0]?.count ?? 0
  },
  ends: 'transactions in flight end with 57P01',
}

async function factsOf(session: Session, users: readonly string[]): Promise<readonly Found[]> {
  // Who can only administer a role, and neither use it nor become it, has none of its rights (16 and later).
  const becomes = sql`case when current_setting('server_version_num')::int >= 160000 then pg_has_role(x.oid, r.oid, 'SET') else pg_has_role(x.oid, r.oid, 'MEMBER') end`
  const { rows } = await session.query<Found>(
    compileSql(
      sql`select r.rolname::text as user, r.rolcanlogin as open, r.rolsuper as superuser, r.rolreplication as replication, r.rolname in (current_user, session_user) as self,
        (select array_agg(x.rolname::text order by x.rolname) from pg_roles x where x.rolcanlogin and not x.rolsuper and x.oid <> r.oid and x.rolname not in (current_user, session_user) and (pg_has_role(x.oid, r.oid, 'USAGE') or ${becomes})) as members,
        me.rolsuper or me.rolcreaterole as alters, me.rolsuper or current_setting('server_version_num')::int < 160000 or pg_has_role(current_user, r.oid, 'USAGE WITH ADMIN OPTION') as admin,
        pg_has_role(current_user, r.oid, 'USAGE') or pg_has_role(current_user, 'pg_signal_backend', 'USAGE') as signals, current_user::text as me
        from pg_roles r cross join pg_roles me where me.rolname = current_user and r.rolname = any(${users}::text[]) order by r.rolname`,
    ),
  )
  return rows
}

const judge =
  (users: readonly string[]) =>
  ({ user, open, ...found }: Found): AccountFacts => {
    const others = (found.members ?? []).filter((member) => !users.includes(member))
    const refusal = found.self
      ? 'is the role that runs this'
      : found.superuser
        ? 'is a superuser, whom nobody should lock out'
        : found.replication
          ? 'is one for replication, and no app of a version'
          : others.length > 0
            ? `has members who log in under names of their own and have its rights (${others.join(', ')}): lock these out as well, or take the role from them`
            : null
    return { user, host: null, open, refusal }
  }

const mayAlter = ({ alters, admin }: Found): boolean => alters && admin

function grantsFor(found: readonly Found[]): FenceFacts['grants'] {
  const [first] = found
  if (first === undefined) return []
  const me = quote(first.me)
  const give = (user: string): string => `grant ${quote(user)} to ${me} with admin true, inherit false, set false`
  return [
    ...(first.alters ? [] : [`alter role ${me} createrole`]),
    ...found.filter(({ admin }) => !admin).map(({ user }) => give(user)),
    ...(found.every(({ signals }) => signals) ? [] : [`grant pg_signal_backend to ${me}`]),
  ]
}
