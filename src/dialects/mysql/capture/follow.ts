import type { Sink, Told } from '../../capture.ts'
import { type Lexing, lex } from '../lexer.ts'
import { lexingFor, modeOf } from './mode.ts'
import { createFramer, type Parts, partsOf } from './packets.ts'
import { isRefused } from './refusal.ts'
import { type BoundType, readValue, unreadable, wordOf } from './values.ts'

const [resetConnection, changeUser, initDb] = [0x1f, 0x11, 0x02]
const [query, prepare, execute, longData, close, bulk] = [0x03, 0x16, 0x17, 0x18, 0x19, 0xfa]
const wanted = new Set([query, prepare, execute, longData, close, bulk, resetConnection, changeUser, initDb])
const dump = new Set([0x12, 0x1e])
/** MariaDB: the statement that was prepared last. */
const last = 0xffffffff

/** A text that the server has to parse. */
interface Asked {
  readonly sql: string
  readonly mode: string
  readonly told: Told
}

interface Prepared {
  readonly sql: string
  readonly mode: string
  readonly parameters: number
  types: readonly BoundType[]
  /** Of these the value came before, in pieces. */
  readonly long: Set<number>
}

/** Follows what a client sends after its login, and the numbers that the server gives to statements. */
export interface Follower {
  readonly fromClient: (chunk: Buffer) => void
  readonly fromServer: (chunk: Buffer) => void
}

/** Tells the sink each statement of a connection. `attributes`: queries have attributes (CLIENT_QUERY_ATTRIBUTES). */
export function follow(sink: Sink, attributes: boolean, serverMode: string): Follower {
  const statements = new Map<number, Prepared>()
  // Statements whose number is still to come; with pipelining there may be several.
  const awaiting: (Prepared & Asked)[] = []
  let newest: Prepared | undefined
  let mode = serverMode
  // The next packet of the server is the first word of an answer to a query.
  let fresh: Asked | null = null
  // The query that the packet at hand is the error of.
  let failed: Asked | null = null
  let sendsFile = false

  const asked = (sql: string): Asked => {
    mode = modeOf(sql, mode)
    return { sql, mode, told: sink.sent({ sql, types: [], values: null, kept: false, mode }) }
  }
  const answered = ({ sql, mode: read, told }: Asked, error: Buffer): void => {
    if (isRefused(error.readUInt16LE(1), sql, read)) told.refused()
  }
  const bound = (prepared: Prepared, values: readonly unknown[] | null): void => {
    sink.sent({
      sql: prepared.sql,
      types: Array.from({ length: prepared.parameters }, (_, at) => {
        const type = prepared.types[at]
        return type === undefined ? null : wordOf(type)
      }),
      values: values === null || values.includes(unreadable) ? null : values,
      kept: true,
      mode: prepared.mode,
    })
  }

  const commands: Readonly<Record<number, (payload: Buffer) => void>> = {
    [query]: (payload) => {
      const parts = partsOf(payload, 1)
      if (attributes) skipAttributes(parts)
      fresh = asked(parts.rest().toString('utf8'))
    },
    [prepare]: (payload) => {
      const sql = payload.toString('utf8', 1)
      const parameters = marks(sql, lexingFor(mode))
      const types = Array.from({ length: parameters }, () => null)
      const told = sink.sent({ sql, types, values: null, kept: true, mode })
      const prepared = { sql, mode, parameters, types: [], long: new Set<number>(), told }
      newest = prepared
      awaiting.push(prepared)
    },
    [execute]: (payload) => {
      const prepared = statementOf(payload.readUInt32LE(1))
      if (prepared === undefined) return
      bound(prepared, executed(payload, prepared, attributes))
      prepared.long.clear()
    },
    [bulk]: (payload) => {
      const prepared = statementOf(payload.readUInt32LE(1))
      if (prepared === undefined) return
      for (const values of manyOf(payload, prepared)) bound(prepared, values)
    },
    [longData]: (payload) => void statementOf(payload.readUInt32LE(1))?.long.add(payload.readUInt16LE(5)),
    [close]: (payload) => void statements.delete(payload.readUInt32LE(1)),
    [resetConnection]: () => {
      statements.clear()
      mode = serverMode
    },
    [changeUser]: () => {
      statements.clear()
      mode = serverMode
    },
  }
  const statementOf = (id: number): Prepared | undefined => {
    const found = id === last ? newest : statements.get(id)
    if (found === undefined) sink.missed('values of statements whose number did not come by')
    return found
  }
  return {
    fromClient: createFramer(
      (sequence, length, first) => {
        if (sendsFile) {
          // An empty packet ends a file, whose packets are counted on beyond 255 to 0 again.
          if (length === 0) sendsFile = false
          return false
        }
        // A command begins an exchange; what has a higher number goes on with one: a login, a file.
        if (sequence !== 0 || first === undefined) return false
        if (dump.has(first)) sink.missed('connections for replication')
        return wanted.has(first)
      },
      ({ payload }) => commands[payload[0] ?? 0]?.(payload),
      () => sink.missed('statements of more than 64 MB'),
    ),
    fromServer: createFramer(
      (sequence, length, first) => {
        if (fresh !== null && sequence === 1 && first === 0xfb) sendsFile = true
        failed = sequence === 1 && first === 0xff ? fresh : null
        fresh = null
        if (failed !== null) return true
        return awaiting.length > 0 && sequence === 1 && ((first === 0 && length === 12) || first === 0xff)
      },
      ({ payload }) => {
        if (failed !== null) return answered(failed, payload)
        const prepared = awaiting.shift()
        if (prepared === undefined) return
        if (payload[0] === 0) statements.set(payload.readUInt32LE(1), prepared)
        else answered(prepared, payload)
      },
      () => undefined,
    ),
  }
}

const marks = (sql: string, lexing: Lexing): number =>
  lex(sql, lexing).filter(({ kind, text }) => kind === 'mark' && text === '?').length

/** Attributes stand before the text: their types, names and values. */
function skipAttributes(parts: Parts): void {
  const count = parts.count()
  parts.count()
  if (count === 0) return
  const nulls = parts.bytes((count + 7) >> 3)
  if (parts.int(1) !== 1) throw new RangeError('attributes without types')
  const types = typesOf(parts, count, true)
  for (const [at, type] of types.entries()) if (!isNull(nulls, at)) readValue(parts, type)
}

function typesOf(parts: Parts, count: number, named: boolean): readonly BoundType[] {
  return Array.from({ length: count }, () => {
    const [type, flags] = [parts.int(1), parts.int(1)]
    if (named) parts.sized()
    return { type, unsigned: (flags & 0x80) !== 0 }
  })
}

const isNull = (nulls: Buffer, at: number): boolean => (((nulls[at >> 3] ?? 0) >> (at & 7)) & 1) === 1

/** The values of one execution; null where one of them came in pieces. */
function executed(payload: Buffer, prepared: Prepared, attributes: boolean): readonly unknown[] | null {
  const parts = partsOf(payload, 5)
  const flags = parts.int(1)
  parts.int(4)
  // With attributes the packet says how many there are, those of the query included (PARAMETER_COUNT_AVAILABLE).
  const counted = attributes && (prepared.parameters > 0 || (flags & 8) !== 0)
  const count = counted ? parts.count() : prepared.parameters
  if (count === 0) return []
  const nulls = parts.bytes((count + 7) >> 3)
  if (parts.int(1) === 1) prepared.types = typesOf(parts, count, attributes)
  const values = Array.from({ length: prepared.parameters }, (_, at): unknown => {
    if (isNull(nulls, at)) return null
    if (prepared.long.has(at)) return unreadable
    const type = prepared.types[at]
    if (type === undefined) throw new RangeError('a value without a type')
    return readValue(parts, type)
  })
  return values
}

/** COM_STMT_BULK_EXECUTE of MariaDB: a row of values after the other, each behind a byte that says whether there is one. */
function* manyOf(payload: Buffer, prepared: Prepared): Generator<readonly unknown[]> {
  const parts = partsOf(payload, 5)
  if ((parts.int(2) & 128) !== 0) prepared.types = typesOf(parts, prepared.parameters, false)
  while (parts.rest().length > 0 && prepared.types.length > 0) {
    yield prepared.types.map((type) => {
      const indicator = parts.int(1)
      if (indicator === 0) return readValue(parts, type)
      return indicator === 1 ? null : unreadable
    })
  }
}
