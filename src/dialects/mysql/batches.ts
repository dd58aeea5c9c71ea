import { type RawBuilder, sql } from 'kysely'
import type { FillLens, Lens, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { CompileContext, RangeStatements, Statement } from '../dialect.ts'
import { type Direction, downward, fillsAgain, oldWasWritten, physical, upward } from '../shared/directions.ts'
import { emptyValue } from './conversions.ts'
import { keyText, keyValue } from './keys.ts'
import { errorOf, inconsistent, inRow, keyJson, stillOpen, unfilled, value } from './lens-sql.ts'
import { compileSql, tableRef } from './sql.ts'
import { stateTable } from './state.ts'

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
    // A window function would number all that is left before the limit cuts it off, for every batch again.
    boundary: (from, to, rows) =>
      compileSql(
        sql`select ${asText(lens)} from ${table} as t where ${inRange(lens, from, to)} order by ${order(lens, 'asc')} limit 1 offset ${sql.lit(rows - 1)}`,
      ),
    count: (from, to) =>
      compileSql(sql`select count(*) as ${sql.id('rows')} from ${table} as t where ${inRange(lens, from, to)}`),
  }
}

/** The update of a range, and the record of what could not be converted in it. */
export function fill(
  lens: Lens,
  from: readonly string[] | null,
  to: readonly string[],
  context: CompileContext,
): readonly Statement[] {
  return fillQueries(lens, inRange(lens, from, to), context.stateSchema).map(compileSql)
}

/** The same with placeholders, as `plan` shows it: the loop is one step, its first range has no lower bound. */
export function templates(lens: RowLens | FillLens, context: CompileContext): readonly Statement[] {
  const key = lens.key.map(() => '')
  return [inRange(lens, null, key), inRange(lens, key, key)]
    .flatMap((range) => fillQueries(lens, range, context.stateSchema))
    .map((query) => ({ ...compileSql(query), parameters: [] }))
}

function fillQueries(lens: Lens, range: RawBuilder<unknown>, stateSchema: string): readonly RawBuilder<unknown>[] {
  const ups = upward(lens)
  const todo = sql`${range} and ${sql.raw(unfilled(lens, 'fill', stateSchema))}`
  const failures = ups
    .filter(({ scalar }) => scalar.canRaise)
    .map((direction) => recordFailures(lens, direction, range, stateSchema))
  // Rows first, then the record, as in the triggers: whoever takes them in another order deadlocks with a writer.
  return [update(lens, ups, 'fill', todo, stateSchema), ...failures]
}

function recordFailures(
  lens: Lens,
  direction: Direction,
  range: RawBuilder<unknown>,
  stateSchema: string,
): RawBuilder<unknown> {
  const into = sql.id(lens.table.schema, stateTable(stateSchema, 'conversion_failures'))
  const code = sql.raw(errorOf(lens, direction, 'fill', inRow, stateSchema))
  const open = sql.raw(stillOpen(lens, 'up', 'fill', inRow, stateSchema))
  // Asked only where it may be, as in the trigger: a value that was caught is NULL, unless the author says otherwise.
  const caught =
    direction.scalar.onError === null ? sql`${column(physical(direction.target, 'fill'))} is null and ` : sql``
  const found = sql`select ${sql.raw(keyJson(lens, inRow))} as k, ${code} as code from ${tableRef(lens.table)} as t where ${range} and ${caught}${code} is not null and ${open}`
  return sql`insert into ${into} (lens, migration, ${sql.id('key')}, key_hash, target, code) select ${sql.lit(lens.id)}, ${sql.lit(lens.migration)}, f.k, sha2(f.k, 256), ${sql.lit(direction.target.name)}, f.code from (${found}) as f on duplicate key update code = f.code, at = if(resolved_at is null, at, utc_timestamp(6)), resolved_at = null`
}

/** Gives each row of the condition the values of these scalars. */
function update(
  lens: Lens,
  directions: readonly Direction[],
  mode: SyncMode,
  condition: RawBuilder<unknown>,
  stateSchema: string,
): RawBuilder<unknown> {
  const set = directions.map((direction) => {
    const given = value(lens, direction, mode, inRow, stateSchema)
    const empty = mode === 'quarantine' && !direction.target.nullable ? emptyValue(direction.target.type) : null
    const text = empty === null ? given : `COALESCE(${given}, ${empty})`
    return sql`${column(physical(direction.target, mode))} = ${sql.raw(text)}`
  })
  // An UPDATE of ours is none of the user's: their time of the last change stays.
  // The comment is for who reads the binary log, where the server puts the statement beside its rows.
  const kept = (lens.kept ?? []).map((name) => sql`${column(name)} = ${column(name)}`)
  return sql`update /* bellows */ ${tableRef(lens.table)} as t set ${sql.join([...set, ...kept])} where ${condition}`
}

/**
 * Rows of a range that were written while the trigger may have been away: by the old version until the backfill is over, and
 * under one name until contract; by the new one afterwards, and on the way back, where its column keeps its name. But where the
 * old side has to have a value, an empty new side is nothing that the new version wrote: such a row was inserted by the old one.
 */
export function resync(
  lens: Lens,
  mode: SyncMode,
  from: readonly string[] | null,
  to: readonly string[],
  context: CompileContext,
): readonly Statement[] {
  const { stateSchema } = context
  const range = inRange(lens, from, to)
  if (lens.kind === 'fill') {
    return fillsAgain(lens, mode) ? fillQueries(lens, range, stateSchema).map(compileSql) : []
  }
  const apart = sql.raw(inconsistent(lens, mode, stateSchema))
  const carry = (directions: readonly Direction[], rows: RawBuilder<unknown>): Statement =>
    compileSql(update(lens, directions, mode, sql`${range} and ${rows}`, stateSchema))
  if (oldWasWritten(lens, mode)) return [carry(upward(lens), apart)]
  const followed = carry(downward(lens), apart)
  if (mode === 'quarantine' || lens.old.some(({ nullable }) => nullable)) return [followed]
  const empty = lens.new.map((end) => `${inRow(physical(end, mode))} IS NULL`).join(' AND ')
  return [carry(upward(lens), sql`${sql.raw(empty)} and ${apart}`), followed]
}
