import { sql } from 'kysely'
import { compileSql, literal, quote } from '../sql.ts'

/** What a session has set, by name; also its role and who it says it is. */
export type Settings = ReadonlyMap<string, string>

/** What a session has that no other can be given while it is there. */
const alone: readonly (readonly [what: string, found: string])[] = [
  ['a temporary table', 'select from pg_catalog.pg_class where relnamespace = pg_catalog.pg_my_temp_schema()'],
  ['a temporary function', 'select from pg_catalog.pg_proc where pronamespace = pg_catalog.pg_my_temp_schema()'],
  ['an advisory lock', "select from pg_catalog.pg_locks where locktype = 'advisory'"],
  ['LISTEN', 'select from pg_catalog.pg_listening_channels()'],
  ['a cursor WITH HOLD', 'select from pg_catalog.pg_cursors where is_holdable'],
  ['a statement of PREPARE', 'select from pg_catalog.pg_prepared_statements where from_sql'],
]

/** By name: there is nobody that PGlite would reset it to. */
const asOwner = 'set session authorization postgres; set role none'

/** PGlite's own defaults are those of no server. */
const usual: Settings = new Map([
  ['search_path', '"$user", public'],
  ['allow_system_table_mods', 'off'],
])

/** The settings of the session that is on, and what it has to itself. Names with a dot are only known to whoever says them. */
export function lookSql(dotted: Iterable<string>): string {
  const names = [...dotted].map(literal).join()
  const parts = [
    "select name, pg_catalog.current_setting(name) from pg_catalog.pg_settings where source = 'session' and name not like 'transaction\\_%' and name not in ('role', 'session_authorization')",
    "select 'role', pg_catalog.current_setting('role')",
    "select 'session_authorization', session_user::text",
    ...alone.map(([what, found]) => `select '', ${literal(what)} where exists (${found})`),
    ...(names === ''
      ? []
      : [
          `select n, pg_catalog.current_setting(n, true) from pg_catalog.unnest(array[${names}]) n where pg_catalog.current_setting(n, true) <> ''`,
        ]),
  ]
  return parts.join(' union all ')
}

/** What {@link lookSql} found. */
export function readLook(rows: readonly (readonly string[])[]): {
  readonly settings: Settings
  /** What keeps others away; null where nothing does. */
  readonly alone: string | null
} {
  const settings = new Map<string, string>()
  let keeps: string | null = null
  for (const [name = '', value = ''] of rows) {
    if (name === '') keeps ??= value
    else settings.set(name, value)
  }
  return { settings, alone: keeps }
}

/** The session as it is to somebody: what others have set is gone. */
export function applySql(settings: Settings): string {
  const { session_authorization: user = 'postgres', role = 'none', ...others } = Object.fromEntries(settings)
  const set = (name: string, value: string): string =>
    `select pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`
  return [
    `${asOwner}; reset all`,
    ...Object.entries({ ...Object.fromEntries(usual), ...others }).map(([name, value]) => set(name, value)),
    ...(user === 'postgres' ? [] : [`set session authorization ${quote(user)}`]),
    ...(role === 'none' ? [] : [`set role ${quote(role)}`]),
  ].join('; ')
}

/** What ALTER ROLE and ALTER DATABASE say for new sessions, the stronger ones last (manual, ALTER ROLE). */
export function defaultsSql(user: string): string {
  return compileSql(
    sql`select pg_catalog.unnest(setconfig) from pg_catalog.pg_db_role_setting where setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())) and setrole in (0, (select oid from pg_catalog.pg_roles where rolname = ${sql.lit(user)})) order by setrole <> 0, setdatabase <> 0`,
  ).sql
}

/** What a client asks for by the parameter `options`: `-c name=value`, `--name=value`; a space is said with a backslash. */
export function settingsOfOptions(options: string): Settings {
  const words = options.match(/(?:\\.|\S)+/g) ?? []
  const said = words.map((word) => word.replace(/\\(.)/g, '$1')).join('\n')
  const found = new Map<string, string>()
  for (const match of said.matchAll(/^(?:-c\n?|--)([\w.-]+)=(.*)$/gm)) {
    found.set((match[1] ?? '').replaceAll('-', '_'), match[2] ?? '')
  }
  return found
}

/** Ends what a session had to itself. */
export const endAlone: string = [
  'rollback',
  asOwner,
  'close all; unlisten *; discard temp',
  'select pg_catalog.pg_advisory_unlock_all()',
  "do $$ declare n text; begin for n in select name from pg_catalog.pg_prepared_statements where from_sql loop execute pg_catalog.format('deallocate %I', n); end loop; end $$",
].join(';')
