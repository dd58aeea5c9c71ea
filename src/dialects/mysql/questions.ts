import { sql } from 'kysely'
import type { Catalog, TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import { tableIn } from '../../planner/objects.ts'
import type { Plan } from '../../planner/plan.ts'
import type { RowRule, SyncMode, UniqueRule } from '../../planner/steps.ts'
import type { CompileContext, FailureKey, LossQuestion, Statement, Violation } from '../dialect.ts'
import { type Direction, downward, isRegroup, physical, upward } from '../shared/directions.ts'
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
      if (action.do === 'addConstraint' && action.rule !== undefined)
        return [rowsAgainst(catalog, action.table, action.rule)]
      if (action.do === 'createIndex' && action.index.rule !== undefined)
        return [duplicatesOf(catalog, action.table, action.index.name, action.index.rule)]
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

function rowsAgainst(catalog: Catalog, table: TableRef, { violated, said }: RowRule): Violation {
  return { table, rule: said, statement: count(table, rowKey(catalog, table), violated) }
}

function duplicatesOf(catalog: Catalog, table: TableRef, index: string, rule: UniqueRule): Violation {
  return {
    table,
    rule: `the same key twice in ${rule.called ?? index}, which is unique`,
    statement: duplicates(table, rule, rowKey(catalog, table), ['min']),
  }
}

/**
 * How many rows are the same to a unique index, and the keys of some: of those that are the same, the first, or first and last. NULLs
 * are distinct; its keys compare by the collation of the columns, as the index will.
 */
export function duplicates(
  table: TableRef,
  rule: UniqueRule,
  key: string,
  named: readonly ('min' | 'max')[],
): Statement {
  const places = rule.keys.map((name, i) => {
    const cut = rule.cuts?.[i] ?? null
    return cut === null ? inRow(name) : `left(${inRow(name)}, ${cut})`
  })
  const given = places.map((place) => `${place} IS NOT NULL`).join(' AND ')
  const found = (which: 'min' | 'max') =>
    sql`select count(*) as n, ${sql.raw(`${which}(${key})`)} as k from ${tableRef(table)} as t where ${sql.raw(given)} group by ${sql.raw(places.join(', '))} having count(*) > 1`
  const some = named.map((which) => sql`(${found(which)} limit ${sql.lit(10 / named.length)})`)
  return compileSql(
    sql`select coalesce(sum(d.n), 0) + 0e0 as count, (select json_arrayagg(s.k) from (${sql.join(some, sql` union all `)}) as s) as ${sql.id('keys')} from (${found('min')}) as d`,
  )
}

function rowKey(catalog: Catalog, ref: TableRef): string {
  const table = tableIn(catalog, ref)
  return keyJson({ key: (table === undefined ? null : keyOf(table)) ?? [] }, inRow)
}

/** Rows that only the new shape can represent, so that going back to the old one would lose something. */
export function losses(plan: Plan, catalog: Catalog, context: CompileContext): readonly LossQuestion[] {
  const fromLenses = plan.lenses.flatMap((lens): LossQuestion[] => {
    const condition = lostBy(lens, 'final', context.stateSchema)
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
function lostBy(lens: Lens, mode: SyncMode, state: string): string | null {
  const given = (direction: Direction): string => value(lens, direction, mode, inRow, state)
  if (lens.kind === 'fill') {
    if (lens.side !== 'new' || mode === 'quarantine') return null
    return `${inRow(physical(lens.column, mode))} IS NOT NULL AND (${leadsElsewhere(upward(lens), mode, inRow, given)})`
  }
  // Under one name nobody writes the new side before contract.
  if (lens.identity || lens.sameName !== (mode === 'quarantine')) return null
  // A row that is not filled, or whose value could not be converted, lives in its old side.
  const written = lens.new.map((end) => `${inRow(physical(end, mode))} IS NOT NULL`).join(' OR ')
  const unlike = leadsElsewhere(upward(lens), mode, inRow, given)
  // What a regroup derives from the old side is not what was written: where several columns are one, that is the normal case.
  if (isRegroup(lens)) return `(${written}) AND (${unlike})`
  const failed = downward(lens).map((direction) => `${errorOf(lens, direction, mode, inRow, state)} IS NOT NULL`)
  const elsewhere = [leadsElsewhere(downward(lens), mode, inRow, given), ...failed].join(' OR ')
  return `(${written}) AND (${unlike}) AND (${elsewhere})`
}

/** What the old shape cannot hold: no value where the old version needs one, the same one twice where it is unique. */
export function undoBlockers(plan: Plan, catalog: Catalog, context: CompileContext): readonly LossQuestion[] {
  return [
    ...withoutValue(plan, context),
    ...uniqueAgain(plan, catalog),
    ...notNullAgain(plan, catalog),
    ...lostUnderOneName(plan, context),
  ]
}

/** On the way back both versions read the old column again, where its name is that of the new one. */
function lostUnderOneName(plan: Plan, { stateSchema }: CompileContext): readonly LossQuestion[] {
  return plan.lenses.flatMap((lens): LossQuestion[] => {
    const condition = lostBy(lens, 'quarantine', stateSchema)
    return condition === null ? [] : [{ ...question(lens, condition), mayBeLost: true }]
  })
}

/** NOT NULL that went, and that the way back brings. */
function notNullAgain(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const actions = plan.phases.contract.flatMap(({ undo }) => undo.flatMap((part) => part.actions))
  return actions.flatMap((action): LossQuestion[] => {
    if (action.do !== 'redefineColumn' || action.rebuild !== true || !action.column.notNull) return []
    const { table, column } = action
    return [{ ...nullsIn(catalog, table, column.name), what: `rows that NOT NULL of ${column.name} would refuse` }]
  })
}

/** Unique indexes that went at contract, and that the way back builds on the hidden column. */
function uniqueAgain(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const actions = plan.phases.contract.flatMap(({ undo }) => undo.flatMap((part) => part.actions))
  return actions.flatMap((action): LossQuestion[] => {
    if (action.do !== 'createIndex' || action.index.rule === undefined) return []
    const { table, index } = action
    return [
      {
        table,
        what: `rows with the same key in ${index.rule?.called ?? index.name}, which is unique in the old shape,`,
        statement: duplicates(table, action.index.rule, rowKey(catalog, table), ['min', 'max']),
      },
    ]
  })
}

/** Rows to which `down` gives no value, where the old version needs one: they hold an empty one meanwhile. */
function withoutValue(plan: Plan, context: CompileContext): readonly LossQuestion[] {
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
