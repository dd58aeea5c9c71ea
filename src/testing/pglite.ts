import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { pgliteOf } from '../dialects/open.ts'
import { refused } from '../errors.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import { cleanup } from './cleanup.ts'
import type { Databases, MadeDatabase } from './databases.ts'
import type { PgliteSource, ServerSource } from './options.ts'

/** Whether the tests run in this process. */
export const isPglite = (source: ServerSource): source is PgliteSource =>
  typeof source === 'object' && source !== null && 'pglite' in source

const limits: readonly string[] = [
  'One session serves all connections by turns: while one is in a transaction, or has a temporary table or function, an advisory lock, LISTEN, PREPARE or a cursor WITH HOLD, the others wait, 10 s at most. Neither waits for locks, nor deadlocks, nor serialization failures, nor what versions do at the very same time can be seen.',
  'lock_timeout, statement_timeout, cancelling and pg_terminate_backend end nothing.',
  'pg_stat_activity shows one session: whom a gate would find connected is not found.',
  'It is PostgreSQL 18 without TLS, replicas, other databases or passwords of roles; extensions are those that are given.',
]

/** How often and how long it is waited for who is still in a transaction. */
const patience = [0, 100, 400, 1500]

/** The files of an empty database, which take longer to make than to read. */
let empty: Promise<Blob> | null = null
let told = false

/**
 * Databases of PGlite: each is one of its own, with an address of its own.
 *
 * @throws BellowsError exit 3 where PGlite is not installed
 */
export async function openPgliteDatabases(
  { extensions }: PgliteSource,
  signal: AbortSignal | undefined,
): Promise<Databases> {
  const { loadPglite, openPglite } = await pgliteOf()
  const create = await loadPglite()
  tellOnce()
  const files = new Map<string, () => Promise<Blob | null>>()
  const clean = cleanup()
  const open = async (init: { readonly loadDataDir?: Blob }): Promise<MadeDatabase> => {
    throwIfAborted(signal ?? null)
    const name = `pglite_${randomBytes(6).toString('hex')}`
    const database = await openPglite(create, { ...init, ...(extensions && { extensions }) })
    files.set(name, database.files)
    const drop = async (): Promise<void> => {
      if (files.delete(name)) await database.close()
    }
    clean.later(drop)
    return { name, url: database.url, dialect: 'postgres', drop }
  }
  return {
    make: async () => {
      if (empty !== null) return open({ loadDataDir: await empty })
      const first = open({})
      empty = first.then(async ({ name }) => (await files.get(name)?.()) ?? Promise.reject(inUse()))
      empty.catch(() => {
        empty = null
      })
      await empty
      return first
    },
    copy: async ({ name }) => {
      for (const pause of patience) {
        await sleep(pause)
        const found = await files.get(name)?.()
        if (found) return open({ loadDataDir: found })
      }
      throw inUse()
    },
    limits,
    close: clean.run,
  }
}

const inUse = (): Error =>
  refused('testing.in-use', 'a database of the tests cannot be copied: somebody is in a transaction in it', {
    hint: 'Let `seed` and `fill` close the connections that they open.',
  })

/** Once in a process, to whoever reads the output of the tests. */
function tellOnce(): void {
  if (told) return
  told = true
  process.emitWarning(
    `the tests of migrations run on PGlite, which does not show all that a server does. ${limits.join(' ')}`,
    {
      code: 'BELLOWS_PGLITE',
      detail: 'docs/testing.md says more. Run them on the server of production too.',
    },
  )
}
