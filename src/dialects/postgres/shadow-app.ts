import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { ShadowApp } from '../check.ts'
import type { ConnectOptions, Session } from '../dialect.ts'
import { compileSql } from './sql.ts'

const run = async <Row>(session: Session, query: RawBuilder<unknown>): Promise<readonly Row[]> =>
  (await session.query<Row>(compileSql(query))).rows

const ofUsers = sql`n.nspname not in ('pg_catalog', 'information_schema', 'bellows_check_shadow') and n.nspname not like 'pg\\_%'`

/** A role for the commands of an app on a shadow: it may read and write rows. Where none can be made, the shadow's own user. */
export async function openApp(session: Session, options: ConnectOptions, stateSchema: string): Promise<ShadowApp> {
  const name = `bellows_app_${randomBytes(6).toString('hex')}`
  const secret = randomBytes(16).toString('hex')
  const url = new URL(options.url)
  try {
    await run(session, sql`create role ${sql.id(name)} login password ${sql.lit(verifierOf(secret))}`)
  } catch (error) {
    if (!isBellowsError(error) || error.code !== 'database.privilege') throw error
    if (options.password !== null) url.password = encodeURIComponent(await passwordOf(options.password))
    const nothing = async (): Promise<null> => null
    return { url: url.href, secret: url.password, restricted: false, arrive: nothing, close: nothing }
  }
  // Before PostgreSQL 15 everybody may make tables in the schema public.
  const closed = new Set<string>()
  url.username = name
  url.password = secret
  return {
    url: url.href,
    secret,
    restricted: true,
    arrive: async () => {
      const schemas = await run<{ name: string }>(
        session,
        sql`select n.nspname as name from pg_namespace n where ${ofUsers} and n.nspname <> ${stateSchema}`,
      )
      for (const schema of schemas) {
        const [on, to] = [sql.id(schema.name), sql.id(name)]
        await run(session, sql`grant usage on schema ${on} to ${to}`)
        await run(session, sql`grant select, insert, update, delete, truncate on all tables in schema ${on} to ${to}`)
        await run(session, sql`grant usage, select, update on all sequences in schema ${on} to ${to}`)
        if (!(await isOpen(session, schema.name))) continue
        await run(session, sql`revoke create on schema ${on} from public`)
        if (await isOpen(session, schema.name))
          return `commands may make tables in the schema ${schema.name}, as everybody may: it belongs to another role`
        closed.add(schema.name)
      }
      return null
    },
    close: async () => {
      try {
        for (const schema of closed) {
          const [there] = await run(session, sql`select from pg_namespace where nspname = ${schema}`)
          if (there !== undefined) await run(session, sql`grant create on schema ${sql.id(schema)} to public`)
        }
        await run(session, sql`drop owned by ${sql.id(name)}`)
        await run(session, sql`drop role ${sql.id(name)}`)
        return null
      } catch (error) {
        if (!isBellowsError(error) || !session.alive) throw error
        return `the role ${name}, made for the commands, could not be dropped: ${error.message}`
      }
    },
  }
}

/** Whether everybody may make tables in a schema; not in one that is gone. */
async function isOpen(session: Session, schema: string): Promise<boolean> {
  const [found] = await run<{ open: boolean }>(
    session,
    sql`select has_schema_privilege('public', oid, 'create') as open from pg_namespace where nspname = ${schema}`,
  )
  return found?.open === true
}

/** What the server keeps of a password (RFC 5803), as psql sends it: the statement may be logged. */
function verifierOf(secret: string): string {
  const salt = randomBytes(16)
  const rounds = 4096
  const salted = pbkdf2Sync(secret, salt, rounds, 32, 'sha256')
  const key = (of: string): Buffer => createHmac('sha256', salted).update(of).digest()
  const stored = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`
}

const passwordOf = async (password: NonNullable<ConnectOptions['password']>): Promise<string> =>
  typeof password === 'function' ? password() : password

/** Looks which tables hold no row; answers what empties those again, and tells why that could not be done. */
export async function keepRows(session: Session): Promise<() => Promise<string | null>> {
  const tables = await run<{ schema: string; name: string }>(
    session,
    sql`select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and not c.relispartition and ${ofUsers} order by 1, 2`,
  )
  const empty: RawBuilder<unknown>[] = []
  for (const { schema, name } of tables) {
    const table = sql.id(schema, name)
    const [row] = await run<{ some: boolean }>(session, sql`select exists (select from ${table}) as some`)
    if (row?.some === false) empty.push(table)
  }
  return async () => {
    if (empty.length === 0) return null
    try {
      await session.transaction(async () => {
        await run(session, sql`set local lock_timeout = '10s'`)
        await run(session, sql`truncate ${sql.join(empty)} restart identity`)
      })
      return null
    } catch (error) {
      if (!isBellowsError(error) || !session.alive) throw error
      return error.message
    }
  }
}
