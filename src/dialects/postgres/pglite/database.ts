import { randomBytes } from 'node:crypto'
import type { CreatePglite, Pglite, PgliteInit } from './load.ts'
import { framesOf, queryMessage, rowsOf } from './messages.ts'
import { serve } from './serve.ts'
import { shareSession } from './session.ts'

/** A database in the memory of this process, which drivers connect to as to any other. */
export interface PgliteDatabase {
  readonly url: string
  /** `PostgreSQL 18.7 (PGlite 0.5.17)` */
  readonly product: string
  /** Its files, for a copy; null while somebody is in a transaction. */
  files(): Promise<Blob | null>
  close(): Promise<void>
}

/**
 * Starts one, empty or from the files of another.
 *
 * @param patience how long one who has the session may do nothing while others wait, in milliseconds
 */
export async function openPglite(create: CreatePglite, init: PgliteInit, patience = 10_000): Promise<PgliteDatabase> {
  const db = await create(init)
  const [[version = '', product = '', pid = ''] = []] = await first(db)
  const session = shareSession(db, patience)
  const password = randomBytes(12).toString('hex')
  const served = await serve(session, { password, version, pid: Number(pid) })
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${served.port}/postgres?sslmode=disable`,
    product: /^PostgreSQL .*?\)/.exec(product)?.[0] ?? product,
    files: () =>
      session.between(async (quiet) => {
        await quiet.execProtocolRaw(queryMessage('checkpoint'))
        return quiet.dumpDataDir('none')
      }),
    close: async () => {
      await served.close()
      // One that has ended does not end again.
      await session.between((quiet) => quiet.close()).catch(() => undefined)
    },
  }
}

async function first(db: Pglite): Promise<readonly (readonly string[])[]> {
  const answer = await db.execProtocolRaw(
    queryMessage("select current_setting('server_version'), version(), pg_backend_pid()"),
  )
  return rowsOf(framesOf(Buffer.from(answer)))
}
