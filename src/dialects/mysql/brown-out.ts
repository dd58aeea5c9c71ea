import { sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { BrownOutDialect, FailureCounter, OldName } from '../brown-out.ts'
import type { Session } from '../dialect.ts'
import { compileSql, ownThreads, quote } from './sql.ts'

/** Unknown column; and as many values as there were columns, where a hidden one is not counted any more. */
const gone = [1054, 1136]

/** What apps say, on MariaDB, which tells no error apart: preparing fails for hardly anything else than a name. */
const said = [
  'com/Prepare',
  ...['select', 'insert', 'insert_select', 'update', 'update_multi', 'delete', 'delete_multi', 'replace'].map(
    (kind) => `sql/${kind}`,
  ),
  'sql/replace_select',
  'sql/call_procedure',
].map((kind) => `statement/${kind}`)

/** What an app says, also as MySQL tells that it was prepared: a change of the table is ours, and a lock may be denied to it. */
const asked = /^(?:(?:PREPARE|EXECUTE)\s+)?[\s(]*(?:SELECT|WITH|TABLE|INSERT|REPLACE|UPDATE|DELETE|CALL|DO|SET|LOAD)\b/i

interface Server {
  readonly mariadb: boolean
  readonly on: boolean
  readonly database: string
}

/**
 * performance_schema counts the failures of each statement, by its text without values. MySQL also counts each error by account, whatever
 * statement it was; MariaDB has no such count, and leaves prepared statements out of the first one: there the failed statements of an
 * account are counted, of whatever kind.
 */
export const brownOut: BrownOutDialect = {
  lag: 0,
  blind: async (session, names) => {
    const { mariadb, on } = await serverOf(session)
    if (!on)
      return {
        reason: 'performance_schema is off, and nothing else counts failed statements',
        hint: "Set performance_schema = ON in the server's configuration.",
      }
    try {
      const before = await failuresOf(session, names)
      await fail(session, names)
      const known = new Map(before.map(({ key, count }) => [key, count]))
      const shows = (await failuresOf(session, names)).some(({ key, count }) => count > (known.get(key) ?? 0))
      if (shows) return null
    } catch (error) {
      if (!isBellowsError(error) || error.code !== 'database.privilege') throw error
      return {
        reason: 'failed statements could not be read in performance_schema',
        hint: 'GRANT SELECT ON performance_schema.* to the migrating account.',
      }
    }
    return {
      reason: 'a statement of ours that failed was not counted by performance_schema',
      hint: `Let it count: the consumers global_instrumentation and statements_digest, the instruments statement/%${mariadb ? '' : ' and error'}; and empty events_statements_summary_by_digest (TRUNCATE) where that is full.`,
    }
  },
  failures: failuresOf,
}

async function serverOf(session: Session): Promise<Server> {
  const { rows } = await session.query<{ version: string; on: unknown; database: string }>(
    compileSql(
      sql`select version() as version, @@performance_schema + 0 as ${sql.id('on')}, database() as ${sql.id('database')}`,
    ),
  )
  const [row] = rows
  return {
    mariadb: /mariadb/i.test(row?.version ?? ''),
    on: Number(row?.on ?? 0) === 1,
    database: row?.database ?? '',
  }
}

/** What any old client would run into, and is there to be counted. */
async function fail(session: Session, names: readonly OldName[]): Promise<void> {
  const [first] = names
  if (first === undefined) return
  const { table, column } = first
  const text = `select ${quote(column)}, ${quote('bellows_is_not_there')} from ${quote(table.schema, table.name)} limit 0`
  await session.query({ sql: text, parameters: [] }).catch((error: unknown) => {
    if (!isBellowsError(error) || error.code !== 'database.missing-column') throw error
  })
}

async function failuresOf(session: Session, names: readonly OldName[]): Promise<readonly FailureCounter[]> {
  const { mariadb, database } = await serverOf(session)
  return [
    ...(await byStatement(session, names, database)),
    ...(mariadb ? await byAccount(session) : await byError(session)),
  ]
}

async function byStatement(
  session: Session,
  names: readonly OldName[],
  database: string,
): Promise<readonly FailureCounter[]> {
  const { rows } = await session.query<{ place: string | null; digest: string; text: string; count: unknown }>(
    compileSql(
      sql`select schema_name as place, digest, digest_text as text, sum_errors as ${sql.id('count')} from performance_schema.events_statements_summary_by_digest where sum_errors > 0 and digest_text is not null`,
    ),
  )
  return rows
    .filter(({ place, text }) => {
      const words = wordsOf(text)
      const here = place === database || words.has(database.toLowerCase())
      const has = (name: string): boolean => words.has(name.toLowerCase())
      return here && asked.test(text) && names.some(({ table, column }) => has(table.name) && has(column))
    })
    .map(({ place, digest, text, count }) => ({
      key: `${place} ${digest}`,
      what: `failures of ${shorten(text)}`,
      count: Number(count),
      sure: true,
    }))
}

/** Of the threads of ours, which ask servers what some cannot tell: they are of the same account, it may be. */
const own = sql`select h.thread_id from performance_schema.threads h where h.processlist_user = a.user and h.processlist_host = a.host and json_contains(${ownThreads}, cast(h.processlist_id as char))`

async function byError(session: Session): Promise<readonly FailureCounter[]> {
  const these = sql`error_number in (${sql.join(gone.map((number) => sql.lit(number)))})`
  const ours = sql`(select coalesce(sum(t.sum_error_raised - t.sum_error_handled), 0) from performance_schema.events_errors_summary_by_thread_by_error t where t.error_number = a.error_number and t.thread_id in (${own}))`
  const { rows } = await session.query<{ who: string; error: number; count: unknown }>(
    compileSql(
      sql`select concat(a.user, '@', a.host) as who, a.error_number as error, a.sum_error_raised - a.sum_error_handled - ${ours} as ${sql.id('count')} from performance_schema.events_errors_summary_by_account_by_error a where ${these} and a.sum_error_raised > 0 and a.user is not null`,
    ),
  )
  return rows.map(({ who, error, count }) => ({
    key: `${who} ${error}`,
    what: `errors ${error} of ${who}`,
    count: Number(count),
    sure: false,
  }))
}

async function byAccount(session: Session): Promise<readonly FailureCounter[]> {
  const these = sql`event_name in (${sql.join(said.map((name) => sql.lit(name)))})`
  const ours = sql`(select coalesce(sum(t.sum_errors), 0) from performance_schema.events_statements_summary_by_thread_by_event_name t where t.${these} and t.thread_id in (${own}))`
  const { rows } = await session.query<{ who: string; count: unknown }>(
    compileSql(
      sql`select concat(a.user, '@', a.host) as who, sum(a.sum_errors) - ${ours} as ${sql.id('count')} from performance_schema.events_statements_summary_by_account_by_event_name a where a.${these} and a.sum_errors > 0 and a.user is not null group by a.user, a.host`,
    ),
  )
  return rows.map(({ who, count }) => ({
    key: who,
    what: `failed statements of ${who}, of whatever kind`,
    count: Number(count),
    sure: false,
  }))
}

/** The words of a digest, where what could be a keyword stands in capitals. */
function wordsOf(text: string): ReadonlySet<string> {
  const found = text.matchAll(/`((?:[^`]|``)+)`|[\w$\u0080-\uffff]+/g)
  return new Set([...found].map(([word, quoted]) => (quoted?.replaceAll('``', '`') ?? word).toLowerCase()))
}

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
