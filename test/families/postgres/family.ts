import pg from 'pg'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { connect, withClient } from '../../servers/connect.ts'
import { cloneDatabase, createDatabase } from '../../servers/create-database.ts'
import type { Family } from '../family.ts'
import { endState } from './end-state.ts'
import { watchedProxy } from './proxy.ts'
import { schema, users } from './schema.ts'
import { openWriter } from './writer.ts'

const rows = async <Row extends object>(url: string, sql: string): Promise<Row[]> =>
  withClient(url, async (client) => (await client.query<Row>(sql)).rows)

/** PostgreSQL. */
export const postgresFamily: Family = {
  name: 'postgres',
  complete: true,
  schema,
  users,
  run: async (url, sql) => {
    await withClient(url, (client) => client.query(sql))
  },
  rows,
  session: async (url, app) => {
    const client = await connect(`${url}?application_name=${encodeURIComponent(app)}`)
    return {
      run: async (sql) => {
        await client.query(sql)
      },
      end: () => client.end(),
    }
  },
  quote: pg.escapeIdentifier,
  literal: pg.escapeLiteral,
  state: (table) => `"bellows".${pg.escapeIdentifier(table)}`,
  same: (left, right) => `${left} is not distinct from ${right}`,
  text: (expression) => `(${expression})::text`,
  keyText: (id) => `jsonb_build_object('id', ${id})::text`,
  columns: async (url, table) => {
    const found = await rows<{ name: string }>(
      url,
      `select attname as name from pg_attribute where attrelid = ${pg.escapeLiteral(pg.escapeIdentifier(table))}::regclass and attnum > 0 and not attisdropped order by attnum`,
    )
    return found.map(({ name }) => name)
  },
  catalog: (url, { own = false } = {}) =>
    withClient(url, (client) => canonicalCatalog(client, own ? { without: [] } : {})),
  // A view goes on to call its own column so, by an AS.
  renamed: (catalog, from, to) => {
    const word = new RegExp(`(?<![\\w'])${from}(?!\\w)`, 'g')
    const tables = catalog.split('\n').filter((line) => !/^(view|column public\.(named|big_items)\.)/.test(line))
    return tables
      .map((line) => line.replace(word, to))
      .sort()
      .join('\n')
  },
  ours: /bellows_[a-z]_[0-9a-f]{8}|~bellows_sync/,
  endState,
  stage: async (server, prepare) => {
    const template = await createDatabase(server)
    await prepare(template.url).catch(async (error: unknown) => {
      await template.drop()
      throw error
    })
    return { fresh: () => cloneDatabase(server, template), close: () => template.drop() }
  },
  proxy: watchedProxy,
  // A statement whose client died may still be running: its end belongs to the case.
  settled: async (url) => {
    for (let tries = 0; tries < 300; tries++) {
      const found = await rows(
        url,
        `select from pg_stat_activity where datname = current_database() and application_name like 'bellows/%'`,
      )
      if (found.length === 0) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('a session of the killed runner is still there')
  },
  openWriter,
}
