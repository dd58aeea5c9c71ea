import { boundText } from '../dialects/postgres/capture/bound.ts'
import { unreadable } from '../dialects/postgres/capture/values.ts'
import { usageError } from '../errors.ts'
import { type Recorder, tapOf } from './recorder.ts'
import { listenFirst, replace } from './replace.ts'
import type { Tap } from './tap.ts'

/** A pool or a client of node-postgres, as far as recording goes. */
export interface PgQueryable {
  readonly query: (...args: never[]) => unknown
  readonly on: (event: never, listener: never) => unknown
}

/** What a query may be given as: a config, an object that submits itself (a cursor, a stream), or what holds one. */
interface Asked {
  readonly text?: unknown
  readonly values?: unknown
  readonly name?: unknown
  readonly cursor?: Asked
}

/**
 * Records what a pool or a client of node-postgres sends. It is the same object afterwards and behaves as before, with callbacks, promises,
 * cursors and streams, and named statements. Hand it over where it is made: what it sent before is not known.
 *
 * @throws BellowsError exit 2 for what is neither, or a recorder of another engine.
 *
 * @example
 * ```ts
 * const pool = recordPg(new pg.Pool({ connectionString: process.env.DATABASE_URL }), recorder)
 * ```
 */
export function recordPg<Target extends PgQueryable>(poolOrClient: Target, recorder: Recorder): Target {
  const tap = tapOf(recorder, 'postgres', 'recordPg')
  if (typeof poolOrClient?.query !== 'function' || typeof poolOrClient.on !== 'function') {
    throw usageError('capture.recorder', 'recordPg takes a Pool or a Client of pg')
  }
  if ('totalCount' in poolOrClient && 'idleCount' in poolOrClient) ofPool(poolOrClient, tap)
  else ofClient(poolOrClient, tap, new WeakMap())
  return poolOrClient
}

/** Where `pool.query` was called: the client gets the query later, from the pool. */
type Sites = WeakMap<object, string>

function ofPool(pool: PgQueryable, tap: Tap): void {
  if (!tap.isNew(pool)) return
  const sites: Sites = new WeakMap()
  const watch = (client: PgQueryable): void => tap.quietly(() => ofClient(client, tap, sites))
  // A new client is told of first; those that were there already, when they are taken.
  listenFirst(pool, 'connect', watch)
  listenFirst(pool, 'acquire', watch)
  replace(
    pool,
    'query',
    (query) =>
      function (this: unknown, first, ...rest) {
        // The same to pg as the text by itself.
        const asked = typeof first === 'string' ? { text: first } : first
        tap.quietly(() => {
          const site = tap.callSite()
          if (site !== undefined && typeof asked === 'object' && asked !== null) sites.set(asked, site)
        })
        return query.call(this, asked, ...rest)
      },
  )
}

function ofClient(client: PgQueryable, tap: Tap, sites: Sites): void {
  if (!tap.isNew(client)) return
  const named = new Map<string, string>()
  replace(
    client,
    'query',
    (query) =>
      function (this: unknown, ...args) {
        tap.quietly(() => tell(args, tap, sites, named))
        return query.apply(this, args)
      },
  )
}

function tell([first, second]: readonly unknown[], tap: Tap, sites: Sites, named: Map<string, string>): void {
  if (first === null || first === undefined) return
  const given: Asked = typeof first === 'string' ? { text: first } : (first as Asked)
  const asked = typeof given.text === 'string' || given.cursor === undefined ? given : given.cursor
  const name = typeof asked.name === 'string' && asked.name !== '' ? asked.name : undefined
  // A named statement may be called by its name alone afterwards.
  const sql = asked.text || named.get(name ?? '')
  if (sql === undefined && asked.text === '') return
  if (typeof sql !== 'string') {
    tap.missed('queries of a kind that does not tell its text')
    return
  }
  if (name !== undefined) named.set(name, sql)
  const values = second && typeof second !== 'function' ? second : asked.values
  const source = (typeof first === 'object' ? sites.get(first) : undefined) ?? tap.callSite()
  tap.tell({ sql, types: [], values: tap.wantsValues ? textsOf(values) : null, kept: name !== undefined, source })
}

/** The values as the driver sends them; null where there are none, or one of them cannot be told. */
export function textsOf(values: unknown): readonly unknown[] | null {
  if (!Array.isArray(values) || values.length === 0) return null
  try {
    const found = values.map(boundText)
    return found.includes(unreadable) ? null : found
  } catch {
    // What cannot be written as JSON the driver cannot send either; the statement is one all the same.
    return null
  }
}
