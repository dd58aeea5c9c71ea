import { type RawBuilder, sql } from 'kysely'
import type { SessionDialect } from '../dialect.ts'
import { howToLetItTell } from './blockers.ts'
import { firstOf } from './sql.ts'
import { stateTable } from './state.ts'

type Question = ReturnType<SessionDialect['doctor']>[number]

/** One question: `status` by a condition, `message`, and a hint for when it is not ok. The others are asked where it cannot be. */
function question(name: string, ...queries: readonly [RawBuilder<unknown>, ...RawBuilder<unknown>[]]): Question {
  return { name, statement: firstOf(...queries) }
}

const fixed = (status: 'ok' | 'warn', message: string, hint: string): RawBuilder<unknown> =>
  sql`select ${status} as status, ${message} as message, ${hint} as hint`

/** What a migration needs of the account, on its database. */
const needed = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES', 'TRIGGER'],
  ...['LOCK TABLES', 'CREATE ROUTINE', 'ALTER ROUTINE', 'EXECUTE'],
]

const account = sql`concat('''', replace(current_user(), '@', '''@'''), '''')`
const everywhere = sql`select privilege_type from information_schema.user_privileges where grantee = ${account}`
// A grant may be on a pattern of names.
const here = sql`select privilege_type from information_schema.schema_privileges where grantee = ${account} and database() like table_schema`
const role = sql`coalesce(nullif(current_role(), 'NONE'), '') <> ''`
const mayDoAll = sql`exists (select 1 from information_schema.user_privileges where grantee = ${account} and privilege_type = 'SUPER')`

function missing(): RawBuilder<unknown> {
  const list = sql.join(
    needed.map((each) => sql`select ${sql.lit(each)} as name`),
    sql` union all `,
  )
  return sql`(select group_concat(n.name separator ', ') from (${list}) n where n.name not in (${everywhere}) and n.name not in (${here}))`
}

/** What an account needs, which settings of the server are in the way, and what may keep DDL waiting. */
export const doctor: SessionDialect['doctor'] = (schema) => [
  question(
    'privileges',
    // What comes by a role is not listed for an account that cannot read the grants of others.
    sql`select case when m.names is null then 'ok' when ${role} then 'warn' else 'fail' end as status,
        case when m.names is null then concat(current_user(), ' has what it needs on ', database())
             when ${role} then concat('by a role, or missing: ', m.names)
             else concat('missing on ', database(), ': ', m.names) end as message,
        'GRANT them on the database to the migrating account.' as hint from (select ${missing()} as names) m`,
  ),
  question(
    'triggers',
    sql`select case when @@log_bin = 0 or @@log_bin_trust_function_creators = 1 or ${mayDoAll} then 'ok' when ${role} then 'warn' else 'fail' end as status,
        case when @@log_bin = 0 then 'triggers can be made: the binary log is off'
             when @@log_bin_trust_function_creators = 1 then 'triggers can be made: log_bin_trust_function_creators is on'
             when ${mayDoAll} then 'triggers can be made: the account has SUPER'
             else 'the binary log is on, log_bin_trust_function_creators is off, and the account has no SUPER of its own' end as message,
        'SET GLOBAL log_bin_trust_function_creators = 1, or GRANT SUPER to the migrating account.' as hint`,
  ),
  question(
    'binlog-format',
    sql`select case when @@log_bin = 1 and @@binlog_format = 'STATEMENT' then 'fail' else 'ok' end as status,
        case when @@log_bin = 1 then concat('the binary log is on, its format ', @@binlog_format) else 'the binary log is off' end as message,
        'SET GLOBAL binlog_format = ROW: statements would run our triggers again on the replicas.' as hint`,
  ),
  question(
    'read-only',
    sql`select case when @@global.read_only = 0 and @@innodb_read_only = 0 then 'ok' when ${mayDoAll} and @@innodb_read_only = 0 then 'warn' else 'fail' end as status,
        case when @@global.read_only = 0 and @@innodb_read_only = 0 then 'the server accepts writes' else 'the server is read-only' end as message,
        'Connect to the primary.' as hint`,
  ),
  question(
    'state-tables',
    sql`select 'ok' as status, concat(count(*), ' tables of ours, ', ${stateTable(schema, '*')}) as message, '' as hint
        from information_schema.tables where table_schema = database() and left(table_name, ${schema.length + 1}) = ${`${schema}_`}`,
  ),
  question(
    'heartbeats',
    sql`select 'ok' as status, case when count(*) = 0 then 'there is no table for heartbeats yet: the next command that writes makes it'
          else concat('accounts with SELECT, INSERT and UPDATE on ', ${stateTable(schema, 'heartbeats')}, ', or on the database, may send heartbeats') end as message,
        'GRANT them to the accounts of apps that are to send heartbeats.' as hint
        from information_schema.tables where table_schema = database() and table_name = ${stateTable(schema, 'heartbeats')}`,
  ),
  question(
    'check-shadows',
    sql`select case when count(*) = 0 then 'ok' else 'warn' end as status,
        case when count(*) = 0 then 'no scratch databases of check' else concat('scratch databases of check: ', group_concat(schema_name order by schema_name separator ', ')) end as message,
        'The next check on this server drops what a killed one left; drop by hand what has no table bellows_check_shadow.' as hint
        from information_schema.schemata where schema_name regexp '^bellows_check_[0-9a-f]{12}$'`,
  ),
  question(
    'engines',
    sql`select case when count(*) = 0 then 'ok' else 'warn' end as status,
        case when count(*) = 0 then 'all tables are InnoDB' else concat('not InnoDB: ', group_concat(table_name order by table_name separator ', ')) end as message,
        'Such tables cannot be migrated: ALTER TABLE ... ENGINE = InnoDB.' as hint
        from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE' and coalesce(engine, '') <> 'InnoDB'`,
  ),
  question(
    'long-transactions',
    sql`select case when count(*) = 0 then 'ok' else 'warn' end as status,
        case when count(*) = 0 then 'no transaction is older than a minute'
             else concat(count(*), ' transactions are older than a minute: ', group_concat(p.user, ' pid ', p.id separator ', ')) end as message,
        'They make DDL retry, and everybody behind it wait.' as hint
        from information_schema.innodb_trx t join information_schema.processlist p on p.id = t.trx_mysql_thread_id
        where p.db = database() and convert_tz(t.trx_started, 'SYSTEM', '+00:00') < utc_timestamp() - interval 1 minute`,
    fixed('warn', 'the transactions of others are hidden', 'GRANT PROCESS to the migrating account.'),
  ),
  question(
    'sessions',
    sql`select case when count(*) >= 0 then 'ok' end as status, 'sessions of others can be read' as message, '' as hint from information_schema.innodb_cmp`,
    fixed(
      'warn',
      'the sessions of others are hidden',
      'GRANT PROCESS to the migrating account: the gate of --old-app needs it, and blockers are then named.',
    ),
  ),
  question(
    'blockers',
    sql`select case when count(*) > 0 and @@performance_schema then 'ok' else 'warn' end as status,
        case when count(*) > 0 and @@performance_schema then 'the server tells who holds metadata locks' else 'the server does not tell who holds metadata locks' end as message,
        ${howToLetItTell} as hint
        from performance_schema.setup_instruments where name = 'wait/lock/metadata/sql/mdl' and enabled = 'YES'`,
    fixed(
      'warn',
      'who holds metadata locks is hidden',
      'GRANT SELECT ON performance_schema.* to the migrating account: blockers are then named.',
    ),
  ),
]
