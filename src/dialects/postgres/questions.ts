import { sql } from 'kysely'
import type { Catalog, TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { Plan } from '../../planner/plan.ts'
import type { CompileContext, FailureKey, LossQuestion, Statement, Violation } from '../dialect.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { keyOf } from '../shared/key.ts'
import { stillOpen } from './batches.ts'
import { errorOf, inRow, keyJson, value } from './lens-sql.ts'
import { compileSql, quote, tableRef } from './sql.ts'

/** Is the row of this key still one whose value cannot be converted for this column? A row that is gone is settled. */
export function failureOpen(lens: Lens, failure: FailureKey, context: CompileContext): Statement {
  const state = context.stateSchema
  const raised = (directions: readonly Direction[], way: 'up' | 'down'): readonly string[] =>
    directions
      .filter(({ scalar, target }) => scalar.canRaise && target.name === failure.target)
      .map(
        (direction) =>
          `(${errorOf(lens, direction, 'final', inRow, state)} IS NOT NULL AND ${stillOpen(lens, way, state)})`,
      )
  const open = [...raised(upward(lens), 'up'), ...raised(downward(lens), 'down')].join(' OR ') || 'false'
  const wanted = lens.key.map(
    ({ name, type }) => sql`${sql.id('t', name)} = (${failure.key}::jsonb ->> ${name})::${sql.raw(type)}`,
  )
  return compileSql(
    sql`select exists (select from ${tableRef(lens.table)} as t where ${sql.join(wanted, sql` and `)} and (${sql.raw(open)})) as open`,
  )
}

/** The rules that contract enforces and that the old version may have violated until then. */
export function violations(plan: Plan, catalog: Catalog): readonly Violation[] {
  return plan.phases.contract.flatMap((step) =>
    step.actions.flatMap((action): readonly Violation[] => {
      if (action.do === 'addConstraint' && action.notNullOf !== undefined)
        return [nullsIn(plan, catalog, action.table, action.notNullOf)]
      if (action.do === 'createIndex' && action.index.rule !== undefined)
        return [duplicatesOf(catalog, action.table, action.index.name, action.index.rule)]
      return []
    }),
  )
}

function nullsIn(plan: Plan, catalog: Catalog, table: TableRef, wanted: string): Violation {
  // Before contract a replaced column still has its own name.
  const end = plan.lenses
    .flatMap((lens) =>
      lens.kind === 'row' && sameTable(lens, table)
        ? lens.new.map((to, i) => ({ to, from: lens.identity ? lens.old[i] : to }))
        : [],
    )
    .find(({ to }) => to.contracted === wanted || to.expanded === wanted)
  const column = end?.from?.expanded ?? wanted
  return {
    table,
    rule: `${end?.to.name ?? wanted} is NULL and becomes NOT NULL`,
    statement: compileSql(
      sql`select count(*)::float8 as count, (array_agg(${sql.raw(rowKey(catalog, table))}))[1:10] as keys from ${tableRef(table)} as t where ${sql.id('t', column)} is null`,
    ),
  }
}

/** NULLs are distinct in an index that an author asks for. */
function duplicatesOf(
  catalog: Catalog,
  table: TableRef,
  index: string,
  rule: { readonly keys: readonly string[]; readonly where: string | null },
): Violation {
  const conditions = [...rule.keys.map((key) => `${key} is not null`), ...(rule.where === null ? [] : [rule.where])]
  const found = sql`select count(*) as rows, min(${sql.raw(rowKey(catalog, table))}) as key from ${tableRef(table)} as t where ${sql.raw(conditions.join(' and '))} group by ${sql.raw(rule.keys.join(', '))} having count(*) > 1`
  return {
    table,
    rule: `the same key twice in ${index}, which is unique`,
    statement: compileSql(
      sql`select coalesce(sum(d.rows), 0)::float8 as count, (array_agg(d.key))[1:10] as keys from (${found}) as d`,
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
  const own = new Set(
    plan.lenses.map((lens) =>
      lens.kind === 'fill' ? quote(lens.table.schema, lens.table.name, lens.column.name) : '',
    ),
  )
  const fromColumns = plan.phases.expand.flatMap((step) =>
    step.actions.flatMap((action): LossQuestion[] => {
      if (action.do === 'createTable') {
        return [
          {
            table: action.table,
            what: 'rows of the new table',
            statement: compileSql(
              sql`select count(*)::float8 as count, null::text[] as keys from ${tableRef(action.table)}`,
            ),
          },
        ]
      }
      if (action.do !== 'addColumn') return []
      const shadow = plan.lenses.some(
        (lens) =>
          lens.kind === 'row' &&
          sameTable(lens, action.table) &&
          lens.new.some((end) => end.expanded === action.column.name),
      )
      if (shadow || own.has(quote(action.table.schema, action.table.name, action.column.name))) return []
      const column = quote(action.column.name)
      const constant = `CAST((${action.column.default ?? 'NULL'}) AS ${action.column.type})`
      return [
        {
          table: action.table,
          what: `values of ${action.column.name}`,
          statement: compileSql(
            sql`select count(*)::float8 as count, (array_agg(${sql.raw(rowKey(catalog, action.table))}))[1:10] as keys from ${tableRef(action.table)} as t where ${sql.raw(`t.${column} IS NOT NULL AND pg_catalog.record_image_ne(ROW(t.${column}), ROW(${constant}))`)}`,
          ),
        },
      ]
    }),
  )
  return [...fromLenses, ...fromColumns]
}

function question(lens: Lens, condition: string): LossQuestion {
  const names = lens.kind === 'row' ? lens.new.map(({ name }) => name) : [lens.column.name]
  return {
    table: lens.table,
    what: `values of ${names.join(', ')}`,
    statement: compileSql(
      sql`select count(*)::float8 as count, (array_agg(${sql.raw(keyJson(lens, inRow))}))[1:10] as keys from ${tableRef(lens.table)} as t where ${sql.raw(condition)}`,
    ),
  }
}

/** A copied value is lost when neither direction leads from one side to the other; an added one when it is not derived. */
function lostBy(lens: Lens, state: string): string | null {
  if (lens.kind === 'fill') {
    if (lens.side !== 'new') return null
    const column = inRow(physical(lens.column, 'final'))
    const [direction] = upward(lens)
    const derived = direction === undefined ? 'NULL' : value(lens, direction, 'final', inRow, state)
    return `${column} IS NOT NULL AND pg_catalog.record_image_ne(ROW(${column}), ROW(${derived}))`
  }
  if (lens.identity || lens.sameName) return null
  // A row that is not filled, or whose value could not be converted, lives in its old side.
  const written = lens.new.map((end) => `${inRow(end.expanded)} IS NOT NULL`).join(' OR ')
  const news = lens.new.map((end) => inRow(end.expanded)).join(', ')
  const olds = lens.old.map((end) => inRow(end.expanded)).join(', ')
  const up = upward(lens)
    .map((direction) => value(lens, direction, 'final', inRow, state))
    .join(', ')
  const down = downward(lens)
    .map((direction) => value(lens, direction, 'final', inRow, state))
    .join(', ')
  const failed = downward(lens)
    .map((direction) => `${errorOf(lens, direction, 'final', inRow, state)} IS NOT NULL`)
    .join(' OR ')
  return `(${written}) AND pg_catalog.record_image_ne(ROW(${news}), ROW(${up})) AND (pg_catalog.record_image_ne(ROW(${olds}), ROW(${down})) OR ${failed})`
}

/** Rows of the hidden old column that `down` could not give a value, where the old version needs one. */
export function undoBlockers(plan: Plan): readonly LossQuestion[] {
  return plan.lenses.flatMap((lens): LossQuestion[] => {
    if (lens.kind !== 'row' || lens.identity) return []
    const empty = lens.old.filter((end) => !end.nullable).map((end) => `${inRow(end.contracted)} IS NULL`)
    if (empty.length === 0) return []
    return [
      {
        ...question(lens, empty.join(' OR ')),
        what: `rows without a value for ${lens.old.map(({ name }) => name).join(', ')}`,
      },
    ]
  })
}
