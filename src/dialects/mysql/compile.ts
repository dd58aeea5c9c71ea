import { type RawBuilder, sql } from 'kysely'
import { refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import type { Action, TableSpec } from '../../planner/steps.ts'
import type { ActiveLens, CompileContext, Lock, StepStatement } from '../dialect.ts'
import { templates } from './batches.ts'
import { columnDefinition } from './definitions.ts'
import { createFunctions, dropFunctions } from './functions.ts'
import { compileSql, literal, tableRef } from './sql.ts'
import { stateTable } from './state.ts'
import { createTrigger, dropTrigger, watchesOf } from './sync.ts'
import type { Watch } from './sync-body.ts'
import { mismatchTemplates } from './verify.ts'

const exclusive = (table: TableRef): Lock => ({
  relation: `${table.schema}.${table.name}`,
  mode: 'EXCLUSIVE metadata lock',
  blocksReads: true,
  blocksWrites: true,
})

const shared = (table: TableRef, mode: string): Lock => ({
  relation: `${table.schema}.${table.name}`,
  mode,
  blocksReads: false,
  blocksWrites: false,
})

interface Cost {
  readonly rewrites?: boolean
  readonly scans?: boolean
}

function statement(query: RawBuilder<unknown>, locks: readonly Lock[] = [], cost: Cost = {}): StepStatement {
  return { ...compileSql(query), locks, rewrites: cost.rewrites ?? false, scans: cost.scans ?? false }
}

/** An ALTER that the server has to do in its catalog only, or refuse. MySQL takes no other LOCK beside INSTANT. */
function instant(table: TableRef, change: RawBuilder<unknown>): StepStatement {
  return statement(sql`alter table ${tableRef(table)} ${change}, algorithm=instant, lock=default`, [exclusive(table)])
}

/** An ALTER of the catalog only that the servers do not call INSTANT. */
const inCatalog = (table: TableRef, change: RawBuilder<unknown>): StepStatement =>
  statement(sql`alter table ${tableRef(table)} ${change}, algorithm=inplace, lock=none`, [exclusive(table)])

/** An ALTER that makes the table anew while others write. */
function rebuild(table: TableRef, change: RawBuilder<unknown>): StepStatement {
  const locks = [shared(table, 'SHARED_UPGRADABLE metadata lock')]
  const cost = { rewrites: true, scans: true }
  return statement(sql`alter table ${tableRef(table)} ${change}, algorithm=inplace, lock=none`, locks, cost)
}

/** A copy that lets others write (MariaDB 11.2 and later). */
const copy = (table: TableRef, change: RawBuilder<unknown>): string =>
  compileSql(sql`alter table ${tableRef(table)} ${change}, algorithm=copy, lock=none`).sql

/** What is done in the catalog where that can be, else as a rebuild that lets others write. */
function stepped(table: TableRef, change: RawBuilder<unknown>, may: boolean): StepStatement {
  const first = instant(table, change)
  return may ? { ...first, otherwise: [rebuild(table, change).sql] } : first
}

/** The statements of an action, in order. What `plan` prints and what the runner runs is this. */
export function compile(action: Action, context: CompileContext): readonly StepStatement[] {
  switch (action.do) {
    case 'lockTables':
      return [
        statement(
          sql`lock tables ${sql.join(action.tables.map((table) => sql`${tableRef(table)} write`))}`,
          action.tables.map(exclusive),
        ),
      ]
    case 'addColumn':
      return [instant(action.table, sql`add column ${columnDefinition(action.column)}`)]
    case 'dropColumn':
      return [stepped(action.table, sql`drop column ${sql.id(action.column)}`, action.rebuild === true)]
    case 'renameColumn':
      return [instant(action.table, sql`rename column ${sql.id(action.from)} to ${sql.id(action.to)}`)]
    case 'renameColumns':
      return [
        instant(
          action.table,
          sql.join(action.renames.map(({ from, to }) => sql`rename column ${sql.id(from)} to ${sql.id(to)}`)),
        ),
      ]
    case 'redefineColumn': {
      const change = sql`modify column ${columnDefinition(action.column)}`
      if (action.rebuild !== true) return [instant(action.table, change)]
      return [
        {
          ...rebuild(action.table, change),
          ...(action.copy === true ? { otherwise: [copy(action.table, change)] } : {}),
        },
      ]
    }
    case 'tableComment':
      return [inCatalog(action.table, sql`comment = ${sql.raw(literal(action.comment ?? ''))}`)]
    case 'renameIndex':
      return [inCatalog(action.table, sql`rename index ${sql.id(action.from)} to ${sql.id(action.to)}`)]
    case 'hideIndex': {
      const said = { ignored: ['not ignored', 'ignored'], visible: ['visible', 'invisible'] }[action.word]
      const state = sql.raw(said[action.hidden ? 1 : 0] ?? '')
      return [inCatalog(action.table, sql`alter index ${sql.id(action.name)} ${state}`)]
    }
    case 'setDefault':
      return [instant(action.table, sql`alter column ${sql.id(action.column)} set default ${sql.raw(action.value)}`)]
    case 'dropDefault':
      return [instant(action.table, sql`alter column ${sql.id(action.column)} drop default`)]
    case 'createIndex':
      return [
        statement(
          sql`alter table ${tableRef(action.table)} add ${sql.raw(action.index.unique ? 'unique ' : '')}index ${sql.id(action.index.name)} ${sql.raw(action.index.body)}${indexComment(action.index.comment)}, algorithm=inplace, lock=none`,
          [shared(action.table, 'SHARED_UPGRADABLE metadata lock')],
          { scans: true },
        ),
      ]
    case 'dropIndex':
      return [inCatalog(action.table, sql`drop index ${sql.id(action.name)}`)]
    case 'addConstraint':
      return addConstraint(action)
    case 'validateConstraint':
      return [validateConstraint(action)]
    case 'dropConstraint':
      if (action.parent === null) return [instant(action.table, sql`drop constraint ${sql.id(action.name)}`)]
      return [
        statement(
          sql`alter table ${tableRef(action.table)} drop foreign key ${sql.id(action.name)}, algorithm=inplace, lock=none`,
          [exclusive(action.table), exclusive(action.parent)],
        ),
      ]
    case 'createTable':
      return [createTable(action.table, action.spec)]
    case 'dropTable':
      return [statement(sql`drop table if exists ${tableRef(action.table)}`, [exclusive(action.table)])]
    case 'createCounters':
      return []
    case 'dropCounters':
      return [
        statement(
          sql`delete from ${sql.id(stateTable(context.stateSchema, 'writes'))} where lens = ${sql.lit(action.lens.id)}`,
        ),
      ]
    case 'createLens':
      return createFunctions(action.lens, context.stateSchema).map((query) => statement(query))
    case 'dropLens':
      return dropFunctions(action.lens, context.stateSchema).map((query) => statement(query))
    case 'sync':
      return sync(action, context)
    case 'backfill':
      return templates(action.lens, context).map((query) => ({
        ...query,
        locks: [shared(action.table, 'rows of the batch')],
        rewrites: false,
        scans: true,
      }))
    case 'verify':
      return mismatchTemplates(action.lens, context).map((query) => ({
        ...query,
        locks: [shared(action.table, 'SHARED_READ metadata lock')],
        rewrites: false,
        scans: true,
      }))
    case 'raw':
      return [{ sql: action.sql, parameters: [], locks: [], rewrites: false, scans: false }]
    default:
      throw refused('plan.not-yet', `${action.do} is not there yet on MySQL and MariaDB`)
  }
}

type AddConstraint = Extract<Action, { do: 'addConstraint' }>

/** A CHECK is added by a copy of the table, a foreign key without one only where the server does not look at the rows that are there. */
function addConstraint({ table, name, definition, way, parent }: AddConstraint): readonly StepStatement[] {
  const change = sql`add constraint ${sql.id(name)} ${sql.raw(definition)}`
  if (parent === null) return [copied(table, change, way)]
  const checks = (on: 0 | 1): StepStatement => statement(sql`set session foreign_key_checks = ${sql.lit(on)}`)
  const add = statement(sql`alter table ${tableRef(table)} ${change}, algorithm=inplace, lock=none`, [
    exclusive(parent),
    exclusive(table),
  ])
  return [checks(0), add, checks(1)]
}

/** How many rows violate a rule: the server itself does not look. */
function validateConstraint({ table, rule }: Extract<Action, { do: 'validateConstraint' }>): StepStatement {
  return statement(
    sql`select count(*) + 0e0 as count from ${tableRef(table)} as t where ${sql.raw(rule?.violated ?? 'false')}`,
    [shared(table, 'SHARED_READ metadata lock')],
    { scans: true },
  )
}

function copied(table: TableRef, change: RawBuilder<unknown>, way: AddConstraint['way']): StepStatement {
  const cost = { rewrites: true, scans: true }
  if (way === 'online copy')
    return { ...statement(sql``, [shared(table, 'SHARED_UPGRADABLE metadata lock')], cost), sql: copy(table, change) }
  const lock: Lock = { ...shared(table, 'SHARED_NO_WRITE metadata lock'), blocksWrites: true }
  return statement(sql`alter table ${tableRef(table)} ${change}, algorithm=copy, lock=shared`, [lock], cost)
}

const indexComment = (comment: string | null): RawBuilder<unknown> =>
  comment === null ? sql`` : sql` comment ${sql.raw(literal(comment))}`

/** Columns, keys and indexes in one statement: it is done whole or not at all. */
function createTable(table: TableRef, spec: TableSpec): StepStatement {
  const columns = spec.columns.map((column) => columnDefinition(column))
  const constraints = spec.constraints.map(({ name, definition }) =>
    name === null ? sql.raw(definition) : sql`constraint ${sql.id(name)} ${sql.raw(definition)}`,
  )
  const locks = [
    exclusive(table),
    ...spec.references.map((parent) => shared(parent, 'SHARED_UPGRADABLE metadata lock')),
  ]
  return statement(
    sql`create table ${tableRef(table)} (${sql.join([...columns, ...constraints])}) engine = InnoDB`,
    locks,
  )
}

type Sync = Extract<Action, { do: 'sync' }>

/** The lenses in force on a table once one of them has got another mode. */
function withMode(active: readonly ActiveLens[], { table, lens, mode, bearsRename }: Sync): readonly ActiveLens[] {
  const others = onTable(active, table).filter((entry) => entry.lens.id !== lens.id)
  const own = bearsRename === true ? { lens, bearsRename } : { lens }
  const all = mode === null ? others : [...others, { ...own, mode }]
  return all.sort((a, b) => (a.lens.id < b.lens.id ? -1 : 1))
}

const onTable = (active: readonly ActiveLens[], table: TableRef): readonly ActiveLens[] =>
  active.filter(({ lens }) => lens.table.schema === table.schema && lens.table.name === table.name)

/**
 * One pair of triggers a table, made anew from all lenses in force. While it is replaced a spare one stands in, so that there
 * is no moment without, wherever we die: of two, the second finds the row in sync.
 */
function sync(action: Sync, context: CompileContext): readonly StepStatement[] {
  const { table } = action
  const before = onTable(context.active, table)
  const after = withMode(context.active, action)
  const drop = (watch: Watch, spare = false): StepStatement =>
    statement(dropTrigger(table, watch, spare), [exclusive(table)])
  const create = (watch: Watch, spare = false): StepStatement =>
    statement(createTrigger(table, watch, after, context.stateSchema, spare), [exclusive(table)])
  const there = new Set(watchesOf(before))
  const wanted = new Set(watchesOf(after))
  return [...new Set([...there, ...wanted])].flatMap((watch) => {
    if (!wanted.has(watch)) return [drop(watch, true), drop(watch)]
    if (!there.has(watch)) return [drop(watch, true), drop(watch), create(watch)]
    return [drop(watch, true), create(watch, true), drop(watch), create(watch), drop(watch, true)]
  })
}
