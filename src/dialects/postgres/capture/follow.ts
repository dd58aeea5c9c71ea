import type { Sink } from '../../capture.ts'
import { createFramer, type Fields, type Frame, fieldsOf } from './frames.ts'
import { wordOf } from './types.ts'
import { readValue, unreadable } from './values.ts'

interface Prepared {
  readonly sql: string
  readonly oids: readonly number[]
  /** In how many batches it was bound. */
  boundIn: number
  lastBatch: number
  /** What the server said of the parameters. */
  described: readonly number[]
}

/** Follows what a client sends after its startup, and what the server says of types. */
export interface Follower {
  readonly fromClient: (chunk: Buffer) => void
  readonly fromServer: (chunk: Buffer) => void
}

/** Tells the sink each statement of a connection: of Query, of Parse, and of each Bind that has something new to tell. */
export function follow(sink: Sink): Follower {
  const statements = new Map<string, Prepared>()
  // What the server still owes an answer for: descriptions, and the ends of batches (null).
  let owed: (Prepared | null)[] = []
  let batch = 0

  const tell = ({ sql, oids }: Prepared, values: readonly unknown[] | null, kept: boolean): void =>
    sink.sent({ sql, types: oids.map(wordOf), values, kept })

  const handlers: Readonly<Record<string, (fields: Fields) => void>> = {
    Q: (fields) => {
      owed.push(null)
      sink.sent({ sql: fields.text(), types: [], values: null, kept: false })
    },
    P: (fields) => {
      const name = fields.text()
      const sql = fields.text()
      const oids = Array.from({ length: fields.int16() }, () => fields.int32() >>> 0)
      const prepared = { sql, oids, boundIn: 0, lastBatch: -1, described: [] }
      statements.set(name, prepared)
      tell(prepared, null, name !== '')
    },
    B: (fields) => {
      fields.text()
      const name = fields.text()
      const prepared = statements.get(name)
      if (prepared === undefined) return
      if (prepared.lastBatch !== batch) prepared.boundIn++
      prepared.lastBatch = batch
      // One that has no name is kept where it is bound in one batch after the other, and not only described in one of its own.
      const kept = name !== '' || prepared.boundIn > 1
      const values = sink.wantsValues ? valuesOf(fields, prepared) : null
      if (values !== null || kept) tell(prepared, values, kept)
    },
    D: (fields) => {
      if (String.fromCharCode(fields.bytes(1)[0] ?? 0) !== 'S') return
      const prepared = statements.get(fields.text())
      if (prepared !== undefined) owed.push(prepared)
    },
    S: () => {
      batch++
      owed.push(null)
    },
    F: () => sink.missed('calls of functions by number (large objects)'),
  }
  const ofServer: Readonly<Record<string, (fields: Fields) => void>> = {
    t: (fields) => {
      const [first] = owed
      if (first === null || first === undefined) return
      owed.shift()
      first.described = Array.from({ length: fields.int16() }, () => fields.int32() >>> 0)
    },
    // After an error the rest of a batch goes unanswered.
    Z: () => {
      const end = owed.indexOf(null)
      if (end >= 0) owed = owed.slice(end + 1)
    },
  }
  const by =
    (table: typeof handlers) =>
    ({ type, body }: Frame): void =>
      table[type]?.(fieldsOf(body))
  const tooLong = (type: string): void => {
    if ('QP'.includes(type)) sink.missed('statements of more than 64 MB')
    if (type === 'P') statements.clear()
    if (type === 'Q') owed.push(null)
  }
  return {
    fromClient: createFramer('QPBDSF', by(handlers), tooLong),
    fromServer: createFramer('tZ', by(ofServer), () => undefined),
  }
}

/** The values of a Bind; null where one of them cannot be read. */
function valuesOf(fields: Fields, { oids, described }: Prepared): readonly unknown[] | null {
  const formats = Array.from({ length: fields.int16() }, () => fields.int16())
  const values = Array.from({ length: fields.int16() }, (_, at) => {
    const length = fields.int32()
    if (length < 0) return null
    const isBinary = (formats.length === 1 ? formats[0] : formats[at]) === 1
    return readValue(fields.bytes(length), isBinary, oids[at] || described[at] || 0)
  })
  return values.includes(unreadable) ? null : values
}
