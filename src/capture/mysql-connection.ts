import { boundType, boundValue } from '../dialects/mysql/capture/bound.ts'
import { modeOf } from '../dialects/mysql/capture/mode.ts'
import { isRefused } from '../dialects/mysql/capture/refusal.ts'
import { unreadable } from '../dialects/mysql/capture/values.ts'
import { onError, replace } from './replace.ts'
import type { Tap } from './tap.ts'

/** A pool or a connection of mysql2, as far as recording goes. */
export interface MysqlQueryable {
  readonly query: (...args: never[]) => unknown
  readonly execute: (...args: never[]) => unknown
}

/** Where a pool was called, by what it hands to a connection later. */
export type Sites = WeakMap<object, Place>

/** A call, and what it turned out to send. */
export interface Place {
  readonly source: string | undefined
  /** The server could not parse what is sent. */
  refused?: (errno: unknown) => void
}

interface Connection extends MysqlQueryable {
  readonly prepare?: (...args: never[]) => unknown
  readonly config?: { readonly timezone?: unknown }
}

/** What the driver makes of a call: the text that is sent, and its values. */
interface Command {
  readonly sql?: unknown
  readonly values?: unknown
}

interface Statement {
  readonly query?: unknown
  readonly execute: () => unknown
}

type Tell = (sql: unknown, values: unknown, isPrepared: boolean, place: Place) => void

/** Records what a connection with callbacks sends; the one with promises calls it, and a pool as well. */
export function ofConnection(connection: Connection, tap: Tap, sites: Sites): void {
  if (!tap.isNew(connection)) return
  const tell = teller(connection, tap)
  const sending = (name: 'query' | 'execute'): void =>
    replace(
      connection,
      name,
      (send) =>
        function (this: unknown, ...args) {
          const place = placeOf(args[0], tap, sites)
          const command = send.apply(this, onError(args, refusing(place, tap))) as Command | undefined
          // By now a query has its values in its text, and an execution its named placeholders replaced.
          tap.quietly(() => tell(command?.sql, command?.values, name === 'execute', place))
          return command
        },
    )
  sending('query')
  sending('execute')
  if (typeof connection.prepare !== 'function') return
  replace(
    connection as Required<Connection>,
    'prepare',
    (prepare) =>
      function (this: unknown, ...args) {
        const place = placeOf(args[0], tap, sites)
        const [asked] = args as readonly (string | Command | undefined)[]
        tap.quietly(() => tell(typeof asked === 'string' ? asked : asked?.sql, null, true, place))
        const watched = onError(args, refusing(place, tap), ([, statement]) =>
          tap.quietly(() => ofStatement(statement as Statement | undefined, tap, tell)),
        )
        return prepare.apply(this, watched)
      },
  )
}

/** What `prepare` gives; the connection has one for each text. */
function ofStatement(statement: Statement | undefined, tap: Tap, tell: Tell): void {
  if (typeof statement?.execute !== 'function' || !tap.isNew(statement)) return
  replace(
    statement,
    'execute',
    (execute) =>
      function (this: unknown, ...args) {
        const place = placeOf(undefined, tap, new WeakMap())
        tap.quietly(() => tell(statement.query, args[0], true, place))
        return execute.apply(this, args)
      },
  )
}

function teller(connection: Connection, tap: Tap): Tell {
  let mode = tap.mode
  return (sql, values, isPrepared, place) => {
    if (typeof sql !== 'string') return
    const bound = isPrepared && Array.isArray(values) ? values : []
    const read = mode
    const { refused } = tap.tell({
      sql,
      types: bound.map(boundType),
      values: tap.wantsValues && isPrepared ? readable(bound, connection.config?.timezone) : null,
      kept: isPrepared,
      mode: read,
      source: place.source,
    })
    place.refused = (errno) => (isRefused(errno, sql, read) ? refused() : undefined)
    if (!isPrepared) mode = modeOf(sql, mode)
  }
}

/** Tells the statement of a place that the server could not parse it. */
export const refusing =
  (place: Place, tap: Tap) =>
  (error: unknown): void =>
    tap.quietly(() => place.refused?.((error as { readonly errno?: unknown } | null)?.errno))

/** The place that a pool knows, or where we are. */
export function placeOf(first: unknown, tap: Tap, sites: Sites): Place {
  const known = typeof first === 'object' && first !== null ? sites.get(first) : undefined
  if (known !== undefined) return known
  let source: string | undefined
  tap.quietly(() => {
    source = tap.callSite()
  })
  return { source }
}

function readable(values: readonly unknown[], zone: unknown): readonly unknown[] | null {
  try {
    const found = values.map((value) => boundValue(value, zone))
    return found.includes(unreadable) ? null : found
  } catch {
    return null
  }
}
