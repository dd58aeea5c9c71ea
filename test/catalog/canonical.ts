import type pg from 'pg'
import { catalogQueries, publicationTables } from './queries.ts'

/** What is left out. Our own schema, unless a test is about it. */
export interface CatalogOptions {
  readonly without?: readonly string[]
}

/**
 * Everything that a database's schema says, one sorted line an object, so that two can be compared and their difference
 * read. Independent of `src`: it reads the system catalogs and nothing else. Columns count by their order, not by number.
 */
export async function canonicalCatalog(
  client: pg.Client,
  { without = ['bellows'] }: CatalogOptions = {},
): Promise<string> {
  const { rows: found } = await client.query<{ schema: string; version: number }>(
    `select nspname as schema, current_setting('server_version_num')::int as version from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
  )
  const schemas = found.map(({ schema }) => schema).filter((schema) => !without.includes(schema))
  const queries = { ...catalogQueries, 'published table': publicationTables(found[0]?.version ?? 0) }
  const lines: string[] = []
  // Names in definitions then carry their schema whenever it matters, whatever the role's search_path is.
  await client.query(`set search_path = ''`)
  try {
    for (const [kind, query] of Object.entries(queries)) {
      const { rows } = await client.query<{ name: string; facts: unknown }>(query, [schemas])
      for (const { name, facts } of rows) lines.push(`${kind} ${name} ${JSON.stringify(facts)}`)
    }
  } finally {
    await client.query('reset search_path')
  }
  return `${lines.sort().join('\n')}\n`
}
