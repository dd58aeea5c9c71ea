import { randomBytes } from 'node:crypto'
import type { Session } from '../dialects/dialect.ts'
import { dialectNamed, testDatabasesOf } from '../dialects/open.ts'
import { internal, isBellowsError, refused } from '../errors.ts'
import type { DialectName } from '../planner/catalog.ts'
import { cleanup, orUndo } from './cleanup.ts'
import { connectOptions } from './connect.ts'
import { dropDatabase } from './drop-database.ts'
import { startJanitor } from './janitor.ts'
import type { StatesOptions, TestDatabase } from './options.ts'
import { isPglite, openPgliteDatabases } from './pglite.ts'
import { openServer } from './server.ts'

/** A database of the kit's, until it is dropped. */
export interface MadeDatabase extends TestDatabase {
  readonly name: string
  drop(): Promise<void>
}

/** Makes databases on one server. */
export interface Databases {
  /** An empty one. */
  make(): Promise<MadeDatabase>
  /** A copy of one that nobody is connected to; null where the engine makes none. */
  readonly copy: ((original: MadeDatabase) => Promise<MadeDatabase>) | null
  /** What cannot be shown on it that the server of production does; a sentence each. */
  readonly limits: readonly string[]
  /** Drops what is left, and stops the server if it was started for this. */
  close(): Promise<void>
}

const prefix = 'bellows_kit_'

/**
 * Opens the server that was asked for.
 *
 * @throws BellowsError exit 2 for what is no server, 3 where there is none, 75 when it cannot be reached
 */
export async function openDatabases({
  database,
  signal,
  migrator,
}: Pick<StatesOptions, 'database' | 'signal' | 'migrator'>): Promise<Databases> {
  if (isPglite(database)) return openPgliteDatabases(database, signal)
  const clean = cleanup()
  const server = await openServer(database, signal, migrator?.connectTimeout)
  clean.later(() => server.stop())
  // With a server of ours goes all that is on it.
  const janitor = server.started ? null : startJanitor()
  clean.later(async () => janitor?.close())
  const { url, dialect } = server
  const engine = await testDatabasesOf(dialect)
  const left = new Map<string, () => Promise<void>>()
  clean.later(async () => {
    for (const drop of [...left.values()]) await drop()
  })
  const make = async (create: (session: Session, name: string) => Promise<void>): Promise<MadeDatabase> => {
    const name = `${prefix}${randomBytes(6).toString('hex')}`
    const place = { name, url: engine.serverUrl(url), dialect }
    const drop = async (): Promise<void> => {
      if (!left.delete(name)) return
      await dropDatabase(place)
      janitor?.forget(name)
    }
    janitor?.watch(place)
    left.set(name, drop)
    return orUndo(async (undo) => {
      undo.later(drop)
      await onServer(place.url, dialect, (session) => create(session, name), engine.grantHint(prefix))
      const made = engine.withDatabase(url, name)
      await refuseOther(made, dialect, name)
      return { name, url: made, dialect, drop }
    })
  }
  const { copy } = engine
  return {
    make: () => make((session, name) => engine.create(session, name, url)),
    copy: copy === null ? null : (original) => make((session, name) => copy(session, name, original.name)),
    limits: [],
    close: clean.run,
  }
}

async function onServer(
  url: string,
  dialect: DialectName,
  body: (session: Session) => Promise<void>,
  hint: string,
): Promise<void> {
  const session = await (await dialectNamed(dialect)).connect(connectOptions(url))
  try {
    await body(session)
  } catch (error) {
    if (!isBellowsError(error) || error.code !== 'database.privilege') throw error
    throw refused('testing.no-createdb', `a database for the tests cannot be made: ${error.message}`, {
      cause: error,
      hint,
    })
  } finally {
    await session.close()
  }
}

/** What the URL says may lead elsewhere after all: nothing is done in a database that is not the one we made. */
async function refuseOther(url: string, dialect: DialectName, name: string): Promise<void> {
  const engine = await dialectNamed(dialect)
  const session = await engine.connect(connectOptions(url))
  try {
    const { rows } = await session.query<{ database: string }>(engine.sessions.whereAmI)
    if (rows[0]?.database === name) return
    throw internal('testing.database', 'the URL leads to another database than the one that was made for the tests')
  } finally {
    await session.close()
  }
}
