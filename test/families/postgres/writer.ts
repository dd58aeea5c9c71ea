import type pg from 'pg'
import { connect } from '../../servers/connect.ts'
import type { Turn, Writer } from '../writer.ts'
import { copyIn } from './copy.ts'

type Kind = (client: pg.Client, turn: Turn & { readonly column: string }) => Promise<unknown>

const insert: Kind = (client, { id, column, value }) =>
  client.query(`insert into items (id, ${column}) values ($1, $2) returning id, ${column}`, [id, value])
const upsert: Kind = (client, { mine, column, value }) =>
  client.query(
    `insert into items (id, ${column}) values ($1, $2) on conflict (id) do update set ${column} = excluded.${column}`,
    [mine, value],
  )
const named = (client: pg.Client, name: string, text: string, values: readonly unknown[]): Promise<unknown> =>
  client.query({ name, text, values: [...values] })

/** Every kind of statement, prepared and not, on a column that the version calls by its name. */
const kinds: readonly Kind[] = [
  (client, turn) => controlled(client, turn, turn.id, insert),
  (client, turn) => controlled(client, turn, turn.id, insert),
  (client, turn) => controlled(client, turn, turn.mine, upsert),
  (client, turn) => controlled(client, turn, turn.mine, upsert),
  (client, { column, value, anybody }) =>
    named(client, `u_${column}`, `update items set ${column} = $1 where id = $2 returning ${column}`, [value, anybody]),
  (client, { anybody }) => named(client, 'touch', 'update items set touched = touched + 1 where id = $1', [anybody]),
  (client, { anybody }) => client.query('delete from items where id = $1', [anybody]),
  (client, { column, mine }) => named(client, `s_${column}`, `select id, ${column} from items where id = $1`, [mine]),
  (client, turn) =>
    controlled(client, turn, turn.id, (_client, { id, column, value }) =>
      copyIn(client, `copy items (id, ${column}) from stdin`, [[id, value]]),
    ),
  moveKey,
  (client, { column, pair, value, other }) =>
    client.query(`insert into items (id, ${column}) values ($1, $3), ($2, $4) on conflict (id) do nothing`, [
      ...pair,
      value,
      other,
    ]),
]

/** The new version of a column that is dropped does not name it. */
const without: readonly ((client: pg.Client, turn: Turn) => Promise<unknown>)[] = [
  ...Array.from({ length: 5 }, () => (client: pg.Client, { id }: Turn) => {
    return client.query('insert into items (id, note) values ($1, $2) on conflict (id) do nothing', [id, 'x'])
  }),
  (client, { mine }) => client.query('update items set touched = touched + 1 where id = $1', [mine]),
  (client, { anybody }) => client.query('update items set touched = touched + 1 where id = $1', [anybody]),
  (client, { anybody }) => client.query('delete from items where id = $1', [anybody]),
  (client, { id }) => copyIn(client, 'copy items (id, note) from stdin', [[id, 'x']]),
  moveKey,
]

/** Another key for a row, whose values have to go with it. */
async function moveKey(client: pg.Client, { mine, id }: Turn): Promise<void> {
  await client.query('begin')
  await named(client, 'move', 'update items set id = $2 where id = $1', [mine, -id])
  await client.query('update control set id = $2 where id = $1', [mine, -id])
  await client.query('commit')
}

/** The write and the note of what has to be there afterwards, in one transaction. */
async function controlled(
  client: pg.Client,
  turn: Turn & { readonly column: string },
  id: number,
  write: Kind,
): Promise<void> {
  await client.query('begin')
  await write(client, turn)
  await client.query(
    'insert into control values ($1, $2, $3) on conflict (id) do update set side = excluded.side, value = excluded.value',
    [id, turn.side, turn.value],
  )
  await client.query('commit')
}

/** Connects a writer. */
export async function openWriter(url: string, app: string): Promise<Writer> {
  const client = await connect(`${url}?application_name=${encodeURIComponent(app)}`)
  return {
    kinds: kinds.length,
    write: async (kind, turn) => {
      const { column } = turn
      if (column === null) await without[kind % without.length]?.(client, turn)
      else await kinds[kind]?.(client, { ...turn, column })
    },
    failure: (error) => {
      const { code = '', message } = error as pg.DatabaseError
      // A statement that was prepared before a column changed.
      return { text: `${code} ${message}`, exception: code === '0A000' }
    },
    rollback: async () => {
      await client.query('rollback').catch(() => undefined)
    },
    end: () => client.end(),
  }
}
