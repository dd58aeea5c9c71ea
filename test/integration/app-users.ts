import { randomBytes } from 'node:crypto'
import { familyOf } from '../families/family.ts'
import type { TestDatabase } from '../servers/databases.ts'
import { run, withUsers } from './shop.ts'

/** A database user that an app version logs in as. */
export interface AppUser {
  readonly name: string
  readonly url: string
}

/** A database with a table of users, and as many database users that may read and write it; these are gone afterwards too. */
export async function withAppUsers(
  server: { readonly url: string },
  count: number,
  body: (database: TestDatabase, users: readonly AppUser[]) => Promise<void>,
  rows = 100,
): Promise<void> {
  const names = Array.from({ length: count }, (_, at) => `app_v${at + 1}_${randomBytes(4).toString('hex')}`)
  const ofPostgres = familyOf(server).name === 'postgres'
  const accounts = names.flatMap((name) => (ofPostgres ? [name] : [`'${name}'@'%'`, `'${name}'@'localhost'`]))
  const list = accounts.join(', ')
  try {
    await withUsers(
      server,
      async (database) => {
        for (const account of accounts)
          await run(
            database,
            ofPostgres ? `create role ${account} login password 'pw'` : `create user ${account} identified by 'pw'`,
          )
        await run(
          database,
          ofPostgres
            ? `grant select, insert, update, delete on users to ${list}`
            : `grant select, insert, update, delete on \`${database.name}\`.* to ${list}`,
        )
        await body(
          database,
          names.map((name) => ({ name, url: as(database.url, name) })),
        )
      },
      rows,
    )
  } finally {
    await run(server, `${ofPostgres ? 'drop role if exists' : 'drop user if exists'} ${list}`)
  }
}

/** The same address, as another user of the password `pw`. */
export function as(url: string, user: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = 'pw'
  return changed.href
}

/** Whether a user may log in: `in`, or the code that the server refuses it with. */
export async function login({ url }: AppUser): Promise<string> {
  try {
    await run({ url }, 'select 1')
    return 'in'
  } catch (error) {
    const { code, errno } = error as { code?: unknown; errno?: unknown }
    return String(errno ?? code)
  }
}

/** An app version at work as a user: says its statement again and again, and connects anew where it was cut off. */
export function atWork({ url }: AppUser, app: string, statement: string) {
  const family = familyOf({ url })
  const failed: string[] = []
  let done = 0
  let stopped = false
  const work = async (): Promise<void> => {
    while (!stopped) {
      try {
        const session = await family.session(url, app)
        try {
          for (; !stopped; done++) await session.run(statement)
        } finally {
          await session.end().catch(() => undefined)
        }
      } catch (error) {
        const { code, errno, message } = error as { code?: unknown; errno?: unknown; message?: unknown }
        failed.push(String(errno ?? code ?? message))
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  const working = work()
  return {
    failed,
    done: (): number => done,
    stop: async (): Promise<void> => {
      stopped = true
      await working
    },
  }
}
