import type { Connection } from 'mysql2/promise'
import { connectMysql } from '../../servers/databases.ts'
import type { Turn, Writer } from '../writer.ts'

type Known = Turn & { readonly column: string }
type Kind = (client: Connection, turn: Known) => Promise<unknown>

const insert: Kind = (client, { id, column, value }) =>
  client.execute(`insert into items (id, ${column}) values (?, ?)`, [id, value])
const upsert: Kind = (client, { mine, column, value }) =>
  client.execute(
    `insert into items (id, ${column}) values (?, ?) on duplicate key update ${column} = values(${column})`,
    [mine, value],
  )
const replace: Kind = (client, { mine, column, value }) =>
  client.execute(`replace into items (id, ${column}) values (?, ?)`, [mine, value])

/** Every kind of statement, prepared and not, on a column that the version calls by its name. */
const kinds: readonly Kind[] = [
  (client, turn) => controlled(client, turn, turn.id, insert),
  (client, { column, pair, value, other }) =>
    client.execute(`insert into items (id, ${column}) values (?, ?), (?, ?)`, [pair[0], value, pair[1], other]),
  (client, turn) => controlled(client, turn, turn.mine, upsert),
  (client, turn) => controlled(client, turn, turn.mine, replace),
  (client, { column, value, anybody }) =>
    client.execute(`update items set ${column} = ? where id = ?`, [value, anybody]),
  (client, { column, anybody }) => client.query(`update items set ${column} = upper(${column}) where id = ${anybody}`),
  (client, { anybody }) => client.execute('update items set touched = touched + 1 where id = ?', [anybody]),
  (client, { anybody }) => client.execute('delete from items where id = ?', [anybody]),
  (client, { column, mine }) => client.execute(`select id, ${column} from items where id = ?`, [mine]),
  (client, { column, anybody, value }) =>
    client.query(`insert ignore into items (id, ${column}) values (${anybody}, ?)`, [value]),
]

/** The new version of a column that is dropped does not name it. */
const without: readonly ((client: Connection, turn: Turn) => Promise<unknown>)[] = [
  ...Array.from({ length: 4 }, () => (client: Connection, { id }: Turn) => {
    return client.execute('insert into items (id, note) values (?, ?)', [id, 'x'])
  }),
  (client, { pair }) => client.query(`insert into items (id, note) values (${pair[0]}, 'x'), (${pair[1]}, 'x')`),
  (client, { mine }) => client.execute('update items set touched = touched + 1 where id = ?', [mine]),
  (client, { anybody }) => client.execute('update items set touched = touched + 1 where id = ?', [anybody]),
  (client, { anybody }) => client.execute('delete from items where id = ?', [anybody]),
]

/** The write and the note of what has to be there afterwards, in one transaction. */
async function controlled(client: Connection, turn: Known, id: number, write: Kind): Promise<void> {
  await client.query('start transaction')
  await write(client, turn)
  await client.execute(
    'insert into control values (?, ?, ?) on duplicate key update side = values(side), value = values(value)',
    [id, turn.side, turn.value],
  )
  await client.query('commit')
}

/** Connects a writer. */
export async function openWriter(url: string, app: string): Promise<Writer> {
  const client = await connectMysql(url, { connectAttributes: { program_name: app } })
  return {
    kinds: kinds.length,
    write: async (kind, turn) => {
      const { column } = turn
      if (column === null) await without[kind % without.length]?.(client, turn)
      else await kinds[kind]?.(client, { ...turn, column })
    },
    failure: (error) => {
      const { errno, message } = error as { errno?: number; message: string }
      return { text: `${errno ?? ''} ${message}`, exception: false }
    },
    rollback: async () => {
      await client.query('rollback').catch(() => undefined)
    },
    end: () => client.end(),
  }
}
