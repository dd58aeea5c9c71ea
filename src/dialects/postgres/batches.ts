import { type RawBuilder, sql } from 'kysely'
import type { FillLens, Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { CompileContext, RangeStatements, Statement } from '../dialect.ts'
import { type Direction, downward, fillsAgain, oldWasWritten, physical, upward } from '../shared/directions.ts'
import { differs, errorOf, inconsistent, inRow, keyJson, side, unfilled, value } from './lens-sql.ts'
import { compileSql, quote, tableRef } from './sql.ts'

/*
 * Walking a table by its key. The server finds and compares the boundaries, so every type and collation works; keys
 * travel as text. A range is (from, to].
 */

const columnsOf = (lens: Lens): RawBuilder<unknown> =>
  sql`row(${sql.join(lens.key.map(({ name }) => sql.id('t', name)))})`

function keyValues(lens: Lens, key: readonly string[]): RawBuilder<unknown> {
  return sql`row(${sql.join(lens.key.map(({ type }, index) => sql`${key[index] ?? ''}::text::${sql.raw(type)}`))})`
}

/** The condition that a row lies in a range. */
export function inRange(lens: Lens, from: readonly string[] | null, to: readonly string[]): RawBuilder<unknown> {
  const upper = sql`${columnsOf(lens)} <= ${keyValues(lens, to)}`
  return from === null ? upper : sql`${columnsOf(lens)} > ${keyValues(lens, from)} and ${upper}`
}

const asText = (lens: Lens): RawBuilder<unknown> =>
  sql.join(lens.key.map(({ name }, index) => sql`${sql.id('t', name)}::text as ${sql.id(`k${index}`)}`))

const order = (lens: Lens, direction: 'asc' | 'desc'): RawBuilder<unknown> =>
  sql.join(lens.key.map(({ name }) => sql`${sql.id('t', name)} ${sql.raw(direction)}`))

/** Finds the end of the table and of each range. */
export function ranges(lens: Lens): RangeStatements {
  const table = tableRef(lens.table)
  return {
    last: () => compileSql(sql`select ${asText(lens)} from ${table} as t order by ${order(lens, 'desc')} limit 1`),
    boundary: (from, to, rows) =>
      compileSql(
        sql`select ${asText(lens)} from ${table} as t where ${inRange(lens, from, to)} order by ${order(lens, 'asc')} limit 1 offset ${sql.lit(rows - 1)}`,
      ),
    count: (from, to) => compileSql(sql`select count(*) as rows from ${table} as t where ${inRange(lens, from, to)}`),
  }
}

/** The update of a range, and the record of what could not be converted in it. */
export function fill(
  lens: Lens,
  from: readonly string[] | null,
  to: readonly string[],
  context: CompileContext,
): readonly Statement[] {
  return fillQueries(lens as RowLens | FillLens, inRange(lens, from, to), context.stateSchema).map(compileSql)
}

/** The same with placeholders, as `plan` shows it: the loop is one step, its first range has no lower bound. */
export function templates(lens: RowLens | FillLens, context: CompileContext): readonly Statement[] {
  const key = lens.key.map(() => '')
  return [inRange(lens, null, key), inRange(lens, key, key)]
    .flatMap((range) => fillQueries(lens, range, context.stateSchema))
    .map(compileSql)
    .map((statement) => ({ ...statement, parameters: [] }))
}

function fillQueries(
  lens: RowLens | FillLens,
  range: RawBuilder<unknown>,
  stateSchema: string,
): readonly RawBuilder<unknown>[] {
  const ups = upward(lens)
  const todo = sql.raw(unfilled(lens, 'fill', stateSchema))
  const raising = ups.filter(({ scalar }) => scalar.canRaise)
  const failures = raising.map((direction) => {
    const code = errorOf(lens, direction, 'fill', inRow, stateSchema)
    return sql`insert into ${sql.id(stateSchema, 'conversion_failures')} as f (lens, migration, key, target, code) select ${sql.lit(lens.id)}, ${sql.lit(lens.migration)}, ${sql.raw(keyJson(lens, inRow))}, ${sql.lit(direction.target.name)}, ${sql.raw(code)} from ${tableRef(lens.table)} as t where ${range} and ${sql.raw(code)} is not null and ${sql.raw(stillOpen(lens, 'up', stateSchema))} on conflict (lens, key, target) do update set code = excluded.code, at = pg_catalog.clock_timestamp(), resolved_at = null where f.resolved_at is not null`
  })
  return [...failures, update(lens, ups, 'fill', sql`${range} and ${todo}`, stateSchema)]
}

/** Gives each row of the condition the values of these scalars. */
function update(
  lens: Lens,
  directions: readonly Direction[],
  mode: SyncMode,
  condition: RawBuilder<unknown>,
  stateSchema: string,
): RawBuilder<unknown> {
  const set = directions.map(
    (direction) => `${quote(physical(direction.target, mode))} = ${value(lens, direction, mode, inRow, stateSchema)}`,
  )
  return sql`update ${tableRef(lens.table)} as t set ${sql.raw(set.join(', '))} where ${condition}`
}

/**
 * Rows of a range that were written while the trigger was away, where only one version can have written them: the old one under one
 * name until contract, the new one afterwards.
 */
export function resync(
  lens: Lens,
  mode: SyncMode,
  from: readonly string[] | null,
  to: readonly string[],
  context: CompileContext,
): readonly Statement[] {
  const range = inRange(lens, from, to)
  if (lens.kind === 'fill') {
    return fillsAgain(lens, mode) ? fillQueries(lens, range, context.stateSchema).map(compileSql) : []
  }
  const condition = sql`${range} and ${sql.raw(inconsistent(lens, mode, context.stateSchema))}`
  return [
    compileSql(
      update(lens, oldWasWritten(lens, mode) ? upward(lens) : downward(lens), mode, condition, context.stateSchema),
    ),
  ]
}

/** A value that could not be converted is settled once the side that it was for holds something that leads back to it. */
export function stillOpen(lens: RowLens | FillLens, way: 'up' | 'down', stateSchema: string): string {
  if (lens.kind === 'fill') return `${inRow(physical(lens.column, 'fill'))} IS NULL`
  const back = (columns: readonly LensColumn[], directions: readonly Direction[]): string => {
    const values = directions.map((direction) => value(lens, direction, 'fill', inRow, stateSchema))
    return differs(side(columns, 'fill', inRow), values)
  }
  return way === 'up' ? back(lens.old, downward(lens)) : back(lens.new, upward(lens))
}
