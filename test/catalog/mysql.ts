import type { Connection, RowDataPacket } from 'mysql2/promise'

/** What is left out: our state tables, unless a test is about them. */
export interface MysqlCatalogOptions {
  readonly own?: boolean
}

/**
 * Everything that a database's schema says on MySQL and MariaDB, by the server's own definitions, one entry an object, sorted.
 * Independent of `src`. Counters are left out, and the database's name, so that two databases can be compared.
 */
export async function mysqlCatalog(client: Connection, { own = false }: MysqlCatalogOptions = {}): Promise<string> {
  const [[{ db }]] = (await client.query('select database() as db')) as unknown as [[{ db: string }]]
  const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await client.query<RowDataPacket[]>({ sql, values: [db] }))[0]
  const shown = async (kind: string, name: string): Promise<string> => {
    const [row = {}] = await rows(`show create ${kind} \`${name.replaceAll('`', '``')}\``)
    return Object.entries(row)
      .filter(
        ([title]) => !/^(table|view|procedure|function|event|sequence|created|.*_client|.*_connection)$/i.test(title),
      )
      .map(([title, value]) => `${title}: ${String(value)}`)
      .join('\n')
  }
  const entries: string[] = []
  const entry = (kind: string, name: unknown, facts: unknown): void => {
    entries.push(`${kind} ${String(name)}\n${typeof facts === 'string' ? facts : JSON.stringify(facts)}`)
  }
  const tables = await rows(
    `select table_name as name, table_type as type from information_schema.tables where table_schema = ?`,
  )
  const words: Readonly<Record<string, string>> = { 'BASE TABLE': 'table', VIEW: 'view', SEQUENCE: 'sequence' }
  for (const { name, type } of tables) {
    if (!own && String(name).startsWith('bellows_')) continue
    const kind = words[String(type)] ?? 'table'
    entry(kind, name, (await shown(kind, String(name))).replace(/ AUTO_INCREMENT=\d+/, ''))
  }
  for (const { name, ...facts } of await rows(
    `select trigger_name as name, action_timing as timing, event_manipulation as event, event_object_table as on_table, action_order as place, action_statement as body, sql_mode as mode, definer, collation_connection as collation
     from information_schema.triggers where trigger_schema = ?`,
  ))
    entry('trigger', name, facts)
  for (const { name, kind } of await rows(
    `select routine_name as name, lower(routine_type) as kind from information_schema.routines where routine_schema = ?`,
  ))
    if (/^(function|procedure)$/.test(String(kind))) entry(String(kind), name, await shown(String(kind), String(name)))
  for (const { name } of await rows(`select event_name as name from information_schema.events where event_schema = ?`))
    entry('event', name, await shown('event', String(name)))
  for (const [kind, columns, view] of [
    ['grant', 'table_name', 'table_privileges'],
    ['grant', "concat(table_name, '.', column_name)", 'column_privileges'],
  ]) {
    for (const { name, facts } of await rows(
      `select ${columns} as name, concat(grantee, ' ', privilege_type, ' ', is_grantable) as facts from information_schema.${view} where table_schema = ? order by 1, 2`,
    ))
      entry(kind!, name, String(facts))
  }
  return `${entries
    .map((text) => text.replaceAll(`\`${db}\`.`, ''))
    .sort()
    .join('\n\n')}\n`
}
