import { sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { Session } from '../dialect.ts'
import type { Account, AccountFacts, FenceDialect } from '../fence.ts'
import { errorNumber } from './driver-errors.ts'
import { compileSql, literal } from './sql.ts'

interface Found {
  readonly user: string
  readonly host: string
  readonly locked: number
  readonly superuser: number
  readonly role: number
}

/** A user is locked out with each of its accounts, one for each host that it may come from; a locked account ends no session. */
export const fence: FenceDialect = {
  facts: async (session, users) => {
    const { me, names, mariadb } = await whoAmI(session)
    const found = await accountsOf(session, users, mariadb)
    const granted = await globalGrants(session)
    const kill = mariadb ? 'CONNECTION ADMIN' : 'CONNECTION_ADMIN'
    const has = (...privileges: readonly string[]): boolean =>
      ['ALL PRIVILEGES', ...privileges].some((privilege) => granted.has(privilege))
    const missing = [
      ...(has('CREATE USER') ? [] : ['CREATE USER']),
      ...(has('PROCESS') ? [] : ['PROCESS']),
      ...(has('SUPER', kill) ? [] : [kill]),
    ]
    const tables = mariadb ? ['global_priv'] : ['user', 'role_edges', 'global_grants']
    return {
      accounts: found === null ? null : found.map(judge(names)),
      grants: [
        ...(missing.length === 0 ? [] : [`GRANT ${missing.join(', ')} ON *.* TO ${me}`]),
        ...(found === null ? tables.map((table) => `GRANT SELECT ON mysql.${table} TO ${me}`) : []),
      ],
      mayUnlock: has('CREATE USER'),
    }
  },
  lock: (account) => ({ sql: `alter user ${named(account)} account lock`, parameters: [] }),
  unlock: (account) => ({ sql: `alter user ${named(account)} account unlock`, parameters: [] }),
  endSessions: async (session, users) => {
    const { rows } = await session.query<{ id: number; user: string }>(
      compileSql(
        sql`select id as id, user as user from information_schema.processlist where user in (${sql.join(users)}) and id <> connection_id()`,
      ),
    )
    // The list takes upper case and lower case for the same, which accounts do not.
    const theirs = rows.filter(({ user }) => users.includes(user))
    for (const { id } of theirs) {
      await session.query({ sql: `kill ${Number(id)}`, parameters: [] }).catch((error: unknown) => {
        // It went by itself.
        if (errorNumber(error) !== 1094) throw error
      })
    }
    return theirs.length
  },
  ends: 'their connections are killed, transactions in flight rolled back',
}

const named = ({ user, host }: Account): string => `${literal(user)}@${literal(host ?? '%')}`

/** A name may hold an @, a host does not. */
const nameIn = (account: string): string => account.slice(0, account.lastIndexOf('@'))

async function whoAmI(session: Session) {
  const { rows } = await session.query<{ account: string; login: string; mariadb: number }>(
    compileSql(sql`select current_user() as account, user() as login, version() like '%mariadb%' as mariadb`),
  )
  const { account = '', login = '', mariadb = 0 } = rows[0] ?? {}
  const me = named({ user: nameIn(account), host: account.slice(account.lastIndexOf('@') + 1) })
  return { me, names: [nameIn(account), nameIn(login)], mariadb: Boolean(Number(mariadb)) }
}

/** Null where that may not be read. */
async function accountsOf(
  session: Session,
  users: readonly string[],
  mariadb: boolean,
): Promise<readonly Found[] | null> {
  // In MariaDB, the bit of SUPER in `access` (sql/privilege.h); there locked, and a role, are members that are not there otherwise.
  const asked = mariadb
    ? sql`select user as user, host as host, coalesce(json_value(priv, '$.account_locked'), 0) as locked, coalesce(json_value(priv, '$.is_role'), 0) as role, (cast(coalesce(json_value(priv, '$.access'), 0) as unsigned) & 32768) > 0 as superuser from mysql.global_priv where user in (${sql.join(users)}) order by user, host`
    : sql`select u.user as user, u.host as host, u.account_locked = 'Y' as locked, exists (select 1 from mysql.role_edges e where e.from_user = u.user and e.from_host = u.host) as role, u.super_priv = 'Y' or exists (select 1 from mysql.global_grants g where g.user = u.user and g.host = u.host and g.priv = 'SYSTEM_USER') as superuser from mysql.user u where u.user in (${sql.join(users)}) order by u.user, u.host`
  try {
    return (await session.query<Found>(compileSql(asked))).rows
  } catch (error) {
    if (isBellowsError(error) && error.code === 'database.privilege') return null
    throw error
  }
}

const judge =
  (own: readonly string[]) =>
  ({ user, host, locked, role, superuser }: Found): AccountFacts => ({
    user,
    host,
    open: !Number(locked),
    refusal: own.includes(user)
      ? 'is the account that runs this'
      : Number(superuser)
        ? 'has SUPER or SYSTEM_USER: nobody should lock it out'
        : Number(role)
          ? 'is a role that others have, who log in under names of their own'
          : null,
  })

/** What this account may do everywhere, by itself or by a role that is in force. */
async function globalGrants(session: Session): Promise<ReadonlySet<string>> {
  const { rows } = await session.query<Record<string, string>>({ sql: 'show grants', parameters: [] })
  const lists = rows.flatMap((row) => /^GRANT (.+) ON \*\.\* TO /.exec(Object.values(row)[0] ?? '')?.[1] ?? [])
  return new Set(lists.flatMap((list) => list.split(', ')))
}
