import pg from 'pg'
import { type Controlled, hotRows, insertControl, lockControl, updateControl } from './control.ts'
import { copyIn } from './copy.ts'
import type { Random } from './random.ts'
import type { Row, Scenario, Version, VersionName, Write } from './scenario.ts'

/** What a statement needs to know of the writer that sends it. */
export interface Hand {
  readonly client: pg.Client
  readonly scenario: Scenario
  readonly by: VersionName
  readonly version: Version
  readonly random: Random
  /** Whether the rows of before are filled: until then NULL in the new shape means "not yet". */
  readonly filled: () => boolean
  /** A key that nobody has used. */
  readonly freshId: () => string
  /** A key that is probably there. */
  readonly someId: () => string
  /** Something that no other value of this run holds. */
  readonly unique: () => string
  /** Runs a statement; mostly a named one, which stays prepared for as long as the connection lives. */
  readonly run: (text: string, values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>
}

/** One kind of statement, inside a transaction that also holds the control rows. Text that it returns is what the app noticed to be wrong. */
export type Statement = (hand: Hand) => Promise<unknown>

const columnOf = ({ version }: Hand): string => pg.escapeIdentifier(version.column ?? '')
const knows = ({ version }: Hand): boolean => version.column !== null

function newValue({ version, random, unique }: Hand): string {
  return version.value(random, unique())
}

/** What an insert gives, in this version's words. */
function given(hand: Hand): Write & { readonly other: string } {
  const other = `o ${hand.unique()}`
  return knows(hand) ? { value: newValue(hand), other } : { other }
}

function insertText(hand: Hand, count: number): string {
  const columns = knows(hand) ? ['id', columnOf(hand), 'other'] : ['id', 'other']
  const row = (at: number): string => `(${columns.map((_, index) => `$${at * columns.length + index + 1}`).join(', ')})`
  return `insert into items (${columns.join(', ')}) values ${Array.from({ length: count }, (_, at) => row(at)).join(', ')}`
}

function insertValues(hand: Hand, id: string, write: Write): readonly unknown[] {
  return knows(hand) ? [id, write.value, write.other] : [id, write.other]
}

const insert =
  (count: number): Statement =>
  async (hand) => {
    const rows = Array.from({ length: count }, () => ({ id: hand.freshId(), write: given(hand) }))
    await hand.run(
      insertText(hand, count),
      rows.flatMap(({ id, write }) => insertValues(hand, id, write)),
    )
    await insertControl(
      hand.client,
      rows.map(({ id, write }) => ({ id, ...hand.scenario.write(null, hand.by, write) })),
    )
  }

/** What this version reads of a row; undefined where it cannot be said yet. */
function expected(hand: Hand, row: Row): string | null | undefined {
  if (!knows(hand) || (hand.version.shape === 'new' && !hand.filled())) return undefined
  return row[hand.version.shape]
}

function compareRead(
  hand: Hand,
  row: Row,
  found: Record<string, unknown> | undefined,
  doing: string,
): string | undefined {
  if (found === undefined) return `${doing}: the row is gone`
  const normal = hand.scenario.normal ?? ((value) => value)
  const value = expected(hand, row)
  const read = knows(hand) ? (found[hand.version.column ?? ''] ?? null) : null
  if (found.other !== row.other) return `${doing}: other is ${String(found.other)}, not ${row.other}`
  if (value === undefined || normal(value) === normal(read === null ? null : String(read))) return undefined
  return `${doing}: reads ${JSON.stringify(read)} instead of ${JSON.stringify(value)}`
}

const read: Statement = async (hand) => {
  const [row] = await lockControl(hand.client, [hand.someId()])
  if (row === undefined) return
  const columns = knows(hand) ? `id, ${columnOf(hand)}, other` : 'id, other'
  const [found] = await hand.run(`select ${columns} from items where id = $1`, [row.id])
  return compareRead(hand, row, found, 'select')
}

const insertReturning: Statement = async (hand) => {
  const id = hand.freshId()
  const write = given(hand)
  const row = hand.scenario.write(null, hand.by, write)
  const columns = knows(hand) ? `id, ${columnOf(hand)}, other` : 'id, other'
  const [found] = await hand.run(`${insertText(hand, 1)} returning ${columns}`, insertValues(hand, id, write))
  await insertControl(hand.client, [{ id, ...row }])
  return compareRead(hand, row, found, 'insert returning')
}

/** Changes a row that is there, and notes it. */
async function change(hand: Hand, row: Controlled, write: Write): Promise<void> {
  const sets = [
    ...(write.value === undefined ? [] : [[columnOf(hand), write.value] as const]),
    ...(write.other === undefined ? [] : [['other', write.other] as const]),
  ]
  const text = `update items set ${sets.map(([name], index) => `${name} = $${index + 2}`).join(', ')} where id = $1`
  await hand.run(text, [row.id, ...sets.map(([, value]) => value)])
  await updateControl(hand.client, { id: row.id, ...hand.scenario.write(row, hand.by, write) })
}

const changing =
  (what: (hand: Hand) => Write | undefined): Statement =>
  async (hand) => {
    const write = what(hand)
    const [row] = await lockControl(hand.client, [hand.someId()])
    if (row !== undefined && write !== undefined) await change(hand, row, write)
  }

const update = changing((hand) => (knows(hand) ? { value: newValue(hand) } : undefined))
const updateOther = changing((hand) => ({ other: `p ${hand.unique()}` }))
const updateBoth = changing((hand) => (knows(hand) ? { value: newValue(hand), other: hand.unique() } : undefined))
const updateToNull = changing((hand) => {
  const early = hand.version.shape === 'new' && hand.scenario.v1.column !== hand.version.column && !hand.filled()
  return knows(hand) && hand.version.nullable && !early ? { value: null } : undefined
})

/** Two rows in one transaction, the higher key first: the order that a backfill does not have. */
const twoRows: Statement = async (hand) => {
  const rows = await lockControl(hand.client, [hand.someId(), hand.someId()])
  for (const row of [...rows].reverse()) await change(hand, row, { other: hand.unique() })
}

const upsertOnKey: Statement = async (hand) => {
  const [row] = await lockControl(hand.client, [hand.someId()])
  if (row === undefined) return
  const write = given(hand)
  const set = knows(hand) ? [columnOf(hand), 'other'] : ['other']
  const text = `${insertText(hand, 1)} on conflict (id) do update set ${set.map((name) => `${name} = excluded.${name}`).join(', ')}`
  await hand.run(text, insertValues(hand, row.id, write))
  await updateControl(hand.client, { id: row.id, ...hand.scenario.write(row, hand.by, write) })
}

const upsertOnColumn: Statement = async (hand) => {
  if (!hand.scenario.unique || !knows(hand)) return
  const [row] = await lockControl(hand.client, [hand.someId()])
  const value = row?.[hand.version.shape]
  if (row === undefined || value === null || value === undefined) return
  const other = hand.unique()
  const text = `${insertText(hand, 1)} on conflict (${columnOf(hand)}) do update set other = excluded.other`
  await hand.run(text, insertValues(hand, hand.freshId(), { value, other }))
  await updateControl(hand.client, { id: row.id, ...hand.scenario.write(row, hand.by, { other }) })
}

const remove: Statement = async (hand) => {
  const [row] = await lockControl(hand.client, [hand.someId()])
  if (row === undefined) return
  await hand.run('delete from items where id = $1', [row.id])
  await hand.client.query('delete from control where id = $1', [row.id])
}

const moveKey: Statement = async (hand) => {
  const [row] = await lockControl(hand.client, [hand.someId()])
  if (row === undefined) return
  const id = hand.freshId()
  await hand.run('update items set id = $2 where id = $1', [row.id, id])
  await hand.client.query('update control set id = $2 where id = $1', [row.id, id])
}

const copy: Statement = async (hand) => {
  const rows = [1, 2].map(() => ({ id: hand.freshId(), write: given(hand) }))
  const columns = knows(hand) ? `id, ${columnOf(hand)}, other` : 'id, other'
  await copyIn(
    hand.client,
    `copy items (${columns}) from stdin`,
    rows.map(({ id, write }) => insertValues(hand, id, write) as readonly string[]),
  )
  await insertControl(
    hand.client,
    rows.map(({ id, write }) => ({ id, ...hand.scenario.write(null, hand.by, write) })),
  )
}

/** Everybody writes these few rows at once; nothing is noted, but nothing may fail and the shapes have to agree. */
const hot: Statement = async (hand) => {
  const id = String(-hand.random.integer(1, hotRows))
  const write = given(hand)
  const assign = knows(hand) ? `${columnOf(hand)} = $2, other = $3` : 'other = $2'
  const what = hand.random.integer(1, 4)
  if (what === 1) await hand.run('delete from items where id = $1', [id])
  else if (what === 2) await hand.run(`update items set ${assign} where id = $1`, insertValues(hand, id, write))
  else {
    const set = knows(hand) && what === 3 ? columnOf(hand) : 'other'
    const text = `${insertText(hand, 1)} on conflict (id) do update set ${set} = excluded.${set}`
    await hand.run(text, insertValues(hand, id, write))
  }
}

/** Every kind, by its name in reports. */
export const statements: Readonly<Record<string, Statement>> = {
  select: read,
  insert: insert(1),
  'multi-row insert': insert(3),
  'insert returning': insertReturning,
  'upsert on the key': upsertOnKey,
  'upsert on the column': upsertOnColumn,
  update,
  'update of another column': updateOther,
  'update of both': updateBoth,
  'update to NULL': updateToNull,
  'two rows, descending': twoRows,
  delete: remove,
  'update of the key': moveKey,
  copy,
  'hot rows': hot,
}
