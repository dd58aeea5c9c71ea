import { extname, resolve } from 'node:path'
import {
  type Recorder as Collector,
  createRecorder as createCollector,
  type Recorded,
} from '../compat/capture/recorder.ts'
import { writeList } from '../compat/capture/write-list.ts'
import type { StatementList } from '../compat/statement-list.ts'
import { captureNamed } from '../dialects/open.ts'
import { usageError } from '../errors.ts'
import type { DialectName } from '../planner/catalog.ts'
import { createTap, type Tap } from './tap.ts'

/** What {@link createRecorder} takes. */
export interface RecorderOptions {
  readonly app: string
  readonly version: string
  readonly dialect: DialectName
  /** The file (`.json`) that {@link Recorder.write} writes, readable by its owner only. */
  readonly out?: string
  /** Takes the list instead of a file, or beside it. */
  readonly onList?: (list: StatementList) => void | Promise<void>
  /** Values are kept too, up to five lists a statement: then the list holds data. */
  readonly samples?: boolean
  /** No values are kept of a statement that names one of these columns. */
  readonly redact?: readonly string[]
  /** MySQL and MariaDB: the server's `sql_mode`, where it has `ANSI_QUOTES` or `NO_BACKSLASH_ESCAPES`; what a `SET` says is seen. */
  readonly sqlMode?: string
}

/** Records what an app sends, in its own process. Nothing that it does reaches the app: no error, no output, no statement. */
export interface Recorder {
  /** What was recorded until now. */
  readonly list: () => Promise<StatementList>
  /**
   * Writes the list, or hands it over; each time all of it.
   *
   * @throws BellowsError exit 2 when nothing was recorded, or the file cannot be written.
   */
  readonly write: () => Promise<RecorderResult>
}

/** What came of {@link Recorder.write}. */
export interface RecorderResult {
  readonly app: string
  readonly version: string
  /** How many statements the list has. */
  readonly statements: number
  /** What a check has no use for, and how many texts of it: session settings, transaction control, definitions. */
  readonly leftOut: Readonly<Record<string, number>>
  /** What is missing in the list, because its values cannot be taken out of its text, or it cannot be read. */
  readonly withheld: Readonly<Record<string, number>>
  /** What the server could not parse, each time that it was sent; node-postgres does not tell, there it is `withheld`. */
  readonly refused: Readonly<Record<string, number>>
  /** What else passed unrecorded. */
  readonly missed: readonly string[]
}

const taps = new WeakMap<Recorder, Tap>()

/**
 * A recorder for one version of an app: hand it to {@link recordPg}, and have the list written in the end.
 *
 * @throws BellowsError exit 2 when an option cannot be used.
 *
 * @example
 * ```ts
 * const recorder = createRecorder({ app: 'shop', version: 'v1', dialect: 'postgres', out: 'statements/v1.json' })
 * const pool = recordPg(new pg.Pool(), recorder)
 * // ... the tests ...
 * await recorder.write()
 * ```
 */
export function createRecorder(options: RecorderOptions): Recorder {
  const { app, version, dialect, out, onList } = judged(options)
  const tap = createTap(options)
  const loaded = captureNamed(dialect).then((engine): Collector => {
    const collector = createCollector(engine, { samples: options.samples ?? false, redact: options.redact ?? [] })
    tap.open(collector, engine)
    return collector
  })
  // Who asks for the list is told.
  loaded.catch(() => undefined)
  const finish = async (): Promise<Recorded> => (await loaded).finish(new Map())
  const listOf = ({ statements }: Recorded): StatementList => ({ app, version, statements })
  const recorder: Recorder = {
    list: async () => listOf(await finish()),
    write: async () => {
      if (out === undefined && onList === undefined) {
        throw usageError('capture.out', 'the recorder has neither `out` nor `onList`: there is nowhere to write to')
      }
      const recorded = await finish()
      if (recorded.statements.length === 0) throw nothingRecorded(recorded)
      if (out !== undefined) await writeList(out, listOf(recorded))
      await onList?.(listOf(recorded))
      return {
        app,
        version,
        statements: recorded.statements.length,
        leftOut: Object.fromEntries([...recorded.leftOut].sort()),
        withheld: Object.fromEntries([...recorded.withheld].sort()),
        refused: Object.fromEntries([...recorded.refused].sort()),
        missed: recorded.missed,
      }
    },
  }
  taps.set(recorder, tap)
  return recorder
}

/**
 * Where the driver of an engine, or one of any (null), tells what is sent.
 *
 * @throws BellowsError exit 2 for a recorder of another engine.
 */
export function tapOf(recorder: Recorder, engine: 'postgres' | 'mysql' | null, caller: string): Tap {
  const tap = taps.get(recorder)
  if (tap === undefined) {
    throw usageError('capture.recorder', `${caller} takes a recorder that createRecorder of this package has made`)
  }
  if (engine !== null && (tap.dialect === 'postgres') !== (engine === 'postgres')) {
    throw usageError('capture.recorder', `${caller}: the recorder is one for ${tap.dialect}`)
  }
  return tap
}

function judged(options: RecorderOptions): RecorderOptions {
  const { app, version, dialect, out } = options
  for (const [name, value] of Object.entries({ app, version })) {
    if (typeof value !== 'string' || value === '') throw usageError('usage.capture', `\`${name}\` is missing`)
  }
  if (!['postgres', 'mysql', 'mariadb'].includes(dialect)) {
    throw usageError('capture.recorder', '`dialect` is postgres, mysql or mariadb')
  }
  if (out !== undefined && extname(out).toLowerCase() !== '.json') {
    throw usageError('capture.out', `${out}: a list that is captured is a .json file`)
  }
  // Where the app is when it makes the recorder, not where it has gone meanwhile.
  return out === undefined ? options : { ...options, out: resolve(out) }
}

function nothingRecorded({ any, leftOut, withheld, refused }: Recorded): Error {
  if (any) {
    const what = [...leftOut.keys(), ...withheld.keys(), ...refused.keys()].sort().join(', ')
    return usageError('capture.nothing', `nothing that can be checked was recorded, only ${what}`)
  }
  return usageError('capture.nothing', 'no statement was recorded', {
    hint: 'The pool or connection has to be handed over before the app uses it, and it has to be the one that the app uses.',
  })
}
