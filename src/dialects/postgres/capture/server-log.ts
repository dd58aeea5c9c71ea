import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { usageError } from '../../../errors.ts'
import type { ImportRequest, ImportSink } from '../../capture-imports.ts'
import { clientConfig } from '../url.ts'

/** What of a line of the log is needed, by the names that jsonlog has. */
interface Entry {
  readonly dbname: string
  readonly application: string
  readonly message: string
  readonly detail: string
}

/** Where these stand in csvlog (manual, "Using CSV-Format Log Output"). */
const places = { dbname: 2, message: 13, detail: 14, application: 22 } as const

/** Statements in a server log in CSV or JSON, of this database, as `log_statement = all` or `log_min_duration_statement = 0` leaves them. */
export async function readLog({ options, place, samples }: ImportRequest, sink: ImportSink): Promise<void> {
  const { config } = await clientConfig(options)
  const path = place ?? ''
  for await (const { dbname, application, message, detail } of entriesOf(path)) {
    if (dbname !== config.database || application.startsWith('bellows/')) continue
    const said = statement.exec(message)
    if (said === null) continue
    const [, how = '', sql = ''] = said
    const executed = how !== 'statement'
    sink.sent({
      sql,
      types: [],
      values: samples && executed ? valuesIn(detail) : null,
      kept: executed && how !== 'execute <unnamed>',
    })
  }
}

/** `statement: …`, `execute <unnamed>: …`, `execute name/portal: …`, behind a duration or not. Parse and bind are none. */
const statement = /^(?:duration: [\d.]+ ms {2})?(statement|execute [^:]+): (.*)$/s

/** `Parameters: $1 = 'a', $2 = NULL`; null where one is cut off (log_parameter_max_length). */
export function valuesIn(detail: string): readonly unknown[] | null {
  const list = /^parameters: (.*)$/is.exec(detail)?.[1]
  if (list === undefined) return []
  const values: unknown[] = []
  const one = /(?:^|, )\$\d+ = (?:(NULL)|'((?:[^']|'')*)'(\.\.\.)?)/gy
  let end = 0
  for (let found = one.exec(list); found !== null; found = one.exec(list)) {
    const [, none, text = '', cut] = found
    if (cut !== undefined) return null
    values.push(none === undefined ? text.replaceAll("''", "'") : null)
    end = one.lastIndex
  }
  return end === list.length ? values : null
}

async function* entriesOf(path: string): AsyncGenerator<Entry> {
  const input = createReadStream(path, 'utf8')
  let pending = ''
  let json: boolean | null = null
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      json ??= line.startsWith('{')
      if (json) {
        yield ofJson(line, path)
        continue
      }
      pending = pending === '' ? line : `${pending}\n${line}`
      // A quote that is open goes on in the next line.
      if ((pending.split('"').length - 1) % 2 === 1) continue
      if (pending !== '') yield ofCsv(pending, path)
      pending = ''
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined || !(cause instanceof Error) || 'exitCode' in cause)
      throw cause
    throw usageError('file.unreadable', `${path} cannot be read`, { cause })
  }
}

const noLog = (path: string): Error =>
  usageError('capture.log', `${path} is no server log in CSV or JSON`, {
    hint: 'It is what log_destination = csvlog, or jsonlog (from PostgreSQL 15 on), writes.',
  })

function ofJson(line: string, path: string): Entry {
  try {
    const entry = JSON.parse(line) as Record<string, unknown>
    const text = (name: string): string => String(entry[name] ?? '')
    return {
      dbname: text('dbname'),
      application: text('application_name'),
      message: text('message'),
      detail: text('detail'),
    }
  } catch {
    throw noLog(path)
  }
}

function ofCsv(record: string, path: string): Entry {
  const fields = [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
  if (fields.length < 23) throw noLog(path)
  const field = (name: keyof typeof places): string => fields[places[name]] ?? ''
  return {
    dbname: field('dbname'),
    application: field('application'),
    message: field('message'),
    detail: field('detail'),
  }
}
