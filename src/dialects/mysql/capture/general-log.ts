import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { refused, usageError } from '../../../errors.ts'
import type { ImportRequest, ImportSink } from '../../capture-imports.ts'
import { openConnection } from '../driver.ts'
import { toBellowsError } from '../driver-errors.ts'
import { parseAddress } from '../url.ts'
import { boundIn } from './bound-in.ts'

/** An entry of the general log. */
interface Entry {
  readonly thread: string
  readonly command: string
  readonly argument: string
}

/** What is known of a connection. */
interface Thread {
  /** Null where it is not: the log begins behind its login. */
  database: string | null
  /** It is one of ours. */
  own: boolean
  /** What it has prepared, newest last. */
  readonly prepared: string[]
}

/** The statements of a general log that were sent to this database, or to none that the log tells. */
export async function readGeneralLog(request: ImportRequest, sink: ImportSink): Promise<void> {
  const { options, place, samples } = request
  const { config } = await parseAddress(options)
  const entries = place === 'table' ? entriesOfTable(request) : entriesOfFile(place ?? '')
  const threads = new Map<string, Thread>()
  for await (const { thread: id, command, argument } of entries) {
    const thread = threads.get(id) ?? { database: null, own: false, prepared: [] }
    threads.set(id, thread)
    follow(thread, command, argument)
    if (thread.own || (thread.database !== null && thread.database !== config.database)) continue
    if (command === 'Query') sink.sent({ sql: argument, types: [], values: null, kept: false })
    else if (command === 'Prepare') sink.sent({ sql: argument, types: [], values: null, kept: true })
    else if (command === 'Execute' && samples) tellValues(thread, argument, sink)
  }
}

function follow(thread: Thread, command: string, argument: string): void {
  if (command === 'Connect' || command === 'Change user') {
    const named = / on (.*?)(?: using [^ ]+)?$/.exec(argument)?.[1] ?? ''
    Object.assign(thread, { database: named === '' ? null : named, own: false, prepared: [] })
  } else if (command === 'Init DB') thread.database = argument
  else if (command === 'Prepare') thread.prepared.push(argument)
  else if (command === 'Query') {
    const used = /^\s*use\s+(?:`((?:[^`]|``)*)`|([\w$]+))\s*;?\s*$/i.exec(argument)
    thread.database = used?.[1]?.replaceAll('``', '`') ?? used?.[2] ?? thread.database
  }
  // Each session of ours takes a lock by which it is known.
  if (/get_lock\('bellows\./.test(argument)) thread.own = true
}

/** An execution is logged with its values in their places. */
function tellValues({ prepared }: Thread, executed: string, sink: ImportSink): void {
  for (const sql of prepared.toReversed()) {
    const values = boundIn(sql, executed)
    if (values === null) continue
    sink.sent({ sql, types: [], values, kept: true })
    return
  }
}

/** `2026-01-31T10:00:00.123456Z\t  12 Query\t…` of MySQL; `260131 10:00:00\t  12 Query\t…`, or two tabs for the same second, of MariaDB. */
const line =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)|\d{6} [ \d]?\d:\d\d:\d\d|\t)\t\s*(\d+) (Connect|Query|Prepare|Execute|Init DB|Change user|Quit|Close stmt|Reset stmt|Long Data|Statistics|Field List|Ping|Refresh|Kill|Debug|Sleep|Fetch|Set option|Binlog Dump|Daemon|Error|Reset connection|Shutdown|Processlist|Create DB|Drop DB|Table Dump|Time|Delayed insert|Register Slave|Register Replica|Binlog Dump GTID|Clone|Slave_worker|Slave_IO|Slave_SQL|Bulk_execute|Unimpl get tid)\t(.*)$/

async function* entriesOfFile(path: string): AsyncGenerator<Entry> {
  const input = createReadStream(path, 'utf8')
  let entry: Entry | undefined
  let any = false
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const found = line.exec(text)
      if (found === null) {
        // What a statement has of lines; what stands before the first is the server's greeting, which comes again when it starts.
        if (entry !== undefined) entry = { ...entry, argument: `${entry.argument}\n${text}` }
        continue
      }
      if (entry !== undefined) yield entry
      any = true
      entry = { thread: found[1] ?? '', command: found[2] ?? '', argument: found[3] ?? '' }
    }
  } catch (cause) {
    throw usageError('file.unreadable', `${path} cannot be read`, { cause })
  }
  if (entry !== undefined) yield entry
  if (!any) throw usageError('capture.log', `${path} is no general log of MySQL or MariaDB`)
}

interface Streaming {
  readonly query: (sql: string) => { readonly stream: () => AsyncIterable<Entry> }
}

async function* entriesOfTable({ options }: ImportRequest): AsyncGenerator<Entry> {
  const connection = await openConnection(options).catch((error: unknown) => {
    throw toBellowsError(error)
  })
  try {
    // It may be long; the promises of the driver have no streams, and what is under them has.
    const { connection: core } = connection as unknown as { readonly connection: Streaming }
    const rows = core.query(
      'select thread_id as thread, command_type as command, convert(argument using utf8mb4) as argument from mysql.general_log',
    )
    for await (const row of rows.stream()) yield { ...row, thread: String(row.thread) }
  } catch (error) {
    const known = toBellowsError(error)
    if (known.code !== 'database.privilege') throw known
    throw refused('capture.general-log', known.message, {
      cause: error,
      hint: 'GRANT SELECT ON mysql.general_log to this account.',
    })
  } finally {
    await connection.end().catch(() => connection.destroy())
  }
}
