import type { Column, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, Step } from '../../../planner/steps.ts'
import { type Context, hiddenName, stepId } from '../../shared/context.ts'
import { emptyDefault } from '../conversions.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { anew, type GivenType, liveSpec, newSpec, standIn } from './columns.ts'
import { type IndexCopy, indexCopies } from './copies.ts'
import {
  expandSteps,
  fillStep,
  finalStep,
  guardSteps,
  indexSteps,
  purgeSteps,
  verifyStep,
  visibleStep,
} from './lens-steps.ts'
import { behind, refuseApart } from './refuse.ts'
import { seenFrom } from './visible.ts'

type Place = NonNullable<Parameters<typeof newSpec>[4]>

interface Swap {
  readonly table: Table
  readonly column: Column
  readonly lens: RowLens
  readonly before: LensColumn
  readonly after: LensColumn
  readonly copies: readonly Copy[]
  readonly label: string
  readonly notNull: boolean
  /** Nobody sees it before contract. */
  readonly hidden: boolean
  readonly spec: (changes: Partial<ColumnSpec>, place: Place) => ColumnSpec
}

/** An index of the old column, and its copy on the new one. They exchange their names at the swap. */
type Copy = IndexCopy & { readonly hidden: string }

/**
 * A change of type. The new column stands hidden behind the old one and is filled; at contract the two change places in one locked
 * section, names, visibility and the names of their indexes, and the old one is hidden but goes on following. So `SELECT *` and an
 * INSERT without a list of columns mean the same before and after (facts: mysql.md 8).
 */
export function replaceSteps(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  change: ReplaceColumn,
  given: GivenType,
  notNull: boolean,
): void {
  const [before] = lens.old
  const [after] = lens.new
  if (before === undefined || after === undefined) throw new TypeError('a replacement has two ends')
  const label = `${table.name}.${after.name}`
  const copies = indexCopies(table, column.name, after.expanded, lens.id).map(
    (copy): Copy => ({ ...copy, hidden: hiddenName('q', lens.id, copy.original) }),
  )
  const seen = lens.sameName ? 'contract' : seenFrom(context, table, after.name, change.visible)
  const hidden = seen === 'contract'
  const spec = (changes: Partial<ColumnSpec>, place: Place): ColumnSpec =>
    newSpec(table, given, after.expanded, { comment: column.comment, ...changes }, place)
  const swap: Swap = { table, column, lens, before, after, copies, label, notNull, hidden, spec }
  if (lens.sameName) refuseApart(context, table, column)
  const first = spec({}, { invisible: seen !== 'expand', ...behind(context, table, column) })
  context.phases.expand.push(...expandSteps(context, lens, label, first))
  context.phases.backfill.push(
    fillStep(lens, label, `fill ${after.expanded} for the rows that are there, in batches`),
    finalStep(lens, label),
    ...indexSteps(
      table,
      copies.map(({ index }) => index),
    ),
    ...(seen === 'backfilled' ? [visibleStep(table, label, spec({}, {}))] : []),
    verifyStep(lens, label, 'compare old and new shape byte by byte'),
  )
  context.phases.contract.push(
    ...guardSteps(lens, column, label),
    ...notNullSteps(context, swap),
    swapStep(swap, newDefault(table, column, lens, change)),
  )
  context.phases.purge.push(
    ...purgeSteps(
      context,
      lens,
      `${table.name}.${before.name}`,
      before.contracted,
      copies.map(({ hidden }) => hidden),
    ),
  )
}

/** The new column becomes NOT NULL while it is filled by the triggers. Hidden, MariaDB asks a default of it (4108). */
const required = ({ hidden, spec, after }: Swap): ColumnSpec =>
  spec({ notNull: true, ...(hidden ? { default: emptyDefault(after.type) } : {}) }, { invisible: hidden })

function notNullSteps(context: Context, swap: Swap): readonly Step[] {
  const { lens, after, label, notNull, hidden, spec } = swap
  if (!notNull) return []
  const redefine = (column: ColumnSpec): Action => ({
    do: 'redefineColumn',
    table: lens.table,
    column,
    ...anew(context),
  })
  return [
    {
      id: stepId('contract', label, 'not-null'),
      kind: 'nullability',
      description: `make ${after.expanded} NOT NULL: the table is made anew, while others write`,
      tables: [lens.table],
      transaction: true,
      actions: [redefine(required(swap))],
      undo: [{ transaction: true, actions: [redefine(spec({}, { invisible: hidden }))] }],
      reversible: true,
    },
  ]
}

function swapStep(swap: Swap, value: string | null): Step {
  const { table, column, lens, before, after, copies, label, notNull, hidden, spec } = swap
  const ref = lens.table
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const hide = { from: before.expanded, to: before.contracted }
  const show = { from: after.expanded, to: after.contracted }
  const names = lens.sameName ? [hide, show] : [hide]
  const back = names.map(({ from, to }) => ({ from: to, to: from })).reverse()
  const redefine = (definition: ColumnSpec): Action => ({ do: 'redefineColumn', table: ref, column: definition })
  const old = (name: string, invisible: boolean): ColumnSpec =>
    liveSpec(table, column, { name, default: column.default ?? standIn(column) }, { invisible })
  const rename = (from: string, to: string): Action => ({ do: 'renameIndex', table: ref, from, to })
  return {
    id: stepId('contract', label),
    kind: 'swap',
    description: `the new column takes over from ${before.name}, which is hidden and follows`,
    tables: [ref],
    transaction: true,
    actions: [
      lock,
      { do: 'sync', table: ref, lens, mode: 'final', bearsRename: true },
      { do: 'renameColumns', table: ref, renames: names },
      redefine(old(before.contracted, true)),
      redefine(
        spec({ name: after.contracted, notNull, default: value }, { invisible: column.mysql?.invisible ?? false }),
      ),
      ...copies.flatMap(({ index, original, hidden }) => [rename(original, hidden), rename(index.name, original)]),
      { do: 'sync', table: ref, lens, mode: 'quarantine' },
    ],
    undo: [
      {
        transaction: true,
        actions: [
          lock,
          { do: 'sync', table: ref, lens, mode: 'quarantine', bearsRename: true },
          { do: 'renameColumns', table: ref, renames: back },
          redefine(notNull ? required(swap) : spec({}, { invisible: hidden })),
          redefine(old(before.expanded, column.mysql?.invisible ?? false)),
          ...copies.flatMap(({ index, original, hidden }) => [rename(original, index.name), rename(hidden, original)]),
          { do: 'sync', table: ref, lens, mode: 'final' },
        ],
      },
    ],
    reversible: true,
  }
}

/** The default of the new column is what `up` makes of the old one's, unless an intent says otherwise. */
function newDefault(table: Table, column: Column, lens: RowLens, change: ReplaceColumn): string | null {
  if (change.default !== null) return change.default.value
  const [up] = lens.up
  if (column.default === null || up === undefined) return null
  if (change.up === null) return column.default
  const parsed = parseScalar(up.text, 'up', table.name, up.reads)
  return `(${bindScalar(parsed, () => `(${column.default})`)})`
}
