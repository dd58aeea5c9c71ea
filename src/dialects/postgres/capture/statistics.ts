import { refused } from '../../../errors.ts'
import type { ImportRequest, ImportSink } from '../../capture-imports.ts'
import { toBellowsError } from '../driver-errors.ts'
import { isOwn } from '../own-statements.ts'
import { parse, visit } from '../parser.ts'
import { quote } from '../sql.ts'
import { openClient } from '../url.ts'
import { normalised } from './read.ts'

const howToHaveIt =
  'Put pg_stat_statements into shared_preload_libraries, restart the server, and CREATE EXTENSION pg_stat_statements in this database.'

/** The statements that pg_stat_statements has counted in this database, as clients sent them. */
export async function readStatistics({ options, samples }: ImportRequest, sink: ImportSink): Promise<void> {
  const client = await openClient(options).catch((error: unknown) => {
    throw toBellowsError(error)
  })
  try {
    const found = await client.query<{ schema: string }>(
      "select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'",
    )
    const schema = found.rows[0]?.schema
    if (schema === undefined)
      throw refused('capture.statistics', 'the extension pg_stat_statements is not in this database', {
        hint: howToHaveIt,
      })
    const { rows } = await client.query<{ text: string | null }>(
      `select s.query as text from ${quote(schema, 'pg_stat_statements')} s where s.dbid = (select d.oid from pg_database d where d.datname = current_database()) and s.toplevel order by s.queryid, s.userid`,
    )
    if (samples) sink.missed('values: pg_stat_statements keeps none')
    for (const { text } of rows) tell(text, sink)
  } catch (error) {
    const known = toBellowsError(error)
    // 55000: the library is not loaded.
    if (known.details.sqlState !== '55000' && !/shared_preload_libraries/.test(known.message)) throw known
    throw refused('capture.statistics', known.message, { cause: error, hint: howToHaveIt })
  } finally {
    await client.end().catch(() => undefined)
  }
}

function tell(text: string | null, sink: ImportSink): void {
  if (text === null) sink.missed('statements whose texts the server has lost')
  else if (text === '<insufficient privilege>')
    sink.missed('statements of other roles, whose texts are hidden: GRANT pg_read_all_stats to this role')
  else if (isOwn(text) || /"bellows"\.|\bbellows_/.test(text)) sink.leftOut('statements of Bellows')
  else if (isAboutServer(text)) sink.leftOut("questions about the server's own catalogs")
  // Whether a driver keeps it prepared is not told, so it may.
  else sink.sent({ sql: text, types: [], values: null, kept: true, mode: normalised })
}

/** All that it reads is in pg_catalog or information_schema: what monitoring asks. */
function isAboutServer(text: string): boolean {
  const tables: boolean[] = []
  try {
    visit({ tree: parse(text) }, (_type, { relname, schemaname }) => {
      if (typeof relname === 'string') tables.push(/^(pg_|information_schema$)/.test(String(schemaname ?? relname)))
    })
  } catch {
    return false
  }
  return tables.length > 0 && tables.every((own) => own)
}
