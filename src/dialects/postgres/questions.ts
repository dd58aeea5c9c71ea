import { sql } from 'kysely'
import type { Catalog, TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import { tableIn } from '../../planner/objects.ts'
import type { Plan } from '../../planner/plan.ts'
import type { RowRule, SyncMode, UniqueRule } from '../../planner/steps.ts'
import type { CompileContext, FailureKey, LossQuestion, Statement, Violation } from '../dialect.ts'
import { type Direction, downward, isRegroup, physical, upward } from '../shared/directions.ts'
import { keyOf } from '../shared/key.ts'
import { retarget } from './arrange/copies.ts'
import { stillOpen } from './batches.ts'
import { differs, errorOf, inRow, keyJson, side, value } from './lens-sql.ts'
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
      if (action.do === 'addConstraint' && action.rule !== undefined)
        return [rowsAgainst(catalog, action.table, action.rule)]
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

function rowsAgainst(catalog: Catalog, table: TableRef, { violated, said }: RowRule): Violation {
  return {
    table,
    rule: said,
    statement: compileSql(
      sql`select count(*)::float8 as count, (array_agg(${sql.raw(rowKey(catalog, table))}))[1:10] as keys from ${tableRef(table)} as t where ${sql.raw(violated)}`,
    ),
  }
}

function duplicatesOf(catalog: Catalog, table: TableRef, index: string, rule: UniqueRule): Violation {
  return {
    table,
    rule: `the same key twice in ${rule.called ?? index}, which is unique`,
    statement: duplicates(table, rule, rowKey(catalog, table), ['min']),
  }
}

/** How many rows are the same to a unique index, and the keys of some: of those that are the same, the first, or first and last. */
function duplicates(table: TableRef, rule: UniqueRule, key: string, named: readonly ('min' | 'max')[]): Statement {
  const given = rule.nullsNotDistinct === true ? [] : rule.keys.map((part) => `${part} is not null`)
  const conditions = [...given, ...(rule.where === null ? [] : [`(${rule.where})`])].join(' and ') || 'true'
  const names = sql.raw(named.map((which) => `${which}(${key})`).join(', '))
  const found = sql`select count(*) as rows, array[${names}] as keys from ${tableRef(table)} as t where ${sql.raw(conditions)} group by ${sql.raw(rule.keys.join(', '))} having count(*) > 1`
  return compileSql(
    sql`with d as (${found}) select coalesce(sum(d.rows), 0)::float8 as count, (select array_agg(s.key) from (select unnest(d.keys) as key from d limit 10) as s) as keys from d`,
  )
}

function rowKey(catalog: Catalog, ref: TableRef): string {
  const table = tableIn(catalog, ref)
  return keyJson({ key: (table === undefined ? null : keyOf(table)) ?? [] }, inRow)
}

function sameTable(lens: Pick<Lens, 'table'>, table: TableRef): boolean {
  return lens.table.schema === table.schema && lens.table.name === table.name
}

/** Rows that only the new shape can represent, so that going back to the old one would lose something. */
export function losses(plan: Plan, catalog: Catalog, context: CompileContext): readonly LossQuestion[] {
  const fromLenses = plan.lenses.flatMap((lens): LossQuestion[] => {
    const condition = lostBy(lens, 'final', context.stateSchema)
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
function lostBy(lens: Lens, mode: SyncMode, state: string): string | null {
  if (lens.kind === 'fill') {
    if (lens.side !== 'new' || mode === 'quarantine') return null
    const column = inRow(physical(lens.column, 'final'))
    const [direction] = upward(lens)
    const derived = direction === undefined ? 'NULL' : value(lens, direction, 'final', inRow, state)
    return `${column} IS NOT NULL AND pg_catalog.record_image_ne(ROW(${column}), ROW(${derived}))`
  }
  // Under one name nobody writes the new side before contract.
  if (lens.identity || lens.sameName !== (mode === 'quarantine')) return null
  const [news, olds] = [side(lens.new, mode, inRow), side(lens.old, mode, inRow)]
  // A row that is not filled, or whose value could not be converted, lives in its old side.
  const written = news.map((column) => `${column} IS NOT NULL`).join(' OR ')
  const given = (direction: Direction): string => value(lens, direction, mode, inRow, state)
  const elsewhere = differs(news, upward(lens).map(given))
  // What a regroup derives from the old side is not what was written: where several columns are one, that is the normal case.
  if (isRegroup(lens)) return `(${written}) AND ${elsewhere}`
  const failed = downward(lens)
    .map((direction) => `${errorOf(lens, direction, mode, inRow, state)} IS NOT NULL`)
    .join(' OR ')
  return `(${written}) AND ${elsewhere} AND (${differs(olds, downward(lens).map(given))} OR ${failed})`
}

/** What the old shape cannot hold: no value where the old version needs one, the same one twice where it is unique. */
export function undoBlockers(plan: Plan, catalog: Catalog, context: CompileContext): readonly LossQuestion[] {
  return [
    ...withoutValue(plan),
    ...checksAgain(plan, catalog),
    ...uniqueAgain(plan, catalog),
    ...ruleAgain(plan, catalog),
    ...beyondOldType(plan, catalog),
    ...lostUnderOneName(plan, context),
  ]
}

/** An identity goes back with its sequence, wherever that stands by then. */
function beyondOldType(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const actions = plan.phases.contract.flatMap(({ undo }) => undo.flatMap((part) => part.actions))
  return actions.flatMap((action): LossQuestion[] => {
    if (action.do !== 'moveIdentity') return []
    const columns = tableIn(catalog, action.table)?.columns ?? []
    const [from, to] = [action.from, action.to].map((wanted) => columns.find(({ name }) => name === wanted))
    if (from?.sequence === undefined || to === undefined) return []
    const { schema, name } = from.sequence
    const high = { smallint: '32767', integer: '2147483647' }[to.type] ?? '9223372036854775807'
    return [
      {
        table: action.table,
        what: `position of sequence ${schema}.${name}, which ${to.type} cannot hold,`,
        hint: 'Set that sequence to a value that the old type holds, then roll back',
        statement: compileSql(
          sql`select count(*)::float8 as count, array_agg(last_value::text) as keys from ${tableRef({ schema, name })} where last_value not between -${sql.raw(high)}::numeric - 1 and ${sql.raw(high)}`,
        ),
      },
    ]
  })
}

/** On the way back both versions read the old column again, where its name is that of the new one. */
function lostUnderOneName(plan: Plan, { stateSchema }: CompileContext): readonly LossQuestion[] {
  return plan.lenses.flatMap((lens): LossQuestion[] => {
    const condition = lostBy(lens, 'quarantine', stateSchema)
    return condition === null ? [] : [{ ...question(lens, condition), mayBeLost: true }]
  })
}

/** Unique indexes that went at contract, and that the way back builds on the hidden column. */
function uniqueAgain(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const actions = plan.phases.contract.flatMap(({ undo }) => undo.flatMap((part) => part.actions))
  return actions.flatMap((action): LossQuestion[] => {
    if (action.do !== 'createIndex' || action.index.rule === undefined) return []
    const { table, index } = action
    const rule = asContracted(plan, table, action.index.rule)
    return [
      {
        table,
        what: `rows with the same key in ${rule.called ?? index.name}, which is unique in the old shape,`,
        statement: duplicates(table, rule, rowKey(catalog, table), ['min', 'max']),
      },
    ]
  })
}

/** Rules that went, and that the way back brings. */
function ruleAgain(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const actions = plan.phases.contract.flatMap(({ undo }) => undo.flatMap((part) => part.actions))
  return actions.flatMap((action): LossQuestion[] => {
    if (action.do !== 'addConstraint' || action.violatedBy === undefined) return []
    const { table, name, violatedBy } = action
    return [
      {
        table,
        what: `rows that ${action.notNullOf === undefined ? name : `NOT NULL of ${action.notNullOf}`} would refuse`,
        statement: compileSql(
          sql`select count(*)::float8 as count, (array_agg(${sql.raw(rowKey(catalog, table))}))[1:10] as keys from ${tableRef(table)} as t where ${sql.raw(violatedBy)}`,
        ),
      },
    ]
  })
}

/** A rule of the old shape, asked of a table in which other columns have their new names by now. */
function asContracted(plan: Plan, table: TableRef, rule: UniqueRule): UniqueRule {
  const renamed = plan.lenses.flatMap((lens) => {
    const [before, after] =
      lens.kind === 'row' && lens.identity && sameTable(lens, table) ? [...lens.old, ...lens.new] : []
    return before === undefined || after === undefined ? [] : [[before.expanded, after.contracted] as const]
  })
  const now = (text: string): string =>
    renamed.reduce((changed, [from, to]) => retarget(changed, from, to, table.name), text)
  return { ...rule, keys: rule.keys.map(now), where: rule.where === null ? null : now(rule.where) }
}

/** Rows of hidden old columns that violate a CHECK which the way back adds again: asked before the first of them is. */
function checksAgain(plan: Plan, catalog: Catalog): readonly LossQuestion[] {
  const undone = plan.phases.contract
    .filter(({ kind }) => kind === 'quarantine')
    .flatMap(({ undo }) => undo.flatMap(({ actions }) => actions))
  const validated = new Set(undone.flatMap((action) => (action.do === 'validateConstraint' ? [action.name] : [])))
  return undone.flatMap((action): LossQuestion[] => {
    if (action.do !== 'addConstraint' || action.notNullOf !== undefined || !validated.has(action.name)) return []
    if (action.violatedBy !== undefined) return []
    const [, rule] = /^check \((.*)\)(?: no inherit)?(?: not enforced)?$/s.exec(action.definition) ?? []
    if (rule === undefined) return []
    return [
      {
        table: action.table,
        what: `rows that violate ${action.name}`,
        statement: compileSql(
          sql`select count(*)::float8 as count, (array_agg(${sql.raw(rowKey(catalog, action.table))}))[1:10] as keys from ${tableRef(action.table)} as t where (${sql.raw(rule)}) is false`,
        ),
      },
    ]
  })
}

/** Rows of the hidden old column that `down` could not give a value, where the old version needs one. */
function withoutValue(plan: Plan): readonly LossQuestion[] {
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
