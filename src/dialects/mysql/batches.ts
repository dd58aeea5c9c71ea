import { type RawBuilder, sql } from 'kysely'
import type { FillLens, Lens, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { CompileContext, RangeStatements, Statement } from '../dialect.ts'
import { keyText, keyValue } from './keys.ts'
import { inconsistent, pairs, physical, unfilled } from './lens-sql.ts'
import { compileSql, tableRef } from './sql.ts'

/*
 * Walking a table by its key. The server finds and compares the boundaries, so every type and collation works; keys
 * travel as text. A range is (from, to].
 */

const column = (name: string): RawBuilder<unknown> => sql.id('t', name)

/**
 * Is the key after that one, or up to it? Spelled out column by column: the servers do not use an index for a comparison of
 * rows (manual, "Range Optimization of Row Constructor Expressions").
 */
function compare(lens: Lens, key: readonly string[], operator: '>' | '<='): RawBuilder<unknown> {
  const strict = operator === '>' ? sql`>` : sql`<`
  const cases = lens.key.map(({ name, type }, index) => {
    const value = keyValue(key[index] ?? '', type)
    const last = index === lens.key.length - 1
    const equal = lens.key
      .slice(0, index)
      .map((before, at) => sql`${column(before.name)} = ${keyValue(key[at] ?? '', before.type)}`)
    const here = sql`${column(name)} ${last ? sql.raw(operator) : strict} ${value}`
    return equal.length === 0 ? here : sql`(${sql.join([...equal, here], sql` and `)})`
  })
  return cases.length === 1 ? (cases[0] ?? sql`true`) : sql`(${sql.join(cases, sql` or `)})`
}

/** The condition that a row lies in a range. */
export function inRange(lens: Lens, from: readonly string[] | null, to: readonly string[]): RawBuilder<unknown> {
  const upper = compare(lens, to, '<=')
  return from === null ? upper : sql`${compare(lens, from, '>')} and ${upper}`
}

const asText = (lens: Lens): RawBuilder<unknown> =>
  sql.join(lens.key.map(({ name, type }, index) => sql`${keyText(column(name), type)} as ${sql.id(`k${index}`)}`))

const order = (lens: Lens, direction: 'asc' | 'desc'): RawBuilder<unknown> =>
  sql.join(lens.key.map(({ name }) => sql`${column(name)} ${sql.raw(direction)}`))

/** Finds the end of the table and of each range. */
export function ranges(lens: Lens): RangeStatements {
  const table = tableRef(lens.table)
  return {
    last: () => compileSql(sql`select ${asText(lens)} from ${table} as t order by ${order(lens, 'desc')} limit 1`),
    boundary: (from, to, rows) =>
      compileSql(
        sql`select b.* from (select ${asText(lens)}, row_number() over (order by ${order(lens, 'asc')}) as ${sql.id('rows')} from ${table} as t where ${inRange(lens, from, to)} order by ${order(lens, 'asc')} limit ${sql.lit(rows)}) as b order by ${sql.id('b', 'rows')} desc limit 1`,
      ),
  }
}

/** The update of a range. */
export function fill(
  lens: Lens,
  from: readonly string[] | null,
  to: readonly string[],
  _context: CompileContext,
): readonly Statement[] {
  return [compileSql(fillQuery(rowLens(lens), inRange(lens, from, to)))]
}

/** The same with placeholders, as `plan` shows it: the loop is one step, its first range has no lower bound. */
export function templates(lens: RowLens | FillLens, _context: CompileContext): readonly Statement[] {
  const key = lens.key.map(() => '')
  return [inRange(lens, null, key), inRange(lens, key, key)].map((range) => ({
    ...compileSql(fillQuery(rowLens(lens), range)),
    parameters: [],
  }))
}

function rowLens(lens: Lens): RowLens {
  if (lens.kind === 'row' && lens.identity) return lens
  throw new TypeError(`no batches for a ${lens.kind} lens`)
}

function fillQuery(lens: RowLens, range: RawBuilder<unknown>): RawBuilder<unknown> {
  return update(lens, 'fill', 'new', sql`${range} and ${sql.raw(unfilled(lens, 'fill'))}`)
}

function update(lens: RowLens, mode: SyncMode, to: 'old' | 'new', condition: RawBuilder<unknown>): RawBuilder<unknown> {
  const from = to === 'new' ? 'old' : 'new'
  const set = pairs(lens).map(
    (pair) => sql`${column(physical(pair[to], mode))} = ${column(physical(pair[from], mode))}`,
  )
  // An UPDATE of ours is none of the user's: their time of the last change stays.
  const kept = (lens.kept ?? []).map((name) => sql`${column(name)} = ${column(name)}`)
  return sql`update ${tableRef(lens.table)} as t set ${sql.join([...set, ...kept])} where ${condition}`
}

/**
 * Rows of a range that were written while the trigger may have been away. Until the backfill is over only the old version
 * can have written them; from contract on, and on the way back from it, only the new one.
 */
export function resync(
  lens: Lens,
  mode: SyncMode,
  from: readonly string[] | null,
  to: readonly string[],
): readonly Statement[] {
  const row = rowLens(lens)
  const condition = sql`${inRange(lens, from, to)} and ${sql.raw(inconsistent(row, mode))}`
  return [compileSql(update(row, mode, mode === 'fill' ? 'new' : 'old', condition))]
}
