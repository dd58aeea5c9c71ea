import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, IndexSpec, Step } from '../../../planner/steps.ts'
import {
  type Context,
  hazard,
  hiddenName,
  lensBase,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
  stepId,
} from '../../shared/context.ts'
import { familyOf } from '../types.ts'
import { indexCopies } from './copies.ts'
import { refuseColumn, refuseTable, requireFree } from './refuse.ts'

/**
 * A rename. The copy stands hidden behind the original; at contract the two exchange names, so keys, indexes, foreign keys,
 * NOT NULL and the place of the column follow by themselves (semantics.md 10).
 */
export function arrangeRename(context: Context, change: ReplaceColumn): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.from)
  requireFree(table, change.to)
  refuseTable(context, table)
  refuseColumn(context, table, column)
  if (change.nullable !== null || change.default !== null) {
    throw refused('plan.not-yet', 'a second intent on a column that is renamed is not there yet on MySQL and MariaDB')
  }
  const lens = makeLens(context, table, column, change)
  context.lenses.push(lens)
  hazards(context, table, column, lens)
  const [before] = lens.old
  const [after] = lens.new
  if (before === undefined || after === undefined) throw new TypeError('a rename has two ends')
  const copies = indexCopies(table, column.name, after.expanded, lens.id)
  expand(context, table, column, lens, after)
  backfill(context, table, column, lens, after, copies)
  contract(context, table, column, lens, before, after)
  purge(context, table, lens, before, copies)
}

function makeLens(context: Context, table: Table, column: Column, change: ReplaceColumn): RowLens {
  const id = lensId(context, table, change.from)
  const before = lensColumn(column, { expanded: change.from, contracted: hiddenName('q', id, change.from) })
  const after: LensColumn = {
    ...before,
    name: change.to,
    expanded: change.to,
    contracted: change.to,
    nullable: true,
    default: null,
    unseen: false,
  }
  const same = { text: '', onError: null, reads: [], canRaise: false, schemas: [] }
  const kept = table.columns.filter((other) => other.mysql?.onUpdateNow === true).map(({ name }) => name)
  return {
    kind: 'row',
    ...lensBase(context, table, id, [], [change.from, change.to]),
    old: [before],
    new: [after],
    up: [same],
    down: [same],
    identity: true,
    sameName: false,
    ...(kept.length === 0 ? {} : { kept }),
  }
}

/** The copy: everything of the original's type, but no default and no NOT NULL, so that "not given" can be told. */
function shadow(column: Column, name: string, invisible: boolean, after: string | null = null): ColumnSpec {
  return {
    name,
    type: column.type,
    notNull: false,
    default: null,
    identity: false,
    collation: column.collation,
    comment: column.comment,
    statistics: null,
    storage: null,
    compression: null,
    mysql: { charset: column.mysql?.charset ?? null, after, invisible },
    grants: [],
  }
}

function hazards(context: Context, table: Table, column: Column, lens: RowLens): void {
  const where = `${showTable(table)}.${column.name}`
  hazard(
    context,
    'column-visible',
    'warn',
    `the copy of ${where} is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column`,
    'List the columns in statements that do this.',
  )
  const fired = table.triggers.filter(({ events }) => events.includes('update'))
  if (fired.length > 0) {
    hazard(
      context,
      'user-triggers-fire',
      'stop',
      `the backfill of ${showTable(table)} fires triggers of yours for every row: ${fired.map(({ name }) => name).join(', ')}`,
      'Accept user-triggers-fire when they may.',
    )
  }
  if (lens.old.some((end) => end.unseen)) {
    hazard(
      context,
      'legacy-inserts-unseen',
      'info',
      `${where} has a default that changes, so an INSERT of the old version cannot be told from one that leaves the column out`,
      'The legacy-writes gate counts its updates only. Name the old version with --old-app.',
    )
  }
}

function expand(context: Context, table: Table, column: Column, lens: RowLens, after: LensColumn): void {
  const lock: Action = { do: 'lockTables', tables: [lens.table], mode: 'exclusive' }
  context.phases.expand.push({
    id: stepId('expand', `${table.name}.${after.name}`),
    kind: 'columns',
    description: `add ${after.expanded} and the triggers that keep both shapes in sync`,
    tables: [lens.table],
    transaction: true,
    actions: [
      lock,
      { do: 'addColumn', table: lens.table, column: shadow(column, after.expanded, true, column.name) },
      { do: 'sync', table: lens.table, lens, mode: 'fill' },
    ],
    undo: [
      {
        transaction: true,
        actions: [
          lock,
          { do: 'sync', table: lens.table, lens, mode: null },
          { do: 'dropColumn', table: lens.table, column: after.expanded },
        ],
      },
      { transaction: true, actions: [{ do: 'dropCounters', lens }] },
    ],
    reversible: true,
  })
}

function backfill(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  after: LensColumn,
  copies: readonly IndexSpec[],
): void {
  const label = `${table.name}.${after.name}`
  const base = { tables: [lens.table], reversible: true }
  context.phases.backfill.push(
    {
      ...base,
      id: stepId('backfill', label, 'fill'),
      kind: 'backfill',
      description: `fill ${after.expanded} for the rows that are there, in batches`,
      transaction: false,
      actions: [{ do: 'backfill', table: lens.table, lens }],
      undo: [],
    },
    {
      ...base,
      id: stepId('backfill', label, 'final'),
      kind: 'sync',
      description: 'from here on a NULL in the new column is a value',
      transaction: true,
      // Under the lock, so that others find one change of the table and not ten: MySQL gives a prepared statement up
      // (1615) that it had to prepare again too often.
      actions: [
        { do: 'lockTables', tables: [lens.table], mode: 'exclusive' },
        { do: 'sync', table: lens.table, lens, mode: 'final' },
      ],
      undo: [],
    },
    ...copies.map(
      (index): Step => ({
        ...base,
        id: stepId('backfill', table.name, 'index', index.name),
        kind: 'index',
        description: `build ${index.unique ? 'unique ' : ''}index ${index.name} in place, while others write`,
        transaction: true,
        actions: [{ do: 'createIndex', table: lens.table, index, concurrently: true }],
        undo: [
          {
            transaction: true,
            actions: [{ do: 'dropIndex', table: lens.table, name: index.name, concurrently: true }],
          },
        ],
      }),
    ),
    {
      ...base,
      id: stepId('backfill', label, 'visible'),
      kind: 'columns',
      description: `show ${after.expanded} to statements that do not list their columns`,
      transaction: true,
      actions: [{ do: 'redefineColumn', table: lens.table, column: shadow(column, after.expanded, false) }],
      undo: [
        {
          transaction: true,
          actions: [{ do: 'redefineColumn', table: lens.table, column: shadow(column, after.expanded, true) }],
        },
      ],
    },
    {
      ...base,
      id: stepId('backfill', label, 'verify'),
      kind: 'verify',
      description: 'compare old and new shape byte by byte',
      transaction: false,
      actions: [{ do: 'verify', table: lens.table, lens }],
      undo: [],
    },
  )
}

/** What an INSERT of the new version would lack, if we died between the triggers: a default that stays only so long. */
function standIn(column: Column): string | null {
  if (column.nullable || column.default !== null || column.identity !== null) return null
  const family = familyOf(column.type)
  if (['integer', 'unsigned', 'decimal', 'float'].includes(family)) return '0'
  if (family === 'temporal')
    return /^date/i.test(column.type) ? "'1970-01-02'" : /^time\b/i.test(column.type) ? "'0'" : "'1970-01-02'"
  if (family === 'enum') return /'((?:[^']|'')*)'/.exec(column.type)?.[0] ?? null
  return ['text', 'binary', 'set'].includes(family) && !/text|blob/i.test(column.type) ? "''" : null
}

function contract(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  before: LensColumn,
  after: LensColumn,
): void {
  const ref = lens.table
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const value = standIn(column)
  const label = `${table.name}.${after.name}`
  const guard = (name: string): readonly Action[] =>
    value === null ? [] : [{ do: 'setDefault', table: ref, column: name, value }]
  const unguard = (name: string): readonly Action[] =>
    value === null ? [] : [{ do: 'dropDefault', table: ref, column: name }]
  if (value !== null) {
    context.phases.contract.push({
      id: stepId('contract', label, 'default'),
      kind: 'default',
      description: `give ${before.name} a default for as long as the exchange takes, so that no INSERT fails if that is cut off`,
      tables: [ref],
      transaction: true,
      actions: guard(before.expanded),
      undo: [{ transaction: true, actions: unguard(before.expanded) }],
      reversible: true,
    })
  }
  context.phases.contract.push({
    id: stepId('contract', label),
    kind: 'swap',
    description: `exchange the names: ${before.name} becomes ${after.name}, its copy becomes the hidden old shape`,
    tables: [ref],
    transaction: true,
    actions: [
      lock,
      { do: 'sync', table: ref, lens, mode: null },
      {
        do: 'renameColumns',
        table: ref,
        renames: [
          { from: after.expanded, to: before.contracted },
          { from: before.expanded, to: after.contracted },
        ],
      },
      { do: 'redefineColumn', table: ref, column: shadow(column, before.contracted, true) },
      { do: 'sync', table: ref, lens, mode: 'quarantine' },
      ...unguard(after.contracted),
    ],
    undo: [
      { transaction: true, actions: guard(after.contracted) },
      {
        transaction: true,
        actions: [
          lock,
          { do: 'sync', table: ref, lens, mode: null },
          {
            do: 'renameColumns',
            table: ref,
            renames: [
              { from: after.contracted, to: before.expanded },
              { from: before.contracted, to: after.expanded },
            ],
          },
          { do: 'redefineColumn', table: ref, column: shadow(column, after.expanded, false) },
          { do: 'sync', table: ref, lens, mode: 'final' },
          ...unguard(before.expanded),
        ],
      },
    ],
    reversible: true,
  })
}

function purge(context: Context, table: Table, lens: RowLens, before: LensColumn, copies: readonly IndexSpec[]): void {
  const base = { tables: [lens.table], transaction: true, undo: [], reversible: false } as const
  context.phases.purge.push(
    ...copies.map(
      (index): Step => ({
        ...base,
        id: stepId('purge', table.name, 'index', index.name),
        kind: 'index',
        description: `drop index ${index.name}`,
        actions: [{ do: 'dropIndex', table: lens.table, name: index.name, concurrently: true }],
      }),
    ),
    {
      ...base,
      id: stepId('purge', `${table.name}.${before.name}`),
      kind: 'purge',
      description: `drop the hidden old column ${before.contracted} and the triggers`,
      actions: [
        { do: 'lockTables', tables: [lens.table], mode: 'exclusive' },
        { do: 'sync', table: lens.table, lens, mode: null },
        { do: 'dropColumn', table: lens.table, column: before.contracted },
      ],
    },
    {
      ...base,
      id: stepId('purge', `${table.name}.${before.name}`, 'writes'),
      kind: 'purge',
      description: 'forget when the shapes were last written',
      actions: [{ do: 'dropCounters', lens }],
    },
  )
}
