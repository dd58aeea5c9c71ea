import { type RawBuilder, sql } from 'kysely'
import type { EvidenceDialect } from '../dialect.ts'
import { firstOf, ownThreads } from './sql.ts'

const attribute = (as: string, name: string): RawBuilder<unknown> =>
  sql`left join performance_schema.session_connect_attrs ${sql.id(as)} on ${sql.id(as)}.processlist_id = p.id and ${sql.id(as)}.attr_name = ${sql.lit(name)}`

/** What may still use the old shape. */
export const evidence: EvidenceDialect = {
  sessions: firstOf(sessions(true), sessions(false)),
  hints: { sessions: 'GRANT PROCESS ON *.* to the migrating account.' },
}

/** As `others` of sessions.ts, each for itself: hidden without PROCESS, which the look at innodb_trx tells; unnamed without performance_schema. */
function sessions(named: boolean): RawBuilder<unknown> {
  const told = (as: string, otherwise: RawBuilder<unknown>): RawBuilder<unknown> =>
    named ? sql`if(@@performance_schema, coalesce(${sql.id(as)}.attr_value, ${otherwise}), null)` : sql`null`
  const application = told('a', sql`''`)
  const attributes = named ? sql`${attribute('a', 'program_name')} ${attribute('v', 'app_version')}` : sql``
  return sql`select p.id as pid, null as started, ${application} as application, ${told('v', sql`null`)} as version, p.user as user from information_schema.processlist p ${attributes} where p.db = database() and p.user <> 'system user' and not json_contains(${ownThreads}, cast(p.id as char)) and coalesce(${application}, '') not like 'bellows/%' and (select count(*) from information_schema.innodb_trx) >= 0 order by 3, 5, 1`
}
