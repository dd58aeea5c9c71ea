import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Lens } from '../../planner/links/lens.ts'
import type { Action, SyncMode } from '../../planner/steps.ts'
import type { ActiveLens, CompileContext, Lock, StepStatement } from '../dialect.ts'
import { templates } from './batches.ts'
import {
  addColumn,
  bindPolicy,
  columnComment,
  createStatistics,
  createTable,
  createView,
  tableComment,
} from './definitions.ts'
import { revokeDefaults, revokeDefaultsOf } from './grants.ts'
import { moveIdentity } from './identity.ts'
import { type LockMode, lock } from './locks.ts'
import { compileSql, literal, quote, tableRef } from './sql.ts'
import {
  counterName,
  createSyncTrigger,
  dropLensFunctions,
  dropSyncTrigger,
  lensFunctions,
  syncFunction,
  syncFunctionName,
} from './sync.ts'
import { mismatchTemplates } from './verify.ts'

interface Cost {
  readonly rewrites?: boolean
  readonly scans?: boolean
}

function statement(query: RawBuilder<unknown>, locks: readonly Lock[] = [], cost: Cost = {}): StepStatement {
  return { ...compileSql(query), locks, rewrites: cost.rewrites ?? false, scans: cost.scans ?? false }
}

/** ALTER TABLE on one table; nearly every form takes ACCESS EXCLUSIVE, for the moment of a catalog change. */
function alter(
  table: TableRef,
  change: RawBuilder<unknown>,
  mode: LockMode = 'ACCESS EXCLUSIVE',
  cost: Cost = {},
): StepStatement {
  return statement(sql`alter table ${tableRef(table)} ${change}`, [lock(table, mode)], cost)
}

/** The statements of an action, in order. What `plan` prints and what the runner runs is this. */
export function compile(action: Action, context: CompileContext): readonly StepStatement[] {
  switch (action.do) {
    case 'lockTables':
      return [lockTables(action.tables, action.mode)]
    case 'addColumn':
      return addColumn(action.table, action.column).map((query, index) =>
        statement(query, [lock(action.table, index === 0 ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE')]),
      )
    case 'dropColumn':
      return [alter(action.table, sql`drop column if exists ${sql.id(action.column)}`)]
    case 'renameColumn':
      return [alter(action.table, sql`rename column ${sql.id(action.from)} to ${sql.id(action.to)}`)]
    case 'renameColumns':
    case 'redefineColumn':
    case 'hideIndex':
      throw new TypeError(`${action.do} is no action of this dialect`)
    case 'setNotNull':
      return [alter(action.table, sql`alter column ${sql.id(action.column)} set not null`)]
    case 'dropNotNull':
      return [alter(action.table, sql`alter column ${sql.id(action.column)} drop not null`)]
    case 'setDefault':
      return [alter(action.table, sql`alter column ${sql.id(action.column)} set default ${sql.raw(action.value)}`)]
    case 'dropDefault':
      return [alter(action.table, sql`alter column ${sql.id(action.column)} drop default`)]
    case 'moveIdentity':
      return [statement(moveIdentity(action.table, action.from, action.to), [lock(action.table, 'ACCESS EXCLUSIVE')])]
    case 'dropIdentity':
      return [alter(action.table, sql`alter column ${sql.id(action.column)} drop identity if exists`)]
    case 'addIdentity':
      return addIdentity(action)
    case 'comment':
      return [
        statement(columnComment(action.table, action.column, action.comment), [
          lock(action.table, 'SHARE UPDATE EXCLUSIVE'),
        ]),
      ]
    case 'tableComment':
      return [statement(tableComment(action.table, action.comment), [lock(action.table, 'SHARE UPDATE EXCLUSIVE')])]
    case 'addConstraint':
      return addConstraint(action)
    case 'validateConstraint':
      return [validateConstraint(action)]
    case 'dropConstraint':
      return [
        {
          ...alter(action.table, sql`drop constraint if exists ${sql.id(action.name)}`),
          locks: [
            lock(action.table, 'ACCESS EXCLUSIVE'),
            ...(action.parent ? [lock(action.parent, 'ACCESS EXCLUSIVE')] : []),
          ],
        },
      ]
    case 'renameConstraint':
      return [alter(action.table, sql`rename constraint ${sql.id(action.from)} to ${sql.id(action.to)}`)]
    case 'uniqueFromIndex':
      return [
        alter(
          action.table,
          sql`add constraint ${sql.id(action.name)} unique using index ${sql.id(action.index)}${sql.raw(action.deferrable)}`,
        ),
        ...constraintComment(action.table, action.name, action.comment ?? null),
      ]
    case 'createIndex':
      return createIndex(action)
    case 'dropIndex':
      return [dropIndex(action)]
    case 'renameIndex':
      return [
        statement(sql`alter index ${sql.id(action.table.schema, action.from)} rename to ${sql.id(action.to)}`, [
          lock({ schema: action.table.schema, name: action.from }, 'SHARE UPDATE EXCLUSIVE'),
        ]),
      ]
    case 'tuneIndex':
      return tuneIndex(action)
    case 'createTable':
      return createTable(action.table, action.spec).map((query) =>
        statement(
          query,
          action.spec.references.map((parent) => lock(parent, 'SHARE ROW EXCLUSIVE')),
        ),
      )
    case 'dropTable':
      return [statement(sql`drop table if exists ${tableRef(action.table)}`, [lock(action.table, 'ACCESS EXCLUSIVE')])]
    case 'createStatistics':
      return createStatistics(action.statistics).map((query) =>
        statement(query, [lock(action.table, 'SHARE UPDATE EXCLUSIVE')]),
      )
    case 'dropStatistics':
      return [
        statement(sql`drop statistics if exists ${tableRef(action.statistics)}`, [
          lock(action.table, 'SHARE UPDATE EXCLUSIVE'),
        ]),
      ]
    case 'dropView':
      return [
        statement(sql`drop view if exists ${sql.id(action.view.schema, action.view.name)}`, [
          lock(action.view, 'ACCESS EXCLUSIVE'),
        ]),
      ]
    case 'createView':
      return createView(action.view).map((query) => statement(query))
    case 'bindPolicy':
      return [statement(bindPolicy(action.table, action.name, action.rules), [lock(action.table, 'ACCESS EXCLUSIVE')])]
    case 'createCounters': {
      const names = counters(action.lens, context)
      return [
        ...names.map((name) =>
          statement(sql`create sequence if not exists ${name} as bigint minvalue 0 start 0 no cycle`),
        ),
        // Who may set one would say when the other shape was last written.
        statement(revokeDefaultsOf(names)),
      ]
    }
    case 'dropCounters':
      return counters(action.lens, context).map((name) => statement(sql`drop sequence if exists ${name}`))
    case 'createLens':
      return lensFunctions(action.lens, context.stateSchema).map((query) => statement(query))
    case 'dropLens':
      return dropLensFunctions(action.lens, context.stateSchema).map((query) => statement(query))
    case 'sync':
      return sync(action.table, action.lens, action.mode, context)
    case 'backfill':
      return templates(action.lens, context).map((query) => ({
        ...query,
        locks: [lock(action.table, 'ROW EXCLUSIVE')],
        rewrites: false,
        scans: true,
      }))
    case 'verify':
      return mismatchTemplates(action.lens, context).map((query) => ({
        ...query,
        locks: [lock(action.table, 'ACCESS SHARE')],
        rewrites: false,
        scans: true,
      }))
    case 'analyze': {
      const columns = action.columns.map((column) => sql.id(column))
      return [
        statement(sql`analyze ${tableRef(action.table)} (${sql.join(columns)})`, [
          lock(action.table, 'SHARE UPDATE EXCLUSIVE'),
        ]),
      ]
    }
    case 'raw':
      return [{ sql: action.sql, parameters: [], locks: [], rewrites: false, scans: false }]
  }
}

/** The lenses in force on a table once one of them has got another mode. */
export function withMode(
  active: readonly ActiveLens[],
  table: TableRef,
  lens: Lens,
  mode: SyncMode | null,
): readonly ActiveLens[] {
  const others = active.filter(
    (entry) =>
      entry.lens.id !== lens.id && entry.lens.table.schema === table.schema && entry.lens.table.name === table.name,
  )
  const all = mode === null ? others : [...others, { lens, mode }]
  return all.sort((a, b) => (a.lens.id < b.lens.id ? -1 : 1))
}

/** One trigger a table: its function is made anew from all lenses in force; with the last lens, both go. */
function sync(table: TableRef, lens: Lens, mode: SyncMode | null, context: CompileContext): readonly StepStatement[] {
  const before = context.active.some(
    (entry) => entry.lens.table.schema === table.schema && entry.lens.table.name === table.name,
  )
  const after = withMode(context.active, table, lens, mode)
  if (after.length === 0) {
    return dropSyncTrigger(table, context.stateSchema).map((query) =>
      statement(query, [lock(table, 'ACCESS EXCLUSIVE')]),
    )
  }
  const replace = statement(syncFunction(table, after, context.stateSchema))
  if (before) return [replace]
  return [
    replace,
    // Who may execute it could put it on a table of his own, where it would do as its owner may.
    statement(revokeDefaults('function', sql`${sql.id(context.stateSchema, syncFunctionName(table))}()`)),
    ...createSyncTrigger(table, context.stateSchema).map((query) =>
      statement(query, [lock(table, 'SHARE ROW EXCLUSIVE')]),
    ),
  ]
}

function counters(lens: Lens, { stateSchema }: CompileContext): readonly RawBuilder<unknown>[] {
  return [counterName(lens, 'old'), counterName(lens, 'new')].map((name) => sql.id(stateSchema, name))
}

/** Several tables in one statement, so that one statement_timeout bounds the wait for all of them. */
function lockTables(tables: readonly TableRef[], mode: 'exclusive' | 'writes'): StepStatement {
  const strength: LockMode = mode === 'exclusive' ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE'
  return statement(
    sql`lock table ${sql.join(tables.map(tableRef))} in ${sql.raw(strength.toLowerCase())} mode`,
    tables.map((table) => lock(table, strength)),
  )
}

function addIdentity(action: Extract<Action, { do: 'addIdentity' }>): readonly StepStatement[] {
  const column = literal(action.column)
  const table = literal(quote(action.table.schema, action.table.name))
  return [
    alter(
      action.table,
      sql`alter column ${sql.id(action.column)} add generated ${sql.raw(action.always ? 'always' : 'by default')} as identity`,
    ),
    statement(
      sql`select setval(pg_get_serial_sequence(${sql.raw(table)}, ${sql.raw(column)}), greatest((select coalesce(max(${sql.id(action.from)}), 0) from ${tableRef(action.table)}) + 1, 1), false)`,
      [lock(action.table, 'ACCESS SHARE')],
    ),
  ]
}

function addConstraint(action: Extract<Action, { do: 'addConstraint' }>): readonly StepStatement[] {
  const notValid = action.valid ? sql`` : sql` not valid`
  const foreign = action.parent !== null
  const add: StepStatement = {
    ...alter(
      action.table,
      sql`add constraint ${sql.id(action.name)} ${sql.raw(action.definition)}${notValid}`,
      foreign ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE',
      { scans: action.valid },
    ),
  }
  const locks = action.parent === null ? add.locks : [lock(action.parent, 'SHARE ROW EXCLUSIVE'), ...add.locks]
  return [{ ...add, locks }, ...constraintComment(action.table, action.name, action.comment)]
}

function validateConstraint({ table, name, parent }: Extract<Action, { do: 'validateConstraint' }>): StepStatement {
  const validate = alter(table, sql`validate constraint ${sql.id(name)}`, 'SHARE UPDATE EXCLUSIVE', { scans: true })
  return parent === undefined ? validate : { ...validate, locks: [lock(parent, 'ROW SHARE'), ...validate.locks] }
}

const constraintComment = (table: TableRef, name: string, comment: string | null): readonly StepStatement[] =>
  comment === null
    ? []
    : [statement(sql`comment on constraint ${sql.id(name)} on ${tableRef(table)} is ${sql.lit(comment)}`)]

function dropIndex(action: Extract<Action, { do: 'dropIndex' }>): StepStatement {
  const how = action.concurrently ? sql`concurrently if exists` : sql`if exists`
  const mode: LockMode = action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
  return statement(sql`drop index ${how} ${sql.id(action.table.schema, action.name)}`, [lock(action.table, mode)])
}

function createIndex(action: Extract<Action, { do: 'createIndex' }>): readonly StepStatement[] {
  const { index, table } = action
  const unique = index.unique ? sql`unique ` : sql``
  const build = statement(
    sql`create ${unique}index ${action.concurrently ? sql`concurrently ` : sql``}${sql.id(index.name)} on ${tableRef(table)} ${sql.raw(index.body)}`,
    [lock(table, action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE ROW EXCLUSIVE')],
    { scans: true },
  )
  if (index.comment === null) return [build]
  const comment = statement(sql`comment on index ${sql.id(table.schema, index.name)} is ${sql.lit(index.comment)}`)
  return [build, { ...comment, again: true }]
}

function tuneIndex({
  table,
  name,
  clustered,
  targets,
}: Extract<Action, { do: 'tuneIndex' }>): readonly StepStatement[] {
  const index = sql.id(table.schema, name)
  return [
    ...(clustered ? [alter(table, sql`cluster on ${sql.id(name)}`, 'SHARE UPDATE EXCLUSIVE')] : []),
    ...targets.map(({ place, target }) =>
      statement(sql`alter index ${index} alter column ${sql.lit(place)} set statistics ${sql.lit(target)}`),
    ),
  ]
}
