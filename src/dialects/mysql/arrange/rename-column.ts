import type { Column, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, IndexSpec } from '../../../planner/steps.ts'
import { type Context, lensId, resolveColumn, resolveTable, stepId } from '../../shared/context.ts'
import { rebuildStep } from './add-column.ts'
import {
  asDefault,
  hazardOfLaxNulls,
  hazardOfTriggers,
  hazardOfUnseen,
  liveSpec,
  mysqlLensBase,
  oldEnd,
  refuseRebuild,
  standIn,
} from './columns.ts'
import { indexCopies } from './copies.ts'
import { expandSteps, fillStep, finalStep, indexSteps, purgeSteps, verifyStep, visibleStep } from './lens-steps.ts'
import { behind, refuseColumn, refuseTable, requireFree } from './refuse.ts'
import { endOf, makeScalar } from './scalars.ts'
import { type Seen, seenLike } from './visible.ts'

/**
 * A rename. The copy stands hidden behind the original; at contract the two exchange names, so keys, indexes, foreign keys,
 * NOT NULL and the place of the column follow by themselves (semantics.md 10).
 */
export function arrangeRename(context: Context, change: ReplaceColumn): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.from)
  requireFree(table, change.to)
  refuseTable(context, table, { added: 1, dropped: 1 })
  refuseColumn(context, table, column)
  if (change.nullable === false && column.nullable)
    refuseRebuild(context, table, `NOT NULL of ${change.to}, which comes,`)
  const lens = makeLens(context, table, column, change)
  context.lenses.push(lens)
  const seen = seenLike(context, table, column, change)
  hazardOfTriggers(context, table)
  hazardOfUnseen(context, table, lens)
  hazardOfLaxNulls(context, table, column)
  const [before] = lens.old
  const [after] = lens.new
  if (before === undefined || after === undefined) throw new TypeError('a rename has two ends')
  const copies = indexCopies(table, column.name, after.expanded, lens.id).map(({ index }) => index)
  const label = `${table.name}.${after.name}`
  context.phases.expand.push(
    ...expandSteps(context, lens, label, [
      shadow(table, column, after.expanded, { invisible: seen !== 'expand', ...behind(context, table, column) }),
    ]),
  )
  backfill(context, table, column, lens, after, copies, seen)
  contract(context, table, column, lens, before, after, seen)
  laterIntents(context, table, column, change)
  context.phases.purge.push(
    ...purgeSteps(
      context,
      lens,
      `${table.name}.${before.name}`,
      [before.contracted],
      copies.map(({ name }) => name),
    ),
  )
}

function makeLens(context: Context, table: Table, column: Column, change: ReplaceColumn): RowLens {
  const id = lensId(context, table, change.from)
  const before = oldEnd(context, column, id)
  const after: LensColumn = {
    ...before,
    name: change.to,
    expanded: change.to,
    contracted: change.to,
    nullable: true,
    default: null,
    unseen: false,
  }
  const [from, to] = [endOf(column), { ...endOf(column), name: change.to }]
  const copy = { text: null, onError: null, allowVolatile: false }
  const up = makeScalar(table, { ...copy, what: 'up', columns: [from], source: from, target: to })
  const down = makeScalar(table, { ...copy, what: 'down', columns: [to], source: to, target: from })
  return {
    kind: 'row',
    ...mysqlLensBase(context, table, id, [up, down], [change.from, change.to]),
    old: [before],
    new: [after],
    up: [up],
    down: [down],
    identity: true,
    sameName: false,
  }
}

/** The copy: everything of the original's type, but no default and no NOT NULL, so that "not given" can be told. */
function shadow(table: Table, column: Column, name: string, place: Parameters<typeof liveSpec>[3]): ColumnSpec {
  return liveSpec(
    table,
    column,
    { name, notNull: false, default: null },
    { onUpdateNow: false, check: undefined, ...place },
  )
}

function backfill(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  after: LensColumn,
  copies: readonly IndexSpec[],
  seen: Seen,
): void {
  const label = `${table.name}.${after.name}`
  context.phases.backfill.push(
    fillStep(lens, label, `fill ${after.expanded} for the rows that are there, in batches`),
    finalStep(lens, label),
    ...indexSteps(table, copies),
    // Seen from contract on it need not be made: there the original gets the name.
    ...(seen === 'backfilled'
      ? [visibleStep(table, label, shadow(table, column, after.expanded, { invisible: true }))]
      : []),
    verifyStep(lens, label, 'compare old and new shape byte by byte'),
  )
}

function contract(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  before: LensColumn,
  after: LensColumn,
  seen: Seen,
): void {
  const ref = lens.table
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  // What an INSERT of the new version would lack, if we died between the triggers: a default that stays only so long.
  const value = standIn(context, column)
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
      { do: 'sync', table: ref, lens, mode: 'final', bearsRename: true },
      {
        do: 'renameColumns',
        table: ref,
        renames: [
          { from: after.expanded, to: before.contracted },
          { from: before.expanded, to: after.contracted },
        ],
      },
      { do: 'redefineColumn', table: ref, column: shadow(table, column, before.contracted, { invisible: true }) },
      { do: 'sync', table: ref, lens, mode: 'quarantine' },
      ...unguard(after.contracted),
    ],
    undo: [
      { transaction: true, actions: guard(after.contracted) },
      {
        transaction: true,
        actions: [
          lock,
          { do: 'sync', table: ref, lens, mode: 'quarantine', bearsRename: true },
          {
            do: 'renameColumns',
            table: ref,
            renames: [
              { from: after.contracted, to: before.expanded },
              { from: before.contracted, to: after.expanded },
            ],
          },
          {
            do: 'redefineColumn',
            table: ref,
            column: shadow(table, column, after.expanded, { invisible: seen === 'contract' }),
          },
          { do: 'sync', table: ref, lens, mode: 'final' },
          ...unguard(before.expanded),
        ],
      },
    ],
    reversible: true,
  })
}

/** What later intents of the migration say of the column under its new name, which the original has by then. */
function laterIntents(context: Context, table: Table, column: Column, change: ReplaceColumn): void {
  const label = `${table.name}.${change.to}`
  const ref = { schema: table.schema, name: table.name }
  const required = change.nullable === false || !column.nullable
  const spec = (changes: Parameters<typeof liveSpec>[2]): ColumnSpec =>
    liveSpec(table, column, { name: change.to, notNull: required, ...changes })
  if (required && column.nullable) context.phases.contract.push(rebuildStep(context, table, label, spec({})))
  if (change.default === null) return
  const { value } = change.default
  const set: Action =
    value === null
      ? { do: 'redefineColumn', table: ref, column: spec({ default: null }) }
      : { do: 'setDefault', table: ref, column: change.to, value: asDefault(value, 'setDefault.default') }
  context.phases.contract.push({
    id: stepId('contract', label, 'new-default'),
    kind: 'default',
    description: `${value === null ? 'drop' : 'set'} the default of ${change.to}`,
    tables: [ref],
    transaction: true,
    actions: [set],
    undo: [{ transaction: true, actions: [{ do: 'redefineColumn', table: ref, column: spec({}) }] }],
    reversible: true,
  })
}
