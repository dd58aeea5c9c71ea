import { mysqlCatalog } from '../../catalog/mysql.ts'
import { connectMysql, createDatabase, mysqlRows, withMysql } from '../../servers/databases.ts'
import type { Family } from '../family.ts'
import { endState } from './end-state.ts'
import { startLogging } from './log.ts'
import { watchedProxy } from './proxy.ts'
import { schema, users } from './schema.ts'
import { openWriter } from './writer.ts'

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** MySQL and MariaDB. */
export const mysqlFamily: Family = {
  name: 'mysql',
  complete: false,
  schema,
  users,
  run: async (url, sql) => {
    await withMysql(url, (client) => client.query(sql))
  },
  rows: mysqlRows,
  session: async (url, app) => {
    const client = await connectMysql(url, { connectAttributes: { program_name: app } })
    return {
      run: async (sql) => {
        await client.query(sql)
      },
      end: () => client.end(),
    }
  },
  quote,
  literal,
  state: (table) => quote(`bellows_${table}`),
  same: (left, right) => `cast(${left} as binary) <=> cast(${right} as binary)`,
  text: (expression) => `cast(${expression} as char)`,
  keyText: (id) => `cast(json_object('id', ${id}) as char)`,
  beginSnapshot: 'start transaction with consistent snapshot; select count(*) from users',
  freeKeys: 'select 1',
  sidesWritten: async (url) => {
    const found = await mysqlRows<{ side: string }>(url, 'select distinct side from bellows_writes order by side')
    return found.map(({ side }) => side)
  },
  versions: async (url) => {
    const all = await Promise.all([
      mysqlRows(url, 'select id, name, full_name from users order by id'),
      mysqlRows(url, 'select id, state, attempts, started_at, finished_at from bellows_steps order by seq'),
      mysqlRows(url, 'select name, state, updated_at from bellows_migrations'),
      mysqlRows(url, 'select step, rows_done, updated_at from bellows_backfills order by step'),
      mysqlRows(url, 'select name, token, pid from bellows_lease order by name'),
    ])
    return JSON.stringify(all)
  },
  aroundTriggers: (update) => `set @bellows_sync = 'off'; ${update}; set @bellows_sync = null`,
  // The name is the server's, on which other tests do the same.
  endSession: (pid) => `kill ${pid}`,
  takeLease: `do get_lock(concat('elsewhere ', database()), 0); update bellows_lease set holder = 'elsewhere', pid = connection_id(), backend_started = concat('elsewhere ', database()), expires_at = utc_timestamp(6) + interval 1 hour where name = 'ddl'`,
  columns: async (url, table) => {
    const found = await mysqlRows<{ name: string }>(
      url,
      `select column_name as name from information_schema.columns where table_schema = database() and table_name = ${literal(table)} order by ordinal_position`,
    )
    return found.map(({ name }) => name)
  },
  catalog: (url, options) => withMysql(url, (client) => mysqlCatalog(client, options)),
  renamed: (catalog, from, to) => catalog.replaceAll(quote(from), quote(to)),
  mentions: async (url, name) => (await withMysql(url, (client) => mysqlCatalog(client))).includes(quote(name)),
  ours: /bellows_[a-z]_[0-9a-f]{8}|trigger bellows_|bellows_items_b[iu]/,
  endState,
  // No server of these copies a database: each is made anew.
  stage: async (server, prepare) => ({
    fresh: async () => {
      const database = await createDatabase(server)
      try {
        await prepare(database.url)
      } catch (error) {
        await database.drop()
        throw error
      }
      return database
    },
    close: async () => undefined,
  }),
  proxy: watchedProxy,
  // Not all of these servers tell how a session calls itself: nobody but the runner is in the database while it dies.
  settled: async (url) => {
    for (let tries = 0; tries < 300; tries++) {
      const found = await mysqlRows(
        url,
        'select 1 from information_schema.processlist where db = database() and id <> connection_id()',
      )
      if (found.length === 0) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('a session of the killed runner is still there')
  },
  startLogging,
  openWriter,
}
