import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { EvidenceDialect } from '../dialect.ts'
import { compileSql, firstOf, ownThreads } from './sql.ts'
import { stateTable } from './state.ts'
import { readStatistics } from './statement-use.ts'

const attribute = (as: string, name: string): RawBuilder<unknown> =>
  sql`left join performance_schema.session_connect_attrs ${sql.id(as)} on ${sql.id(as)}.processlist_id = p.id and ${sql.id(as)}.attr_name = ${sql.lit(name)}`

/** What may still use the old shape. */
export const evidence: EvidenceDialect = {
  sessions: firstOf(sessions(true), sessions(false)),
  // The servers list them for all databases, and by no means what they hold.
  prepared: () => compileSql(sql`xa recover`),
  transactionsBefore: (time) => {
    const utc = time.replace('T', ' ').replace('Z', '')
    const began = sql`convert_tz(t.trx_started, 'SYSTEM', '+00:00')`
    const asked = (named: boolean): RawBuilder<unknown> =>
      sql`select p.id as pid, ${named ? sql`a.attr_value` : sql`null`} as application, p.user as user, date_format(${began}, '%Y-%m-%dT%H:%i:%sZ') as since from information_schema.innodb_trx t join information_schema.processlist p on p.id = t.trx_mysql_thread_id ${named ? attribute('a', 'program_name') : sql``} where (p.db = database() or p.db is null) and not json_contains(${ownThreads}, cast(p.id as char)) and ${began} < cast(${utc} as datetime(3)) order by 4, 1`
    return firstOf(asked(true), asked(false))
  },
  consumers: (tables) => firstOf(consumers(tables, true), consumers(tables, false)),
  statements: readStatistics,
  writers: (lens, second, schema) => firstOf(writers(lens, second, schema, true), writers(lens, second, schema, false)),
  hints: {
    sessions: 'GRANT PROCESS ON *.* to the migrating account.',
    transactions: 'GRANT PROCESS ON *.* to the migrating account, and on MySQL XA_RECOVER_ADMIN ON *.*.',
    consumers: 'GRANT PROCESS ON *.*, and SELECT on mysql.db and mysql.tables_priv, to the migrating account.',
  },
}

/** The triggers note which session wrote; its name is looked up while it is there. */
function writers(lens: Lens, second: number, schema: string, named: boolean): RawBuilder<unknown> {
  const told = (as: string): RawBuilder<unknown> => (named ? sql`${sql.id(as)}.attr_value` : sql`null`)
  const attributes = named ? sql`${attribute('a', 'program_name')} ${attribute('v', 'app_version')}` : sql``
  return sql`select 1 as wrote, ${told('a')} as application, ${told('v')} as version, p.user as user from ${sql.id(stateTable(schema, 'writes'))} w join information_schema.processlist p on p.id = w.connection_id ${attributes} where w.lens = ${lens.id} and w.side = 'old' and w.second >= ${second} order by 2, 4`
}

/** Readers of the binary log, which only PROCESS shows; and the accounts with rights on the database or the tables, where that may be read. */
function consumers(tables: readonly TableRef[], rights: boolean): RawBuilder<unknown> {
  const readers = sql`select 'consumer' as kind, concat('reader of the binary log ', p.user, ' at ', substring_index(p.host, ':', 1)) as name from information_schema.processlist p where p.command like 'Binlog Dump%' and (select count(*) from information_schema.innodb_cmp) >= 0`
  if (!rights) return sql`${readers} union all select 'untold', 'which accounts may read the tables is not told'`
  const each = tables.map(({ schema, name }) => sql`(g.db = ${schema} and g.table_name = ${name})`)
  const schemas = sql.join(
    tables.map(({ schema }) => sql`${schema} like g.db`),
    sql` or `,
  )
  const other = sql`concat(g.user, '@', g.host) <> current_user()`
  return sql`${readers} union all select distinct 'role', cast(g.user as char) from mysql.db g where (${schemas}) and g.select_priv = 'Y' and ${other} union all select distinct 'role', cast(g.user as char) from mysql.tables_priv g where (${sql.join(each, sql` or `)}) and (find_in_set('Select', g.table_priv) > 0 or find_in_set('Select', g.column_priv) > 0) and ${other}`
}

/** As `others` of sessions.ts, each for itself: hidden without PROCESS, which the look at innodb_cmp tells; unnamed without performance_schema. */
function sessions(named: boolean): RawBuilder<unknown> {
  const told = (as: string, otherwise: RawBuilder<unknown>): RawBuilder<unknown> =>
    named ? sql`if(@@performance_schema, coalesce(${sql.id(as)}.attr_value, ${otherwise}), null)` : sql`null`
  const application = told('a', sql`''`)
  const attributes = named ? sql`${attribute('a', 'program_name')} ${attribute('v', 'app_version')}` : sql``
  return sql`select p.id as pid, null as started, ${application} as application, ${told('v', sql`null`)} as version, p.user as user from information_schema.processlist p ${attributes} where p.db = database() and p.user <> 'system user' and not json_contains(${ownThreads}, cast(p.id as char)) and coalesce(${application}, '') not like 'bellows/%' and (select count(*) from information_schema.innodb_cmp) >= 0 order by 3, 5, 1`
}
