import { type RawBuilder, sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { Session } from '../dialect.ts'
import type { OldShape, StatementStatistics, StatementUse } from '../statement-use.ts'
import { isOwn } from './own-statements.ts'
import { mayBeCut, readsOf } from './reads.ts'
import { compileSql, firstOf, ownThreads } from './sql.ts'

interface Setup {
  readonly on: unknown
  readonly mariadb: unknown
  /** Bytes of tokens that are kept of a statement. */
  readonly most: number
}

/** What is off of what is needed, each as a text. */
interface Off {
  readonly what: string
}

interface Row {
  readonly key: string | null
  readonly text: string | null
  readonly database: string | null
  readonly last: string
}

const untold = (reason: string, hint: string): StatementStatistics => ({ told: false, reason, hint })

/** What performance_schema tells of statements that read these columns, or may (manual, "Statement Summary Tables"). */
export async function readStatistics(
  session: Session,
  shapes: readonly OldShape[],
  _catalog: Catalog,
  from: string,
): Promise<StatementStatistics> {
  const [found] = (await session.query<Setup>(setup)).rows
  if (Number(found?.on) !== 1)
    return untold('performance_schema is off', "Set performance_schema = ON in the server's configuration.")
  try {
    const off = (await session.query<Off>(whatIsOff)).rows.map(({ what }) => what)
    const most = Number(found?.most ?? 0)
    if (most === 0) off.push('max_digest_length is 0')
    if (off.length > 0)
      return untold(
        `not all statements are counted: ${off.join('; ')}`,
        'Set performance_schema to its defaults, for all who use this database.',
      )
    const [reach] = (await session.query<{ since: string | null }>(sinceWhen)).rows
    const mariadb = Number(found?.mariadb) === 1
    const [lost] = mariadb ? (await session.query<{ n: number }>(untoldOnMariadb)).rows : []
    const { rows } = await session.query<Row>(entriesOf(shapes, from, most, mariadb))
    return {
      told: true,
      since: reach?.since ?? null,
      lost: lost === undefined ? null : { count: Number(lost.n), ...ofMariadb },
      uses: rows.flatMap((row) => useOf(row, shapes, most)),
    }
  } catch (error) {
    if (!isBellowsError(error)) throw error
    return untold(
      `the statistics of statements could not be read: ${error.message}`,
      'GRANT SELECT ON performance_schema.* to the migrating account.',
    )
  }
}

const ofMariadb = {
  what: 'prepared statements were executed, or results came from the query cache, and MariaDB does not tell which',
  hint: 'Have the app prepare nothing on the server, look into the general log for a while, or force this gate with a reason.',
}

const isMariadb = sql`version() like '%mariadb%'`

const setup = compileSql(
  sql`select @@performance_schema + 0 as ${sql.id('on')}, (${isMariadb}) + 0 as mariadb, least(@@max_digest_length, @@performance_schema_max_digest_length) + 0 as most`,
)

const whatIsOff = compileSql(
  sql`select concat('the consumer ', name) as what from performance_schema.setup_consumers where name in ('global_instrumentation', 'statements_digest') and enabled <> 'YES'
    union all select concat('the instrument ', name) from performance_schema.setup_instruments where (name like 'statement/sql/%' or name like 'statement/com/%' or name like 'statement/abstract/%') and enabled <> 'YES'
    union all select concat('the account ', user, '@', host) from performance_schema.setup_actors where enabled <> 'YES'
    union all select 'accounts that setup_actors does not name' from dual where not exists (select 1 from performance_schema.setup_actors where host = '%' and user = '%')
    union all select distinct concat('a session of ', coalesce(processlist_user, 'somebody')) from performance_schema.threads where type = 'FOREGROUND' and processlist_id is not null and instrumented <> 'YES'`,
)

const iso = (moment: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`concat(left(date_format(${moment}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')`

/** The first statement after the server started, or the statistics were emptied. */
const sinceWhen = compileSql(
  sql`select ${iso(sql`min(first_seen)`)} as since from performance_schema.events_statements_summary_by_digest`,
)

/**
 * Executions of prepared statements, which MariaDB has no digest of, less those of our own sessions; and what its query cache answered,
 * which is never read as a statement.
 */
const untoldOnMariadb = firstOf(
  sql`select (select coalesce(sum(count_star), 0) from performance_schema.events_statements_summary_global_by_event_name where event_name in (${executions()}))
    - (select coalesce(sum(e.count_star), 0) from performance_schema.events_statements_summary_by_thread_by_event_name e join performance_schema.threads t on t.thread_id = e.thread_id where e.event_name in (${executions()}) and json_contains(${ownThreads}, cast(t.processlist_id as char)))
    + (select coalesce(sum(variable_value), 0) from information_schema.global_status where variable_name = 'QCACHE_HITS') + 0e0 as n`,
)

function executions(): RawBuilder<unknown> {
  return sql`'statement/com/Execute', 'statement/com/Bulk_execute', 'statement/sql/execute_sql', 'statement/sql/execute_immediate'`
}

/** Digests that were seen since then: with one of the names, or so long that the names may be cut off; and the row of all that found no place. */
function entriesOf(
  shapes: readonly OldShape[],
  from: string,
  most: number,
  mariadb: boolean,
): ReturnType<typeof compileSql> {
  const names = [...new Set(shapes.map(({ table }) => table.name.toLowerCase()))]
  const named = names.map((name) => sql`instr(lower(digest_text), ${name}) > 0`)
  const since = from.replace('T', ' ').replace('Z', '')
  // A name takes a byte more than it has letters here.
  const long = sql`(char_length(digest_text) > ${sql.lit(Math.floor((most - 68) * 0.75))} and schema_name in (${sql.join(shapes.map(({ table }) => table.schema))}))`
  // MariaDB tells whole seconds: it may have been at the end of that one.
  const last = mariadb ? sql`(last_seen + interval 1 second)` : sql`last_seen`
  return compileSql(
    sql`select digest as ${sql.id('key')}, digest_text as text, schema_name as ${sql.id('database')}, ${iso(last)} as ${sql.id('last')} from performance_schema.events_statements_summary_by_digest where ${last} >= cast(${since} as datetime(3)) and (digest is null or digest_text is null or ${long} or ${sql.join(named, sql` or `)}) order by schema_name, digest`,
  )
}

function useOf(row: Row, shapes: readonly OldShape[], most: number): readonly StatementUse[] {
  const { last, database, text } = row
  const use = (reads: StatementUse['reads'], shown: string): StatementUse => ({
    key: `${row.database ?? ''}/${row.key ?? ''}`,
    text: shown.trim(),
    reads,
    calls: null,
    last,
  })
  if (row.key === null)
    return [use('unclear', 'what found no place in the statistics (performance_schema_digests_size)')]
  if (text === null) return [use('unclear', `digest ${row.key}`)]
  if (isOwn(text) || /^\s*PREPARE\b/.test(text)) return []
  const found = shapes.map((shape) => readsOf(text, database, shape))
  if (found.includes('names')) return [use('names', text)]
  if (mayBeCut(text, most)) return [use('unclear', `${text} … (its end may be cut off: max_digest_length)`)]
  return found.includes('all') ? [use('all', text)] : []
}
