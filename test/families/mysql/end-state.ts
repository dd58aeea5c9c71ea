import { mysqlCatalog } from '../../catalog/mysql.ts'
import { mysqlRows, withMysql } from '../../servers/databases.ts'

/** The ids in our names are made from the database's name, too. */
const ids = /(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])/g

/** Everything that two runs have to agree on: definitions with triggers, data, lenses, the state in the ledger. */
export async function endState(url: string, { data: withData } = { data: true }): Promise<string> {
  const database = new URL(url).pathname.slice(1)
  const catalog = await withMysql(url, (client) => mysqlCatalog(client))
  const tables = await mysqlRows<{ name: string }>(
    url,
    `select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE' and table_name not like 'bellows\\_%' order by 1`,
  )
  const data: string[] = []
  for (const { name } of withData ? tables : []) {
    const columns = await mysqlRows<{ name: string }>(
      url,
      `select column_name as name from information_schema.columns where table_schema = database() and table_name = '${name}' order by 1`,
    )
    // Invisible ones too. Times and random defaults differ from run to run: only what has to be the same is compared.
    const told = ({ name: own }: { readonly name: string }): string => own.replace(ids, 'id')
    // By what is told of them: of several hidden columns the names differ from run to run.
    const list = columns
      .toSorted((a, b) => (told(a) < told(b) ? -1 : 1))
      .map((column) => {
        const quoted = `\`${column.name}\``
        if (column.name === 'changed') return `${quoted} = '2020-01-01' as untouched`
        return column.name === 'token' ? `${quoted} is not null as token` : `${quoted} as \`${told(column)}\``
      })
    const rows = await mysqlRows(url, `select ${list.join(', ')} from \`${name}\` order by id`)
    data.push(`${name}\n${rows.map((row) => JSON.stringify(row)).join('\n')}`)
  }
  const lenses = await mysqlRows(url, 'select id, mode from bellows_lenses')
  const states = await mysqlRows(url, 'select name, state from bellows_migrations order by name')
  const definitions = catalog.replaceAll(database, 'the_database').replace(ids, 'id')
  const own = lenses.map((row) => JSON.stringify(row).replace(ids, 'id')).sort()
  return [definitions, ...data, ...own, JSON.stringify(states)].join('\n\n')
}
