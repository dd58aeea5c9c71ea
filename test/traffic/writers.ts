import type pg from 'pg'
import { connect } from '../servers/connect.ts'
import { copyIn } from './copy.ts'
import type { Scenario } from './scenarios.ts'

/** What a version's writers did. */
export interface Tally {
  statements: number
  /** Each with the state of the story in which it came. */
  readonly failures: string[]
  /** 0A000 of statements that were prepared before a column changed: the engine's exception, counted apart. */
  prepared: number
}

/** Running writers of one version. */
export interface Writers {
  stop(): Promise<void>
}

/** Which statements a writer may send: ids of its own, so that the control table knows what has to be there. */
interface Writer {
  readonly client: pg.Client
  readonly column: string | null
  readonly scenario: Scenario
  readonly base: number
  readonly random: () => number
  readonly side: string
}

/** Every writer that is ever started inserts keys of its own: a duplicate is then never the test's own doing. */
const room = 100_000_000
let begun = 0

/** Starts writers of one version, each with ids of its own and statements of every kind. */
export async function startWriters(
  url: string,
  scenario: Scenario,
  version: 'v1' | 'v2',
  count: number,
  tally: Tally,
  stage: () => string,
  seed: number,
): Promise<Writers> {
  let stopped = false
  const column = scenario[version]
  const loops = Array.from({ length: count }, async (_, number) => {
    const client = await connect(`${url}?application_name=${version}%20writer%20${number}`)
    const random = generator(seed + number + (version === 'v1' ? 0 : 1000))
    const base = ++begun * room
    const writer: Writer = { client, column, scenario, base, random, side: version }
    try {
      for (let turn = 0; !stopped; turn++) {
        try {
          await oneTurn(writer, turn)
          tally.statements++
        } catch (error) {
          const code = (error as pg.DatabaseError).code ?? ''
          if (code === '0A000') tally.prepared++
          else tally.failures.push(`${version} ${stage()}: ${code} ${(error as Error).message}`)
          await client.query('rollback').catch(() => undefined)
        }
      }
    } finally {
      await client.end()
    }
  })
  return {
    stop: async () => {
      stopped = true
      await Promise.all(loops)
    },
  }
}

/** One transaction, chosen at random: insert, multi-row, COPY, upsert, update of the column, of another, of the key, delete. */
async function oneTurn(writer: Writer, turn: number): Promise<void> {
  const { client, column, base, random, scenario, side } = writer
  const id = base + turn
  const mine = base + Math.floor(random() * Math.max(1, turn))
  const anybody = 1 + Math.floor(random() * 4000)
  const value = (side === 'v2' && scenario.v2Value ? scenario.v2Value : scenario.value)(random)
  const kind = Math.floor(random() * 12)
  if (column === null) return without(writer, id, mine, anybody, kind)
  const run = (text: string, values: readonly unknown[], name?: string): Promise<unknown> =>
    client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
  if (kind <= 2)
    return controlled(writer, id, value, () =>
      run(`insert into items (id, ${column}) values ($1, $2) returning id, ${column}`, [id, value]),
    )
  if (kind <= 4)
    return controlled(writer, mine, value, () =>
      run(
        `insert into items (id, ${column}) values ($1, $2) on conflict (id) do update set ${column} = excluded.${column}`,
        [mine, value],
      ),
    )
  if (kind === 5)
    return void (await run(
      `update items set ${column} = $1 where id = $2 returning ${column}`,
      [value, anybody],
      `u_${column}`,
    ))
  if (kind === 6) return void (await run('update items set touched = touched + 1 where id = $1', [anybody], 'touch'))
  if (kind === 7) return void (await run('delete from items where id = $1', [anybody]))
  if (kind === 8) return void (await run(`select id, ${column} from items where id = $1`, [mine], `s_${column}`))
  if (kind === 9)
    return controlled(writer, id, value, () => copyIn(client, `copy items (id, ${column}) from stdin`, [[id, value]]))
  if (kind === 10) return moveKey(writer, mine, -id)
  const unique = scenario.name.includes('unique')
  await run(
    `insert into items (id, ${column}) select $1::bigint + g, $2::text::${unique || /name|slug|note|amount/.test(column) ? 'text' : 'bigint'}${unique ? ' || g' : ''} from generate_series(1, 2) g on conflict (id) do nothing`,
    [base + room / 2 + turn * 3, value],
  )
}

/** The new version of a dropped column does not name it. */
async function without(writer: Writer, id: number, mine: number, anybody: number, kind: number): Promise<void> {
  const { client } = writer
  if (kind <= 5)
    await client.query('insert into items (id, note) values ($1, $2) on conflict (id) do nothing', [id, 'x'])
  else if (kind <= 8)
    await client.query('update items set touched = touched + 1 where id = $1', [kind === 6 ? mine : anybody])
  else if (kind === 9) await copyIn(client, 'copy items (id, note) from stdin', [[id, 'x']])
  else if (kind === 10) await moveKey(writer, mine, -id)
  else await client.query('delete from items where id = $1', [anybody])
}

/** Another key for a row, whose values have to go with it. */
async function moveKey({ client }: Writer, from: number, to: number): Promise<void> {
  await client.query('begin')
  await client.query({ text: 'update items set id = $2 where id = $1', values: [from, to], name: 'move' })
  await client.query('update control set id = $2 where id = $1', [from, to])
  await client.query('commit')
}

/** The write and the note of what has to be there afterwards, in one transaction. */
async function controlled(
  { client, side }: Writer,
  id: number,
  value: string,
  write: () => Promise<unknown>,
): Promise<void> {
  await client.query('begin')
  await write()
  await client.query(
    'insert into control values ($1, $2, $3) on conflict (id) do update set side = excluded.side, value = excluded.value',
    [id, side, value],
  )
  await client.query('commit')
}

/** mulberry32 (T. Ettinger, public domain). */
function generator(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
