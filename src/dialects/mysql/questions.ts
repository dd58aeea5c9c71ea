import { sql } from 'kysely'
import type { Catalog, TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { Plan } from '../../planner/plan.ts'
import type { CompileContext, FailureKey, LossQuestion, Statement, Violation } from '../dialect.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { keyOf } from '../shared/key.ts'
import { emptyValue } from './conversions.ts'
import { keyFromJson } from './keys.ts'
import { differs, errorOf, inRow, keyJson, leadsElsewhere, stillOpen, value } from './lens-sql.ts'
import { compileSql, quote, tableRef } from './sql.ts'

/** Is the row of this key still one whose value cannot be converted for this column? A row that is gone is settled. */
export function failureOpen(lens: Lens, failure: FailureKey, context: CompileContext): Statement {
  const state = context.stateSchema
  const raised = (directions: readonly Direction[], way: 'up' | 'down'): readonly string[] =>
    directions
      .filter(({ scalar, target }) => scalar.canRaise && target.name === failure.target)
      .map(
        (direction) =>
          `(${errorOf(lens, direction, 'final', inRow, state)} IS NOT NULL AND ${stillOpen(lens, way, 'final', inRow, state)})`,
      )
  const open = [...raised(upward(lens), 'up'), ...raised(downward(lens), 'down')].join(' OR ') || 'FALSE'
  const wanted = lens.key.map(({ name, type }) => sql`${sql.id('t', name)} = ${keyFromJson(failure.key, name, type)}`)
  return compileSql(
    sql`select exists (select 1 from ${tableRef(lens.table)} as t where ${sql.join(wanted, sql` and `)} and (${sql.raw(open)})) as open`,
  )
}

/** How many rows, and the keys of ten of them: what every question here answers. */
function count(table: TableRef, key: string, condition: string): Statement {
  const some = sql`select ${sql.raw(key)} as k from ${tableRef(table)} as t where ${sql.raw(condition)} limit 10`
  return compileSql(
    sql`select count(*) + 0e0 as count, (select json_arrayagg(s.k) from (${some}) as s) as ${sql.id('keys')} from ${tableRef(table)} as t where ${sql.raw(condition)}`,
  )
}

/** The rules that contract enforces and that the old version may have violated until then. */
export function violations(plan: Plan, catalog: Catalog): readonly Violation[] {
  return plan.phases.contract.flatMap((step) =>
    step.actions.flatMap((action): readonly Violation[] => {
      if (action.do === 'redefineColumn' && action.rebuild === true && action.column.notNull)
        return [nullsIn(catalog, action.table, action.column.name)]
      if (action.do === 'createIndex' && action.index.rule !== undefined)
        return [duplicatesOf(catalog, action.table, action.index.name, action.index.rule.keys)]
      return []
    }),
  )
}

function nullsIn(catalog: Catalog, table: TableRef, column: string): Violation {
  return {
    table,
    rule: `${column} is NULL and becomes NOT NULL`,
    statement: count(table, rowKey(catalog, table), `${inRow(column)} IS NULL`),
  }
}

/** NULLs are distinct in an index; its keys compare by the collation of the columns, as the index will. */
function duplicatesOf(catalog: Catalog, table: TableRef, index: string, keys: readonly string[]): Violation {
  const places = keys.map((key) => inRow(key))
  const given = places.map((place) => `${place} IS NOT NULL`).join(' AND ')
  const found = sql`select count(*) as n, min(${sql.raw(rowKey(catalog, table))}) as k from ${tableRef(table)} as t where ${sql.raw(given)} group by ${sql.raw(places.join(', '))} having count(*) > 1`
  return {
    table,
    rule: `the same key twice in ${index}, which is unique`,
    statement: compileSql(
      sql`select coalesce(sum(d.n), 0) + 0e0 as count, (select json_arrayagg(s.k) from (${found} limit 10) as s) as ${sql.id('keys')} from (${found}) as d`,
    ),
  }
}

function rowKey(catalog: Catalog, ref: TableRef): string {
  const table = catalog.tables.find((found) => sameTable({ table: found }, ref))
  return keyJson({ key: (table === undefined ? null : keyOf(table)) ?? [] }, inRow)
}

function sameTable(lens: Pick<Lens, 'table'>, table: TableRef): boolean {
  return lens.table.schema === table.schema && lens.table.name === table.name
}

/** Rows that only the new shape can represent, so that going back to the old one would lose something. */
export function losses(plan: Plan, catalog: Catalog, context: CompileContext): readonly LossQuestion[] {
  const fromLenses = plan.lenses.flatMap((lens): LossQuestion[] => {
    const condition = lostBy(lens, context.stateSchema)
    return condition === null ? [] : [question(lens, condition)]
  })
  return [...fromLenses, ...columnsLost(plan, catalog)]
}

/** Columns that come without a lens: what an app has written there would go with them. */
function columnsLost(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const own = new Set(
    plan.lenses.flatMap((lens) => {
      const names = lens.kind === 'row' ? lens.new.map(({ expanded }) => expanded) : [lens.column.name]
      return names.map((name) => quote(lens.table.schema, lens.table.name, name))
    }),
  )
  return plan.phases.expand.flatMap((step) =>
    step.actions.flatMap((action): LossQuestion[] => {
      if (action.do === 'createTable')
        return [
          {
            table: action.table,
            what: 'rows of the new table',
            statement: compileSql(
              sql`select count(*) + 0e0 as count, null as ${sql.id('keys')} from ${tableRef(action.table)}`,
            ),
          },
        ]
      if (action.do !== 'addColumn') return []
      const { table, column } = action
      if (own.has(quote(table.schema, table.name, column.name))) return []
      const place = inRow(column.name)
      const given = column.default === null ? '' : ` AND ${differs(place, `(${column.default})`, column.type)}`
      return [
        {
          table,
          what: `values of ${column.name}`,
          statement: count(table, rowKey(catalog, table), `${place} IS NOT NULL${given}`),
        },
      ]
    }),
  )
}

function question(lens: Lens, condition: string): LossQuestion {
  const names = lens.kind === 'row' ? lens.new.map(({ name }) => name) : [lens.column.name]
  return {
    table: lens.table,
    what: `values of ${names.join(', ')}`,
    statement: count(lens.table, keyJson(lens, inRow), condition),
  }
}

/** A copied value is lost when neither direction leads from one side to the other; an added one when it is not derived. */
function lostBy(lens: Lens, state: string): string | null {
  const given = (direction: Direction): string => value(lens, direction, 'final', inRow, state)
  if (lens.kind === 'fill') {
    if (lens.side !== 'new') return null
    return `${inRow(physical(lens.column, 'final'))} IS NOT NULL AND (${leadsElsewhere(upward(lens), 'final', inRow, given)})`
  }
  if (lens.identity || lens.sameName) return null
  // A row that is not filled, or whose value could not be converted, lives in its old side.
  const written = lens.new.map((end) => `${inRow(end.expanded)} IS NOT NULL`).join(' OR ')
  const failed = downward(lens).map((direction) => `${errorOf(lens, direction, 'final', inRow, state)} IS NOT NULL`)
  const elsewhere = [leadsElsewhere(downward(lens), 'final', inRow, given), ...failed].join(' OR ')
  return `(${written}) AND (${leadsElsewhere(upward(lens), 'final', inRow, given)}) AND (${elsewhere})`
}

/** Rows to which `down` gives no value, where the old version needs one: they hold an empty one meanwhile. */
export function undoBlockers(plan: Plan, context: CompileContext): readonly LossQuestion[] {
  return plan.lenses.flatMap((lens): LossQuestion[] => {
    if (lens.kind !== 'row' || lens.identity) return []
    const missing = downward(lens)
      .filter(({ target }) => !target.nullable && emptyValue(target.type) !== null)
      .map((direction) => `${value(lens, direction, 'quarantine', inRow, context.stateSchema)} IS NULL`)
    if (missing.length === 0) return []
    const names = lens.old.map(({ name }) => name).join(', ')
    return [{ ...question(lens, missing.join(' OR ')), what: `rows without a value for ${names}` }]
  })
}
