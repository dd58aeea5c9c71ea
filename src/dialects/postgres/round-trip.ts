import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { Statement } from '../dialect.ts'
import type { Given, RoundTripDialect, Unrelated } from '../round-trip.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { assignments } from './assignments.ts'
import { sqlState } from './driver-errors.ts'
import { differs, errorOf, inconsistent, inRow, side, value } from './lens-sql.ts'
import { valuesOf } from './made-values.ts'
import { compileSql, tableRef } from './sql.ts'
import { givenValue } from './trial-values.ts'

/** Writing and reading single rows of a shadow. */
export const roundTrip: RoundTripDialect = {
  valuesOf,
  asValue: (value, type) => givenValue(value, { name: type, category: type.endsWith('[]') ? 'A' : '', labels: [] }),
  assignments,
  insert,
  update: (table, given) =>
    compileSql(
      sql`update ${tableRef(table)} set ${sql.join(given.map(({ column, value }) => sql`${sql.id(column)} = ${value}`))}`,
    ),
  empty: (table) => compileSql(sql`delete from ${tableRef(table)}`),
  loosen,
  settings: [],
  look,
  codeOf: sqlState,
}

function insert(table: TableRef, given: readonly Given[]): Statement {
  if (given.length === 0) return compileSql(sql`insert into ${tableRef(table)} default values`)
  const columns = sql.join(given.map(({ column }) => sql.id(column)))
  const values = sql.join(given.map(({ value }) => sql`${value}`))
  return compileSql(sql`insert into ${tableRef(table)} (${columns}) values (${values})`)
}

/** In a transaction that is rolled back, and DDL with it. */
function loosen({ table, foreignKeys, checks }: Unrelated): readonly Statement[] {
  const all = [...foreignKeys, ...checks]
  if (all.length === 0) return []
  const parts = all.map((name) => sql`drop constraint ${sql.id(name)}`)
  return [compileSql(sql`alter table ${tableRef(table)} ${sql.join(parts)}`)]
}

function look(lens: Lens, mode: SyncMode, stateSchema: string): Statement {
  const [ups, downs] = [upward(lens), downward(lens)]
  const values = (all: readonly Direction[]): readonly string[] =>
    all.map((direction) => value(lens, direction, mode, inRow, stateSchema))
  const error = (all: readonly Direction[]): string =>
    `COALESCE(${[...all.map((direction) => errorOf(lens, direction, mode, inRow, stateSchema)), 'NULL::text'].join(', ')})`
  const isNull = (all: readonly string[]): string => all.map((each) => `${each} IS NULL`).join(' AND ')
  const [olds, news] =
    lens.kind === 'row'
      ? [side(lens.old, mode, inRow), side(lens.new, mode, inRow)]
      : [[inRow(physical(lens.column, mode))], [inRow(physical(lens.column, mode))]]
  const isRow = lens.kind === 'row'
  return compileSql(sql`select ${sql.raw(error(ups))} as up_error, ${sql.raw(error(downs))} as down_error,
    ${sql.raw(isRow ? inconsistent(lens, mode, stateSchema) : 'false')} as apart,
    ${sql.raw(isRow ? differs(olds, values(downs)) : 'false')} as old_else,
    ${sql.raw(isRow ? differs(news, values(ups)) : 'false')} as new_else,
    ${sql.raw(isNull(olds))} as old_null, ${sql.raw(isNull(news))} as new_null,
    ${shown(olds)} as old_text, ${shown(news)} as new_text, ${shown(values(ups))} as up_text, ${shown(values(downs))} as down_text
    from ${tableRef(lens.table)} as t`)
}

const shown = ([only]: readonly string[]): RawBuilder<unknown> =>
  only === undefined ? sql`null::text` : sql`left((${sql.raw(only)})::text, 40)`
