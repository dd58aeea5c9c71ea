import { type RawBuilder, sql } from 'kysely'
import { isBellowsError } from '../../errors.ts'
import type { Lens, RowLens } from '../../planner/links/lens.ts'
import type { LossySample, Session } from '../dialect.ts'
import { downward, isRegroup, upward } from '../shared/directions.ts'
import { bound, exactType, inRow, keyJson, type Place, someDiffer } from './lens-sql.ts'
import { sampleRows } from './sample.ts'
import { compileSql, tableRef } from './sql.ts'

/** Keys that are told: enough to look at some rows. */
const told = 5

/**
 * Takes rows that are there through `up` and `down`, in two temporary tables whose columns are of the exact types, and counts those that
 * come back as something else. A value that cannot be converted is bent, and so is another one. Null where the account may not make
 * them.
 */
export async function sampleLossy(session: Session, lens: Lens): Promise<LossySample | null> {
  if (!isRegroup(lens)) return null
  try {
    return await sample(session, lens)
  } catch (error) {
    // Of some values an error is made, whatever is said; the sample of what cannot be converted tells them.
    if (isBellowsError(error) && ['database.privilege', 'data.conversion'].includes(error.code)) return null
    throw error
  }
}

async function sample(session: Session, lens: RowLens): Promise<LossySample> {
  const { table, untouched } = lens
  const [there, back] = [`bellows_there_${lens.id}`, `bellows_back_${lens.id}`].map((name) =>
    sql.id(table.schema, name),
  )
  if (there === undefined || back === undefined) throw new TypeError('two tables')
  const olds = lens.old.map((column, index) => ({ ...column, as: `o${index}` }))
  const news = lens.new.map((column, index) => ({ ...column, as: `n${index}` }))
  const others = untouched.map((column, index) => ({ ...column, as: `x${index}` }))
  const made: Place = (name) => {
    const found = news.find((column) => column.name === name) ?? others.find((column) => column.name === name)
    return found === undefined ? inRow(name) : inRow(found.as)
  }
  const run = (query: RawBuilder<unknown>): ReturnType<Session['query']> => session.query(compileSql(query))
  const read = (name: string): RawBuilder<unknown> => sql.raw(inRow(name))
  try {
    await run(create(there, [...[...olds, ...others].map(asLong), ...news]))
    await run(create(back, [...olds.map(asLong), ...olds.map((column) => ({ ...column, as: `d${column.as}` }))]))
    const ups = upward(lens).map(({ scalar }) => sql.raw(`(${bound(scalar.text, scalar.reads, inRow)})`))
    const rows = sql`select * from ${tableRef(table)} limit ${sql.lit(sampleRows)}`
    const from = [sql.raw(keyJson(lens, inRow)), ...[...olds, ...others].map(({ name }) => read(name)), ...ups]
    await run(sql`insert ignore into ${there} select ${sql.join(from)} from (${rows}) as t`)
    const downs = downward(lens).map(({ scalar }) => sql.raw(`(${bound(scalar.text, scalar.reads, made)})`))
    const to = [read('k'), ...olds.map(({ as }) => read(as)), ...downs]
    await run(sql`insert ignore into ${back} select ${sql.join(to)} from ${there} as t`)
    const lossy = sql.raw(someDiffer(olds.map(({ as, type }) => ({ left: inRow(as), right: inRow(`d${as}`), type }))))
    const counted = await session.query<{ n: number; lossy: number }>(
      compileSql(sql`select count(*) as n, coalesce(sum(${lossy}), 0) as lossy from ${back} as t`),
    )
    const keys = await session.query<{ k: string }>(
      compileSql(sql`select k from ${back} as t where ${lossy} limit ${sql.lit(told)}`),
    )
    const [row] = counted.rows
    return { rows: Number(row?.n ?? 0), lossy: Number(row?.lossy ?? 0), keys: keys.rows.map(({ k }) => k) }
  } finally {
    if (session.alive) await run(sql`drop temporary table if exists ${there}, ${back}`)
  }
}

type Kept = Parameters<typeof exactType>[0] & { readonly as: string }

/** What is there fits already. Twice in a row it need not: of a type that counts for little in the length of a row it does. */
const asLong = (column: Kept): Kept => ({
  ...column,
  type: /^varchar/i.test(column.type) ? 'longtext' : /^varbinary/i.test(column.type) ? 'longblob' : column.type,
})

const create = (table: RawBuilder<unknown>, columns: readonly Kept[]): RawBuilder<unknown> => {
  const all = columns.map((column) => sql`${sql.id(column.as)} ${sql.raw(exactType(column))} null`)
  return sql`create temporary table ${table} (k longtext character set utf8mb4, ${sql.join(all)}) engine = InnoDB`
}
