import { createHash } from 'node:crypto'
import type { CaptureDialect, LeftOut, Origin, ReadStatement, Sent, Sink } from '../../dialects/capture.ts'
import type { ListedStatement } from '../statement-list.ts'

/** What decides what of the traffic is kept. */
export interface RecorderOptions {
  /** Values are kept, some lists of them a statement. */
  readonly samples: boolean
  /** Columns of which no value may be kept. */
  readonly redact: readonly string[]
}

/** What was recorded. */
export interface Recorded {
  /** In the order of their ids, which are the same in every run. */
  readonly statements: readonly ListedStatement[]
  /** Statements that are of no use to a check, by what people call them. */
  readonly leftOut: ReadonlyMap<string, number>
  /** How many could not be read, or hold values that cannot be taken out, by what people call them. */
  readonly withheld: ReadonlyMap<string, number>
  /** How many the server could not parse, each time that they were sent. */
  readonly refused: ReadonlyMap<string, number>
  readonly missed: readonly string[]
  /** Anything at all came by. */
  readonly any: boolean
}

/** Takes what clients send. */
export interface Recorder extends Sink {
  /** The list; `names` are words for types that the protocol gave as numbers. */
  readonly finish: (names: ReadonlyMap<string, string>) => Recorded
  /** All types that occur. */
  readonly types: () => readonly string[]
}

interface Raw {
  readonly sent: Sent
  kept: boolean
  source: string | undefined
  /** How often it was sent and not refused. */
  taken: number
  /** What became of it, once it is read. */
  entries: readonly Entry[]
  readonly values: (readonly unknown[])[]
}

interface Entry {
  readonly read: ReadStatement
  types: readonly (string | null)[]
  kept: boolean
  /** Some execution told types. */
  typed: boolean
  source: string | undefined
  /** How often one of its texts was sent and not refused. */
  taken: number
  readonly samples: Map<string, readonly unknown[]>
}

/** So many lists of values a statement. */
const mostSamples = 5
/** A list that is longer as JSON says nothing more. */
const longestSample = 4000
/** So many texts wait to be read: an app whose values are in its texts says a new one each time. */
const mostWaiting = 500

/** Puts together what is the same. Texts are read when there are many, or in the end, not while an app waits. */
export function createRecorder(dialect: CaptureDialect, { samples, redact }: RecorderOptions): Recorder {
  let waiting = new Map<string, Raw>()
  const entries = new Map<string, Entry>()
  const leftOut = new Map<string, number>()
  const withheld = new Map<string, number>()
  const refused = new Map<string, number>()
  const missed = new Set<string>()
  let any = false

  const add = (read: ReadStatement, { sent, kept, values, source, taken }: Raw): Entry => {
    const types = read.parameters.map((origin) =>
      'bound' in origin ? (sent.types[origin.bound] ?? null) : origin.type,
    )
    const key = JSON.stringify(dialect.typesOfValues ? [read.sql] : [read.sql, types])
    const entry = entries.get(key) ?? { read, types, kept: false, typed: false, source, taken: 0, samples: new Map() }
    entries.set(key, entry)
    entry.source = firstOf(entry.source, source)
    if (dialect.typesOfValues) merge(entry, types)
    entry.kept ||= kept || read.kept === true
    entry.taken += taken
    if (!samples || read.kept || types.length === 0) return entry
    if (redact.some((column) => dialect.mentions(read.sql, column))) return entry
    const bound = read.parameters.some((origin) => 'bound' in origin)
    for (const list of bound ? values : [[]]) {
      const sample = read.parameters.map((origin) => sampleValue(origin, list))
      const text = JSON.stringify(sample)
      if (entry.samples.size < mostSamples && text.length <= longestSample) entry.samples.set(text, sample)
    }
    return entry
  }
  const readWaiting = (): void => {
    const now = waiting
    waiting = new Map()
    for (const raw of now.values()) {
      const entries: Entry[] = []
      for (const read of dialect.read(raw.sent.sql, raw.sent.types.length, raw.sent.mode)) {
        if (raw.taken === 0) count(refused, wordsOf(read).toLowerCase())
        else if (read.kind === 'left out') count(read.why === 'unreadable' ? withheld : leftOut, read.what)
        else if (read.raw && !samples) count(withheld, wordsOf(read))
        else entries.push(add(read, raw))
      }
      raw.entries = entries
    }
  }
  return {
    wantsValues: samples,
    missed: (what) => void missed.add(what),
    sent: (sent) => {
      any = true
      const key = JSON.stringify([sent.sql, sent.types, sent.mode])
      const raw = waiting.get(key) ?? { sent, kept: false, source: sent.source, taken: 0, entries: [], values: [] }
      waiting.set(key, raw)
      raw.kept ||= sent.kept
      raw.taken++
      raw.source = firstOf(raw.source, sent.source)
      if (sent.values !== null && raw.values.length < mostSamples) raw.values.push(sent.values)
      if (waiting.size >= mostWaiting) readWaiting()
      // The answer may come when the text is read already.
      const refusedNow = (): void => {
        raw.taken--
        for (const entry of raw.entries) entry.taken--
      }
      return { refused: refusedNow }
    },
    types: () => {
      readWaiting()
      return [...new Set([...entries.values()].flatMap(({ types }) => types))].filter((type) => type !== null)
    },
    finish: (names) => {
      readWaiting()
      const all = [...entries.values()]
      const inAll = new Map(refused)
      for (const { read, taken } of all) if (taken === 0) count(inAll, wordsOf(read))
      const statements = listed(
        all.filter(({ taken }) => taken > 0),
        names,
      )
      return { statements, leftOut, withheld, refused: inAll, missed: [...missed].sort(), any }
    },
  }
}

/** A type that is told differently each time is that of a value. */
function merge(entry: Entry, types: readonly (string | null)[]): void {
  if (types.every((type) => type === null)) return
  entry.types = entry.typed ? entry.types.map((type, at) => (type === types[at] ? type : null)) : types
  entry.typed = true
}

/** Of several places one that is the same in every run. */
function firstOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one.localeCompare(other, 'en', { numeric: true }) <= 0 ? one : other
}

const wordsOf = (read: ReadStatement | LeftOut): string =>
  read.kind === 'statement' ? read.words.join(' ') : read.what

const count = (counts: Map<string, number>, what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)

const sampleValue = (origin: Origin, values: readonly unknown[]): unknown =>
  'bound' in origin ? (values[origin.bound] ?? null) : origin.literal

function listed(entries: readonly Entry[], names: ReadonlyMap<string, string>): readonly ListedStatement[] {
  const statements = entries.map(({ read, types, kept, source, samples }): ListedStatement => {
    const params = types.map((type) =>
      type === null ? 'unknown' : (names.get(type) ?? (type.startsWith('#') ? 'unknown' : type)),
    )
    const hash = createHash('sha256')
      .update(JSON.stringify([read.sql, params]))
      .digest('hex')
      .slice(0, 10)
    return {
      id: [...read.words.map(asWord).filter((word) => word !== ''), hash].join('-'),
      sql: read.sql,
      ...(params.every((type) => type === 'unknown') ? {} : { params }),
      ...(samples.size === 0 ? {} : { samples: [...samples.values()] }),
      ...(source === undefined ? {} : { source }),
      ...(kept ? {} : { prepared: false }),
    }
  })
  // Two numbers of types may have come to one word.
  const byId = new Map<string, ListedStatement>()
  for (const statement of statements) {
    const known = byId.get(statement.id)
    if (known === undefined || known.prepared === false) byId.set(statement.id, statement)
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

const asWord = (word: string): string =>
  word
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
