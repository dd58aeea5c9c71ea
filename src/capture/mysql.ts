import { usageError } from '../errors.ts'
import { type MysqlQueryable, ofConnection, type Place, placeOf, refusing, type Sites } from './mysql-connection.ts'
import { type Recorder, tapOf } from './recorder.ts'
import { listenFirst, onError, replace } from './replace.ts'
import type { Tap } from './tap.ts'

/**
 * Records what a pool or a connection of mysql2 sends, with callbacks or promises: `query`, `execute`, and what `prepare` gives.
 * It is the same object afterwards and behaves as before. Hand it over where it is made: what it sent before is not known.
 *
 * @throws BellowsError exit 2 for what is neither, or a recorder of another engine.
 *
 * @example
 * ```ts
 * const pool = recordMysql(mysql.createPool(process.env.DATABASE_URL), recorder)
 * ```
 */
export function recordMysql<Target extends MysqlQueryable>(poolOrConnection: Target, recorder: Recorder): Target {
  const tap = tapOf(recorder, 'mysql', 'recordMysql')
  const core = coreOf(poolOrConnection)
  // A cluster has pools of its own, which it does not tell of.
  if (typeof core?.query !== 'function' || typeof core.execute !== 'function' || 'of' in core || !('on' in core)) {
    throw usageError('capture.recorder', 'recordMysql takes a pool or a connection of mysql2')
  }
  if ('getConnection' in core) ofPool(core, tap)
  else ofConnection(core, tap, new WeakMap())
  return poolOrConnection
}

/** Behind the promises, which call it while they are called. */
function coreOf(target: MysqlQueryable): MysqlQueryable {
  const { pool, connection } = (target ?? {}) as {
    readonly pool?: MysqlQueryable
    readonly connection?: MysqlQueryable
  }
  return pool ?? connection ?? target
}

function ofPool(pool: MysqlQueryable, tap: Tap): void {
  if (!tap.isNew(pool)) return
  const sites: Sites = new WeakMap()
  const watch = (connection: MysqlQueryable): void => tap.quietly(() => ofConnection(connection, tap, sites))
  // A new connection is told of first; those that were there already, when they are taken.
  listenFirst(pool, 'connection', watch)
  listenFirst(pool, 'acquire', watch)
  const keep = (what: unknown, place: Place): void => {
    if (typeof what === 'object' && what !== null) sites.set(what, place)
  }
  replace(
    pool,
    'query',
    (query) =>
      function (this: unknown, ...args) {
        const place = placeOf(undefined, tap, sites)
        // What the pool returns is what the connection gets.
        const command = query.apply(this, onError(args, refusing(place, tap)))
        keep(command, place)
        return command
      },
  )
  replace(
    pool,
    'execute',
    (execute) =>
      function (this: unknown, first, ...rest) {
        const place = placeOf(undefined, tap, sites)
        // An object is the same to mysql2 as the text by itself; one of the app's own may be in use elsewhere.
        const asked = typeof first === 'string' ? { sql: first } : first
        keep(asked, place)
        return execute.call(this, asked, ...onError(rest, refusing(place, tap)))
      },
  )
}
