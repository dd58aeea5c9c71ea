import { sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Session } from '../dialect.ts'
import type { LockTables } from './parents.ts'
import { compileSql } from './sql.ts'

/** A sequence in a default, as MariaDB prints it. */
const named = /\b(?:nextval|lastval)\s*\(\s*`((?:[^`]|``)+)`\s*\.\s*`((?:[^`]|``)+)`/gi

const plain = (name: string | undefined): string => (name ?? '').replaceAll('``', '`')

/** The same lock, and the sequences that defaults of its tables use: under LOCK TABLES MariaDB alters no table without them. */
export async function withSequences(observer: Session, action: LockTables): Promise<LockTables> {
  const tables = action.tables.map(({ schema, name }) => sql`(table_schema = ${schema} and table_name = ${name})`)
  const { rows } = await observer.query<{ readonly given: string }>(
    compileSql(
      sql`select distinct column_default as given from information_schema.columns where column_default like '%val(%' and version() like '%mariadb%' and (${sql.join(tables, sql` or `)})`,
    ),
  )
  const found = new Map<string, TableRef>()
  for (const { given } of rows)
    for (const [whole, schema, name] of String(given).matchAll(named))
      found.set(whole.slice(whole.indexOf('(')), { schema: plain(schema), name: plain(name) })
  return found.size === 0 ? action : { ...action, tables: [...action.tables, ...found.values()] }
}
