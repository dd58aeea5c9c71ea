import { sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { Session } from '../dialect.ts'
import type { OldShape, Reads, StatementStatistics, StatementUse } from '../statement-use.ts'
import { readStatements } from './capture/read.ts'
import { isOwn } from './own-statements.ts'
import { readsOf } from './reads.ts'
import { compileSql } from './sql.ts'

const hidden = '<insufficient privilege>'

interface Setup {
  readonly schema: string | null
  readonly info: boolean
  readonly track: string | null
  readonly utility: string | null
  readonly ids: string | null
  /** Roles or databases for which something of it is off. */
  readonly exceptions: readonly string[]
}

interface Row {
  readonly key: string
  readonly calls: number
  readonly text: string | null
}

const untold = (reason: string, hint: string): StatementStatistics => ({ told: false, reason, hint })

/** What pg_stat_statements tells of statements that read these columns, or may (manual, "pg_stat_statements"). */
export async function readStatistics(
  session: Session,
  shapes: readonly OldShape[],
  catalog: Catalog,
): Promise<StatementStatistics> {
  const [found] = (await session.query<Setup>(setup)).rows
  const missing = whatIsMissing(found)
  if (missing !== null) return missing
  const schema = found?.schema ?? ''
  try {
    const [info] = (await session.query<{ evicted: number; since: string | null }>(infoOf(schema))).rows
    const { rows } = await session.query<Row>(entriesOf(schema, shapes))
    if (rows.some(({ text }) => text === hidden)) {
      return untold(
        'the texts of statements of other roles are hidden in pg_stat_statements',
        'GRANT pg_read_all_stats to the migrating role.',
      )
    }
    return {
      told: true,
      since: info?.since ?? null,
      lost: {
        count: info?.evicted ?? 0,
        what: 'pg_stat_statements was full and has dropped entries',
        hint: 'Raise pg_stat_statements.max, or force this gate with a reason.',
      },
      uses: rows.flatMap((row) => useOf(row, shapes, catalog)),
    }
  } catch (error) {
    if (!isBellowsError(error)) throw error
    return untold(`pg_stat_statements could not be read: ${error.message}`, howToHaveIt)
  }
}

const howToHaveIt =
  'Put pg_stat_statements into shared_preload_libraries, restart the server, and CREATE EXTENSION pg_stat_statements in this database.'

const setup = compileSql(
  sql`select (select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements') as schema,
    exists (select from pg_extension e join pg_class c on c.relnamespace = e.extnamespace and c.relname = 'pg_stat_statements_info' where e.extname = 'pg_stat_statements') as info,
    current_setting('pg_stat_statements.track', true) as track, current_setting('pg_stat_statements.track_utility', true) as utility, current_setting('compute_query_id', true) as ids,
    (select coalesce(json_agg(distinct coalesce('role ' || r.rolname, 'database ' || d.datname)), '[]'::json) from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
      where (s.setdatabase = 0 or d.datname = current_database()) and exists (select from unnest(s.setconfig) c where c ~* '^(pg_stat_statements\\.track=none|pg_stat_statements\\.track_utility=(off|false|no|0)|compute_query_id=(off|false|no|0))$')) as exceptions`,
)

function whatIsMissing(found: Setup | undefined): StatementStatistics | null {
  if (found === undefined || found.schema === null)
    return untold('the extension pg_stat_statements is not in this database', howToHaveIt)
  if (found.track === null) return untold('the library of pg_stat_statements is not loaded by the server', howToHaveIt)
  if (!found.info)
    return untold(
      'this pg_stat_statements does not tell what it has lost',
      'ALTER EXTENSION pg_stat_statements UPDATE.',
    )
  const off = [
    ...(found.track === 'none' ? ['pg_stat_statements.track is none'] : []),
    ...(found.utility === 'off'
      ? ['pg_stat_statements.track_utility is off, so COPY and cursors are not counted']
      : []),
    ...(found.ids === 'off' ? ['compute_query_id is off'] : []),
    ...found.exceptions.map((who) => `it is off for ${who}`),
  ]
  if (off.length === 0) return null
  return untold(
    `not all statements are counted: ${off.join('; ')}`,
    'Set them to their defaults for all who use this database.',
  )
}

const infoOf = (schema: string): ReturnType<typeof compileSql> =>
  compileSql(
    sql`select dealloc::float8 as evicted, to_char(stats_reset at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since from ${sql.id(schema, 'pg_stat_statements_info')}`,
  )

/** Entries of this database that name one of the tables, or whose text cannot be had. One that was made anew has another key (17 on). */
function entriesOf(schema: string, shapes: readonly OldShape[]): ReturnType<typeof compileSql> {
  const names = [...new Set(shapes.map(({ table }) => table.name.replaceAll('"', '""')))]
  // The server's idea of lower case on both sides: it goes by the locale. A name with Unicode escapes may be any.
  const named = [
    ...names.map((name) => sql`position(lower(${name}) in lower(s.query)) > 0`),
    sql`position('u&"' in lower(s.query)) > 0`,
  ]
  return compileSql(
    sql`select concat_ws('/', s.queryid, s.userid, s.toplevel, to_jsonb(s) ->> 'stats_since') as key, s.calls::float8 as calls, s.query as text from ${sql.id(schema, 'pg_stat_statements')} s where s.dbid = (select d.oid from pg_database d where d.datname = current_database()) and (s.query is null or s.query = ${hidden} or ${sql.join(named, sql` or `)}) order by 1`,
  )
}

function useOf({ key, calls, text }: Row, shapes: readonly OldShape[], catalog: Catalog): readonly StatementUse[] {
  if (text === null) return [{ key, calls, last: null, reads: 'unclear', text: `queryid ${queryOf(key)}` }]
  if (isOwn(text)) return []
  const found = shapes.map((shape) => readsOf(text, shape, catalog))
  const reads = (['names', 'unclear', 'all'] satisfies Reads[]).find((each) => found.includes(each))
  return reads === undefined ? [] : [{ key, calls, last: null, reads, text: shown(text, key) }]
}

const queryOf = (key: string): string => key.split('/')[0] ?? key

/** Nothing in the statistics is safe from values: an entry that was evicted in the wrong moment has its text as it was sent. */
function shown(text: string, key: string): string {
  const [read] = readStatements(text, 0)
  if (read?.kind === 'statement' && read.raw !== true) return read.sql.replace(/\s+/g, ' ')
  const what = read === undefined ? 'a statement' : read.kind === 'statement' ? read.words.join(' ') : read.what
  return `${what} (queryid ${queryOf(key)})`
}
