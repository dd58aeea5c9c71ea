import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { Statement } from '../dialect.ts'
import type { Given, RoundTripDialect } from '../round-trip.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { assignments } from './assignments.ts'
import { errorNumber } from './driver-errors.ts'
import { errorOf, inconsistent, inRow, leadsElsewhere, value } from './lens-sql.ts'
import { valuesOf } from './made-values.ts'
import { compileSql, tableRef } from './sql.ts'
import { givenValue } from './trial.ts'
import { familyOf } from './types.ts'

/** Writing and reading single rows of a shadow. */
export const roundTrip: RoundTripDialect = {
  valuesOf,
  asValue: givenValue,
  assignments: (statement) => assignments(statement),
  insert,
  update: (table, given) =>
    compileSql(
      sql`update ${tableRef(table)} set ${sql.join(given.map(({ column, value }) => sql`${sql.id(column)} = ${value}`))}`,
    ),
  empty: (table) => compileSql(sql`delete from ${tableRef(table)}`),
  // DDL would end the transaction. What a foreign key asks for is never there; a CHECK is kept.
  loosen: () => [],
  settings: [compileSql(sql`set session foreign_key_checks = 0`)],
  look,
  codeOf: (error) => {
    const number = errorNumber(error)
    return number === null ? null : String(number)
  },
}

function insert(table: TableRef, given: readonly Given[]): Statement {
  if (given.length === 0) return compileSql(sql`insert into ${tableRef(table)} () values ()`)
  const columns = sql.join(given.map(({ column }) => sql.id(column)))
  const values = sql.join(given.map(({ value }) => sql`${value}`))
  return compileSql(sql`insert into ${tableRef(table)} (${columns}) values (${values})`)
}

function look(lens: Lens, mode: SyncMode, stateSchema: string): Statement {
  const [ups, downs] = [upward(lens), downward(lens)]
  const [olds, news] = lens.kind === 'row' ? [lens.old, lens.new] : [[lens.column], [lens.column]]
  const given = (direction: Direction): string => value(lens, direction, mode, inRow, stateSchema)
  const error = (all: readonly Direction[]): RawBuilder<unknown> =>
    sql.raw(`COALESCE(${[...all.map((each) => errorOf(lens, each, mode, inRow, stateSchema)), 'NULL'].join(', ')})`)
  const isRow = lens.kind === 'row'
  const elsewhere = (all: readonly Direction[]): RawBuilder<unknown> =>
    sql.raw(isRow ? `(${leadsElsewhere(all, mode, inRow, given)})` : 'FALSE')
  const isNull = (all: typeof olds): RawBuilder<unknown> =>
    sql.raw(all.map((each) => `${inRow(physical(each, mode))} IS NULL`).join(' AND '))
  const sides = (all: typeof olds): RawBuilder<unknown> =>
    shown(all.map((each) => [inRow(physical(each, mode)), each.type] as const))
  const leads = (all: readonly Direction[]): RawBuilder<unknown> =>
    shown(all.map((each) => [given(each), each.target.type] as const))
  return compileSql(sql`select ${error(ups)} as up_error, ${error(downs)} as down_error,
    ${sql.raw(isRow ? inconsistent(lens, mode, stateSchema) : 'FALSE')} as apart,
    ${elsewhere(downs)} as old_else, ${elsewhere(ups)} as new_else, ${isNull(olds)} as old_null, ${isNull(news)} as new_null,
    ${sides(olds)} as old_text, ${sides(news)} as new_text, ${leads(ups)} as up_text, ${leads(downs)} as down_text
    from ${tableRef(lens.table)} as t`)
}

function shown([only]: readonly (readonly [string, string])[]): RawBuilder<unknown> {
  if (only === undefined) return sql`null`
  const [text, type] = only
  return ['binary', 'bit'].includes(familyOf(type))
    ? sql`left(hex(${sql.raw(text)}), 40)`
    : sql`left(cast(${sql.raw(text)} as char), 40)`
}
