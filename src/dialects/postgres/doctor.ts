import { type RawBuilder, sql } from 'kysely'
import type { Dialect, SessionDialect } from '../dialect.ts'
import { compileSql } from './sql.ts'

/** One question: `status` by a condition, `message`, and a hint for when it is not ok. */
function question(name: string, query: RawBuilder<unknown>): ReturnType<SessionDialect['doctor']>[number] {
  return { name, statement: compileSql(query) }
}

/** What a role needs, and what may keep DDL waiting. */
export const doctor: SessionDialect['doctor'] = (schema) => [
  question(
    'state-schema',
    sql`select case when exists (select from pg_namespace where nspname = ${schema}) then
          case when has_schema_privilege(current_user, ${schema}, 'CREATE') then 'ok' else 'fail' end
        else case when has_database_privilege(current_user, current_database(), 'CREATE') then 'ok' else 'fail' end end as status,
        current_user || ' on schema ' || ${schema}::text as message,
        'GRANT CREATE ON DATABASE to the migrating role once, or let a superuser create the schema for it.' as hint`,
  ),
  question(
    'ownership',
    sql`select case when count(*) filter (where not pg_has_role(current_user, c.relowner, 'USAGE')) = 0 then 'ok' else 'warn' end as status,
        count(*) filter (where pg_has_role(current_user, c.relowner, 'USAGE')) || ' of ' || count(*) || ' tables belong to ' || current_user as message,
        'Only the owner may alter a table: use --set-role with the owner.' as hint
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', ${schema}) and n.nspname not like 'pg\\_%'`,
  ),
  question(
    'recovery',
    sql`select case when pg_is_in_recovery() then 'fail' else 'ok' end as status,
        case when pg_is_in_recovery() then 'the server is a standby' else 'the server accepts writes' end as message,
        'Connect to the primary.' as hint`,
  ),
  question(
    'long-transactions',
    sql`select case when count(*) = 0 then 'ok' else 'warn' end as status,
        case when count(*) = 0 then 'no transaction is older than a minute'
             else count(*) || ' transactions are older than a minute: ' || string_agg(coalesce(nullif(application_name, ''), usename::text, '?') || ' pid ' || pid, ', ') end as message,
        'They make DDL retry and index builds wait.' as hint
        from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start < clock_timestamp() - interval '1 minute' and backend_type = 'client backend'`,
  ),
  question(
    'prepared-transactions',
    sql`select case when count(*) = 0 then 'ok' else 'warn' end as status, count(*) || ' prepared transactions' as message,
        'They hold locks without a session: COMMIT PREPARED or ROLLBACK PREPARED them.' as hint from pg_prepared_xacts where database = current_database()`,
  ),
  question(
    'invalid-indexes',
    sql`select case when count(*) = 0 then 'ok' else 'warn' end as status,
        case when count(*) = 0 then 'no index is invalid' else 'invalid: ' || string_agg(c.relname, ', ') end as message,
        'migrate repair builds those of ours again; REINDEX INDEX CONCURRENTLY those of yours.' as hint
        from pg_index i join pg_class c on c.oid = i.indexrelid where not i.indisvalid`,
  ),
  question(
    'sessions',
    sql`select case when pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') then 'ok' else 'warn' end as status,
        case when pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') then 'sessions of others can be read' else 'details of the sessions of others are hidden' end as message,
        'GRANT pg_read_all_stats to the migrating role: blockers are then named.' as hint`,
  ),
  question(
    'takeover',
    sql`select case when pg_has_role(current_user, 'pg_signal_backend', 'USAGE') or session_user = current_user then 'ok' else 'warn' end as status,
        case when pg_has_role(current_user, 'pg_signal_backend', 'USAGE') then 'sessions of a frozen runner can be ended'
             when session_user = current_user then 'sessions of this role can be ended'
             else 'a frozen runner of another role cannot be ended' end as message,
        'GRANT pg_signal_backend to the migrating role: it takes over from a runner whose lease is over.' as hint`,
  ),
  question('heartbeats', heartbeats(schema)),
]

/** Who may write the table for them; apps do not have to. */
const heartbeats = (schema: string): RawBuilder<unknown> => sql`
  select 'ok' as status,
    case when t.oid is null then 'there is no table for heartbeats yet: the next command that writes makes it'
         when t.roles is null then 'only its owner may write ' || ${schema}::text || '.heartbeats'
         else t.roles || ' may write ' || ${schema}::text || '.heartbeats' end as message,
    'GRANT INSERT, UPDATE on it to the roles of apps that are to send heartbeats.' as hint
  from (select max(c.oid) as oid, string_agg(distinct case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end, ', ') filter (where a.privilege_type = 'INSERT' and a.grantee <> c.relowner) as roles
        from pg_class c join pg_namespace n on n.oid = c.relnamespace left join lateral aclexplode(c.relacl) a on true
        where n.nspname = ${schema} and c.relname = 'heartbeats' and c.relkind = 'r') t`

/** What a catalog tells of schemas and of what the role may do. */
export const judge: Dialect['judge'] = ({ openSchemas, capabilities }) => [
  openSchemas.length === 0
    ? { name: 'schemas', status: 'ok', message: 'no schema lets everybody create objects', hint: null }
    : {
        name: 'schemas',
        status: 'warn',
        message: `everybody may create objects in ${openSchemas.join(', ')}`,
        hint: 'Expressions that need functions or types from there are refused. REVOKE CREATE ON SCHEMA ... FROM PUBLIC.',
      },
  capabilities.quietTriggers
    ? { name: 'triggers', status: 'ok', message: 'your triggers can be kept quiet during a backfill', hint: null }
    : {
        name: 'triggers',
        status: 'warn',
        message: 'session_replication_role may not be set, so a backfill fires your triggers',
        hint: 'PostgreSQL 15+: GRANT SET ON PARAMETER session_replication_role TO the migrating role.',
      },
]
