import { connectMysql } from '../servers/databases.ts'

/** What the writers of both versions did. */
export interface Tally {
  statements: number
  /** Each with the phase in which it came. */
  readonly failures: string[]
}

/** Running writers of one version. */
export interface Writers {
  stop(): Promise<void>
}

/** Every writer that is ever started inserts keys of its own: a duplicate is then never the test's own doing. */
const room = 10_000_000
let begun = 0

/** Starts writers of one version: all kinds of statements, prepared and not, on a column that it calls by its name. */
export function startWriters(
  url: string,
  side: 'v1' | 'v2',
  column: string,
  tally: Tally,
  stage: () => string,
  random: () => number,
): Writers {
  let stopped = false
  const loops = Array.from({ length: 4 }, async () => {
    const client = await connectMysql(url)
    const base = ++begun * room
    const run = (sql: string, values: readonly (string | number)[] = []): Promise<unknown> =>
      values.length === 0 ? client.query(sql) : client.execute(sql, [...values])
    const controlled = async (id: number, value: string, write: () => Promise<unknown>): Promise<void> => {
      await client.query('start transaction')
      await write()
      await run(
        'insert into control values (?, ?, ?) on duplicate key update side = values(side), value = values(value)',
        [id, side, value],
      )
      await client.query('commit')
    }
    for (let turn = 1; !stopped; turn++) {
      const id = base + turn
      const mine = base + 1 + Math.floor(random() * turn)
      const anybody = 1 + Math.floor(random() * 1000)
      // Case and trailing spaces are changes that the servers' own comparison does not see.
      const value = `${random() < 0.3 ? 'A' : 'a'}${Math.floor(random() * 1e6)}${random() < 0.1 ? ' ' : ''}`
      const kinds: readonly (() => Promise<unknown>)[] = [
        () => controlled(id, value, () => run(`insert into items (id, ${column}) values (?, ?)`, [id, value])),
        () =>
          run(`insert into items (id, ${column}) values (?, ?), (?, ?)`, [
            base + room / 2 + turn * 2,
            value,
            base + room / 2 + turn * 2 + 1,
            value,
          ]),
        () =>
          controlled(mine, value, () =>
            run(
              `insert into items (id, ${column}) values (?, ?) on duplicate key update ${column} = values(${column})`,
              [mine, value],
            ),
          ),
        () => controlled(mine, value, () => run(`replace into items (id, ${column}) values (?, ?)`, [mine, value])),
        () => run(`update items set ${column} = ? where id = ?`, [value, anybody]),
        () => client.query(`update items set ${column} = upper(${column}) where id = ${anybody}`),
        () => run('update items set touched = touched + 1 where id = ?', [anybody]),
        () => run('delete from items where id = ?', [anybody]),
        () => run(`select id, ${column} from items where id = ?`, [mine]),
        () => client.query(`insert ignore into items (id, ${column}) values (${anybody}, 'again')`),
      ]
      try {
        await kinds[Math.floor(random() * kinds.length)]?.()
        tally.statements++
      } catch (error) {
        const { errno, message } = error as { errno?: number; message: string }
        tally.failures.push(`${side} ${stage()}: ${errno} ${message}`)
        await client.query('rollback').catch(() => undefined)
      }
    }
    await client.end()
  })
  return {
    stop: async () => {
      stopped = true
      await Promise.all(loops)
    },
  }
}
