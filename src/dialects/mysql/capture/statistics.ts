import type { RowDataPacket } from 'mysql2/promise'
import { refused } from '../../../errors.ts'
import type { ImportRequest, ImportSink } from '../../capture-imports.ts'
import { openConnection } from '../driver.ts'
import { toBellowsError } from '../driver-errors.ts'
import { isWord, lex } from '../lexer.ts'
import { isOwn } from '../own-statements.ts'
import { mayBeCut } from '../reads.ts'
import { spoken } from './spoken.ts'

interface Digest extends RowDataPacket {
  readonly digest: string | null
  readonly text: string | null
  /** A text as it was sent, with its values; null where the server keeps none. */
  readonly sample: string | null
}

interface Setup extends RowDataPacket {
  readonly enabled: number
  readonly samples: number
  readonly longest: number
  readonly most: number
}

/** The statements that performance_schema has digests of in this database. Texts with values are asked for only where values are wanted. */
export async function readStatistics({ options, samples }: ImportRequest, sink: ImportSink): Promise<void> {
  try {
    const connection = await openConnection(options)
    try {
      const [[setup]] = await connection.query<Setup[]>(
        "select @@performance_schema + 0 as enabled, (select count(*) from information_schema.columns where table_schema = 'performance_schema' and table_name = 'events_statements_summary_by_digest' and column_name = 'QUERY_SAMPLE_TEXT') as samples, @@performance_schema_max_sql_text_length as longest, least(@@max_digest_length, @@performance_schema_max_digest_length) as most",
      )
      if (Number(setup?.enabled) !== 1)
        throw refused('capture.statistics', 'performance_schema is off', {
          hint: "Set performance_schema = ON in the server's configuration.",
        })
      const kept = samples && Number(setup?.samples) > 0
      if (samples && !kept) sink.missed('values: this server keeps none with its digests')
      if (Number(setup?.samples) === 0)
        sink.missed('statements that were prepared on the server: MariaDB has no digests of them')
      const [rows] = await connection.query<Digest[]>(
        `select digest, digest_text as text, ${kept ? 'query_sample_text' : 'null'} as sample from performance_schema.events_statements_summary_by_digest where schema_name = database() or digest is null order by digest`,
      )
      for (const row of rows) tell(row, { most: Number(setup?.most), longest: Number(setup?.longest) }, sink)
    } finally {
      await connection.end().catch(() => connection.destroy())
    }
  } catch (error) {
    const known = toBellowsError(error)
    if (known.code !== 'database.privilege') throw known
    throw refused('capture.statistics', known.message, {
      cause: error,
      hint: 'GRANT SELECT ON performance_schema.* to this account.',
    })
  }
}

function tell(
  { digest, text, sample }: Digest,
  { most, longest }: { readonly most: number; readonly longest: number },
  sink: ImportSink,
): void {
  if (digest === null || text === null) {
    sink.missed('statements that found no place in the statistics (performance_schema_digests_size)')
    return
  }
  // A preparation is none; each execution stands there too.
  if (/^\s*PREPARE\b/.test(text)) return
  if (isOwn(text) || /`bellows_/.test(text)) {
    sink.leftOut('statements of Bellows')
    return
  }
  if (isAboutServer(text)) {
    sink.leftOut("questions about the server's own tables")
    return
  }
  const kept = /^\s*EXECUTE\b/.test(text)
  // One that is as long as there is room may go on.
  if (sample !== null && Buffer.byteLength(sample) < longest - 4) {
    sink.sent({ sql: sample.replace(/^\s*EXECUTE\s+(?=\w)/i, ''), types: [], values: null, kept })
    return
  }
  if (mayBeCut(text, most)) {
    sink.missed('statements whose texts may be cut off (max_digest_length)')
    return
  }
  sink.sent({ sql: spoken(text), types: [], values: null, kept })
}

const ofServer = new Set(['performance_schema', 'information_schema', 'mysql', 'sys'])

/** All that it reads is of the server's own databases: what monitoring asks. With a comma among its tables it is not looked at further. */
function isAboutServer(text: string): boolean {
  const all = lex(text)
  const tables = all.flatMap((token, at) =>
    isWord(all[at - 1], 'from', 'join', 'update', 'into') && token.text !== '(' ? [at] : [],
  )
  const own = (at: number): boolean => {
    const rest = all.slice(at)
    const end = rest.findIndex((token) => isWord(token, 'where', 'group', 'order', 'limit', 'join', 'set'))
    const from = rest.slice(0, end === -1 ? undefined : end)
    return ofServer.has(all[at]?.name.toLowerCase() ?? '') && !from.some((token) => token.text === ',')
  }
  return tables.length > 0 && tables.every(own)
}
