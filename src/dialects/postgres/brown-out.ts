import { sql } from 'kysely'
import type { BrownOutDialect, FailureCounter, OldName } from '../brown-out.ts'
import type { Session } from '../dialect.ts'
import { sqlState } from './driver-errors.ts'
import { others } from './evidence.ts'
import { parse } from './parser.ts'
import { compileSql, quote } from './sql.ts'

/** What a session of others said last. */
interface Said {
  readonly pid: number
  readonly started: string
  readonly who: string
  readonly text: string
}

/** Texts of others that are asked about in one look: a pool says the same few again and again. */
const texts = 50

/**
 * No counter of this server tells why a statement failed. How many transactions were rolled back is counted; what a session said last
 * is there to be read, and whether the server still takes it can be asked.
 */
export const brownOut: BrownOutDialect = {
  // A backend that becomes idle hands in what it counted within ten seconds (PGSTAT_IDLE_INTERVAL).
  lag: 10_000,
  blind: async (session) => {
    const [row] = (
      await session.query<{ counts: boolean; activities: boolean; hidden: number }>(
        compileSql(
          sql`select current_setting('track_counts') = 'on' as counts, current_setting('track_activities') = 'on' as activities, (${hiddenSessions})::int as hidden`,
        ),
      )
    ).rows
    if (row?.counts !== true || !row.activities)
      return {
        reason: 'the server keeps no account of statements',
        hint: 'Set track_counts and track_activities to on.',
      }
    if (row.hidden > 0)
      return {
        reason: `what ${row.hidden} sessions of others say is hidden`,
        hint: 'GRANT pg_read_all_stats to the migrating role.',
      }
    return null
  },
  failures: async (session, names, since) => {
    const [row] = (
      await session.query<{ rollbacks: number; hidden: number }>(
        compileSql(
          sql`select (select xact_rollback from pg_stat_database where datname = current_database())::float8 as rollbacks, (${hiddenSessions})::int as hidden`,
        ),
      )
    ).rows
    const counted: FailureCounter[] = [
      { key: 'rollbacks', what: 'transactions rolled back', count: row?.rollbacks ?? 0, sure: false, ours: true },
      {
        key: 'hidden',
        what: 'sessions whose statements are hidden',
        count: row?.hidden ?? 0,
        sure: true,
        momentary: true,
      },
    ]
    if (since === null) return counted
    return [...counted, ...(await refused(session, names, since))]
  },
}

const hiddenSessions = sql`select count(*) from pg_stat_activity a where ${others} and a.query = '<insufficient privilege>'`

/** Who said last, after this moment, what names an old column and is taken no more. */
async function refused(session: Session, names: readonly OldName[], since: string): Promise<readonly FailureCounter[]> {
  const named = names.map(
    ({ table, column }) =>
      sql`(strpos(lower(a.query), lower(${table.name})) > 0 and strpos(lower(a.query), lower(${column})) > 0)`,
  )
  const { rows } = await session.query<Said>(
    compileSql(
      sql`select a.pid, a.query_start::text as started, coalesce(nullif(a.application_name, ''), '(no name)') || ' as ' || a.usename as who, a.query as text from pg_stat_activity a where ${others} and a.state_change > ${since}::timestamptz and (${sql.join(named, sql` or `)})`,
    ),
  )
  const found: FailureCounter[] = []
  for (const text of [...new Set(rows.map((each) => each.text))].slice(0, texts)) {
    const missing = await missingIn(session, text, names)
    if (missing === null) continue
    for (const { pid, started, who } of rows.filter((each) => each.text === text))
      found.push({
        key: `${pid} ${started}`,
        what: `statements of ${who} that name ${quote(missing)}`,
        count: 1,
        sure: true,
      })
  }
  return found
}

/**
 * The old column for whose sake the server does not take a statement; null where it does, or for another reason: a path of its own, a
 * text that is cut off. It is parsed and not run. A savepoint keeps the failure out of what counts as rolled back.
 */
async function missingIn(session: Session, text: string, names: readonly OldName[]): Promise<string | null> {
  if (!isOneQuery(text)) return null
  const ask = (sql: string): Promise<unknown> => session.query({ sql, parameters: [] })
  return session.transaction(async () => {
    await ask("set local lock_timeout = '1s'")
    await ask('savepoint said')
    try {
      await ask(`prepare bellows_said as ${text}`)
    } catch (error) {
      await ask('rollback to savepoint said')
      if (sqlState(error) !== '42703') return null
      const message = error instanceof Error ? error.message : ''
      return names.find(({ column }) => message.includes(column))?.column ?? null
    }
    await ask('deallocate bellows_said')
    return null
  })
}

const queries = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

/** By the server's own grammar: two statements in one text would be run. */
function isOneQuery(text: string): boolean {
  try {
    const { stmts = [] } = parse(text)
    const [first] = stmts
    return stmts.length === 1 && first !== undefined && Object.keys(first.stmt).every((kind) => queries.has(kind))
  } catch {
    return false
  }
}
