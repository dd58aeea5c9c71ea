import { mysqlCatalog } from '../../catalog/mysql.ts'
import { connectMysql, createDatabase, mysqlRows, withMysql } from '../../servers/databases.ts'
import type { Family } from '../family.ts'
import { endState } from './end-state.ts'
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
  columns: async (url, table) => {
    const found = await mysqlRows<{ name: string }>(
      url,
      `select column_name as name from information_schema.columns where table_schema = database() and table_name = ${literal(table)} order by ordinal_position`,
    )
    return found.map(({ name }) => name)
  },
  catalog: (url, options) => withMysql(url, (client) => mysqlCatalog(client, options)),
  renamed: (catalog, from, to) => catalog.replaceAll(quote(from), quote(to)),
  ours: /bellows_[a-z]_[0-9a-f]{8}|bellows_items_b[iu]/,
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
  // Nothing is waited for: what goes on in the server after its client died is what the runner has to cope with.
  settled: async () => undefined,
  openWriter,
}
