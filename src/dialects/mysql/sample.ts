import { sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { Session } from '../dialect.ts'
import { type Direction, downward, upward } from '../shared/directions.ts'
import { bound, exactType, inRow } from './lens-sql.ts'
import { compileSql, tableRef } from './sql.ts'

/** Rows that are looked at: enough to find what is common, few enough for any table. */
export const sampleRows = 10_000

/** How many of the sampled rows hold a value that cannot be converted. */
export interface Sample {
  readonly rows: number
  readonly raising: number
  /** The server stopped at the first one. */
  readonly atLeast?: true
}

/**
 * Tries `up` on rows that are there, by writing what it gives into a temporary table that takes everything and warns of what it had
 * to bend. Null where the account may not make one.
 */
export async function sampleRaising(session: Session, lens: Lens): Promise<Sample | null> {
  await refuseWhatServerRefuses(session, lens)
  const raising = upward(lens).filter(({ scalar }) => scalar.canRaise)
  if (raising.length === 0 || downward(lens).length === 0) return null
  const samples: Sample[] = []
  for (const direction of raising) {
    const sample = await sampleOf(session, lens, direction)
    if (sample === null) return null
    samples.push(sample)
  }
  const found = samples.filter(({ raising: some }) => some > 0)
  const [most] = found.sort((a, b) => b.raising - a.raising)
  if (most === undefined) return samples[0] ?? null
  // Of several columns nothing tells whether it is the same rows.
  return found.length === 1 ? most : { ...most, atLeast: true }
}

async function sampleOf(session: Session, lens: Lens, direction: Direction): Promise<Sample | null> {
  try {
    return await sample(session, lens, direction)
  } catch (error) {
    if (!isBellowsError(error)) throw error
    if (error.code === 'database.privilege') return null
    // Of some values an error is made, whatever is said: text that is no JSON. How many there are, the backfill tells.
    if (error.code === 'data.conversion') return { rows: await sampled(session, lens), raising: 1, atLeast: true }
    throw error
  }
}

async function sampled(session: Session, { table }: Lens): Promise<number> {
  const rows = sql`select 1 from ${tableRef(table)} limit ${sql.lit(sampleRows)}`
  const found = await session.query<{ n: number }>(compileSql(sql`select count(*) as n from (${rows}) as t`))
  return Number(found.rows[0]?.n)
}

async function sample(session: Session, lens: Lens, direction: Direction): Promise<Sample> {
  const { scalar, target } = direction
  const name = sql.id(lens.table.schema, `bellows_sample_${lens.id}`)
  const run = (query: ReturnType<typeof sql>): ReturnType<Session['query']> => session.query(compileSql(query))
  // Of notes (a value that is rounded) there is no word; of the rest each counts, however many are kept to be shown.
  await run(sql`set session sql_notes = 0`)
  await run(sql`create temporary table ${name} (v ${sql.raw(exactType(target))} null) engine = InnoDB`)
  try {
    const place = (column: string): string => inRow(column)
    const text = sql.raw(bound(scalar.text, scalar.reads, place))
    const rows = sql`select * from ${tableRef(lens.table)} limit ${sql.lit(sampleRows)}`
    await run(sql`insert ignore into ${name} (v) select (${text}) from (${rows}) as t`)
    const found = await session.query<{ warnings: number }>(compileSql(sql`select @@warning_count as warnings`))
    // MariaDB leaves a row out that violates the CHECK of a JSON column.
    const looked = await sampled(session, lens)
    return { rows: looked, raising: Math.min(Number(found.rows[0]?.warnings ?? 0), looked) }
  } finally {
    if (session.alive) {
      await run(sql`drop temporary table if exists ${name}`)
      await run(sql`set session sql_notes = 1`)
    }
  }
}

/** Has the server read each scalar, so that a function which does not exist is told before expand. */
async function refuseWhatServerRefuses(session: Session, lens: Lens): Promise<void> {
  for (const direction of [...upward(lens), ...downward(lens)]) {
    const { scalar, sees } = direction
    const coming = lens.kind === 'row' ? lens.new : [lens.column]
    const place = (name: string): string =>
      sees === coming && sees.some((column) => column.name === name) ? 'NULL' : inRow(name)
    for (const text of [scalar.text, ...(scalar.onError === null ? [] : [scalar.onError])]) {
      const tried = sql.raw(bound(text, scalar.reads, place))
      await session.query(compileSql(sql`select (${tried}) as v from ${tableRef(lens.table)} as t where false`))
    }
  }
}
