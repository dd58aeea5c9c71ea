import type { Sink, Told } from '../../capture.ts'
import { createFramer, type Fields, type Frame, fieldsOf } from './frames.ts'
import { type ErrorFields, isRefused } from './refusal.ts'
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
  readonly parse: Parse
}

/** A text that the server has to parse: what was told of it until it has. */
interface Parse {
  told: Told[] | null
}

/** What the server still owes an answer for: a text that it has to parse, a description, the end of a batch. */
type Owed =
  | { readonly kind: 'text'; readonly parse: Parse }
  | { readonly kind: 'description'; readonly prepared: Prepared }
  | { readonly kind: 'end' }

/** Follows what a client sends after its startup, and what the server says of types. */
export interface Follower {
  readonly fromClient: (chunk: Buffer) => void
  readonly fromServer: (chunk: Buffer) => void
}

/** Tells the sink each statement of a connection: of Query, of Parse, and of each Bind that has something new to tell. */
export function follow(sink: Sink): Follower {
  const statements = new Map<string, Prepared>()
  let owed: Owed[] = []
  let batch = 0

  const tell = ({ sql, oids, parse }: Prepared, values: readonly unknown[] | null, kept: boolean): void => {
    const told = sink.sent({ sql, types: oids.map(wordOf), values, kept })
    parse.told?.push(told)
  }

  const handlers: Readonly<Record<string, (fields: Fields) => void>> = {
    Q: (fields) => {
      const told = sink.sent({ sql: fields.text(), types: [], values: null, kept: false })
      owed.push({ kind: 'text', parse: { told: [told] } }, { kind: 'end' })
    },
    P: (fields) => {
      const name = fields.text()
      const sql = fields.text()
      const oids = Array.from({ length: fields.int16() }, () => fields.int32() >>> 0)
      const prepared: Prepared = { sql, oids, boundIn: 0, lastBatch: -1, described: [], parse: { told: [] } }
      statements.set(name, prepared)
      tell(prepared, null, name !== '')
      owed.push({ kind: 'text', parse: prepared.parse })
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
      if (prepared !== undefined) owed.push({ kind: 'description', prepared })
    },
    S: () => {
      batch++
      owed.push({ kind: 'end' })
    },
    F: () => sink.missed('calls of functions by number (large objects)'),
  }
  const ofServer: Readonly<Record<string, (fields: Fields) => void>> = {
    // Parsed.
    1: () => {
      const [first] = owed
      if (first?.kind !== 'text') return
      owed.shift()
      first.parse.told = null
    },
    t: (fields) => {
      const [first] = owed
      if (first?.kind !== 'description') return
      owed.shift()
      first.prepared.described = Array.from({ length: fields.int16() }, () => fields.int32() >>> 0)
    },
    E: (fields) => {
      const [first] = owed
      if (first?.kind !== 'text' || !isRefused(errorFields(fields))) return
      for (const { refused } of first.parse.told ?? []) refused()
      first.parse.told = null
    },
    // After an error the rest of a batch goes unanswered.
    Z: () => {
      const end = owed.findIndex(({ kind }) => kind === 'end')
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
    if (type === 'Q') owed.push({ kind: 'end' })
  }
  return {
    fromClient: createFramer('QPBDSF', by(handlers), tooLong),
    fromServer: createFramer('1tEZ', by(ofServer), () => undefined),
  }
}

/** ErrorResponse: pairs of a letter and a text, and a zero in the end. */
function errorFields(fields: Fields): ErrorFields {
  const found: Record<string, string> = {}
  for (;;) {
    const [letter = 0] = fields.bytes(1)
    if (letter === 0) return found
    found[String.fromCharCode(letter)] = fields.text()
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
