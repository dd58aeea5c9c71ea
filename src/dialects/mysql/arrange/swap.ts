import type { Column, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, IndexSpec, Step, UndoPart } from '../../../planner/steps.ts'
import { type Context, hiddenName, stepId } from '../../shared/context.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { anew, emptyDefaultOf, type GivenType, liveSpec, newSpec, standIn } from './columns.ts'
import { copyOfIndex, type IndexCopy, indexCopies, ruleOfIndex } from './copies.ts'
import { mayCollide } from './injective.ts'
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
import { seenLike } from './visible.ts'

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

/** An index of the old column, and its copy on the new one, which takes its name at the swap. */
interface Copy extends IndexCopy {
  /** The old one's name from contract on; a unique one goes, and has this name for a moment on the way back. */
  readonly hidden: string
  /** It is a rule that the old version does not know: it comes at contract. */
  readonly later: boolean
  /** What stands in for that one until then. */
  readonly plain: IndexSpec | null
}

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
  const collide = mayCollide(table, column, lens, change)
  const copies = indexCopies(table, column.name, after.expanded, lens.id).map((copy): Copy => {
    const { original, index } = copy
    const later = collide.has(original.name)
    const plain = { ...index, name: hiddenName('i', `${lens.id}plain`, original.name), unique: false, comment: null }
    return {
      ...copy,
      hidden: hiddenName('q', lens.id, original.name),
      later,
      plain: later && !lens.sameName ? plain : null,
    }
  })
  const seen = lens.sameName ? 'contract' : seenLike(context, table, column, change)
  const hidden = seen === 'contract'
  const spec = (changes: Partial<ColumnSpec>, place: Place): ColumnSpec =>
    newSpec(table, given, after.expanded, { comment: column.comment, ...changes }, place)
  const swap: Swap = { table, column, lens, before, after, copies, label, notNull, hidden, spec }
  if (lens.sameName) refuseApart(context, table, column)
  const first = spec({}, { invisible: seen !== 'expand', ...behind(context, table, column) })
  context.phases.expand.push(...expandSteps(context, lens, label, [first]))
  context.phases.backfill.push(
    fillStep(lens, label, `fill ${after.expanded} for the rows that are there, in batches`),
    finalStep(lens, label),
    ...indexSteps(
      table,
      copies.flatMap(({ index, later, plain }) => (later ? (plain ?? []) : index)),
    ),
    ...(seen === 'backfilled' ? [visibleStep(table, label, spec({}, {}))] : []),
    verifyStep(lens, label, 'compare old and new shape byte by byte'),
  )
  context.phases.contract.push(
    ...indexSteps(
      table,
      copies.flatMap(({ index, original, later }) =>
        later ? { ...index, rule: ruleOfIndex(original, before.expanded, after.expanded) } : [],
      ),
      'contract',
    ),
    ...guardSteps(lens, column, label, standIn(context, column)),
    ...notNullSteps(context, swap),
    swapStep(context, swap, newDefault(table, column, lens, change)),
  )
  context.phases.purge.push(
    ...purgeSteps(
      context,
      lens,
      `${table.name}.${before.name}`,
      [before.contracted],
      copies.flatMap(({ original, hidden, plain }) => [
        ...(original.unique ? [] : [hidden]),
        ...(plain === null ? [] : [plain.name]),
      ]),
    ),
  )
}

/** The new column becomes NOT NULL while it is filled by the triggers. Hidden, MariaDB asks a default of it (4108). */
const required = (context: Context, { hidden, spec, after }: Swap): ColumnSpec =>
  spec({ notNull: true, ...(hidden ? { default: emptyDefaultOf(context, after.type) } : {}) }, { invisible: hidden })

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
      actions: [redefine(required(context, swap))],
      undo: [{ transaction: true, actions: [redefine(spec({}, { invisible: hidden }))] }],
      reversible: true,
    },
  ]
}

function swapStep(context: Context, swap: Swap, value: string | null): Step {
  const { table, column, lens, before, after, copies, label, notNull, hidden, spec } = swap
  const ref = lens.table
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const hide = { from: before.expanded, to: before.contracted }
  const show = { from: after.expanded, to: after.contracted }
  const names = lens.sameName ? [hide, show] : [hide]
  const back = names.map(({ from, to }) => ({ from: to, to: from })).reverse()
  const redefine = (definition: ColumnSpec): Action => ({ do: 'redefineColumn', table: ref, column: definition })
  const old = (name: string, invisible: boolean): ColumnSpec =>
    liveSpec(table, column, { name, default: column.default ?? standIn(context, column) }, { invisible })
  const rename = (from: string, to: string): Action => ({ do: 'renameIndex', table: ref, from, to })
  const drop = (name: string, on: string): Action => ({ do: 'dropIndex', table: ref, name, concurrently: true, on })
  // The hidden column follows through `down`, which may make two values one: its uniqueness would fail writes.
  const come = copies.flatMap(({ index, original: { name, unique }, hidden }) => [
    unique ? drop(name, before.contracted) : rename(name, hidden),
    rename(index.name, name),
  ])
  const go = copies.flatMap(({ index, original: { name, unique }, hidden, later }) => [
    // With the swap and not after it: the old version comes back to a table that does not have the rule.
    later ? drop(name, after.expanded) : rename(name, index.name),
    rename(hidden, name),
    ...(unique ? [drop(hidden, before.expanded)] : []),
  ])
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
      ...come,
      { do: 'sync', table: ref, lens, mode: 'quarantine' },
    ],
    undo: [
      ...copies.flatMap((copy) => (copy.original.unique ? restore(swap, copy) : [])),
      {
        transaction: true,
        actions: [
          lock,
          { do: 'sync', table: ref, lens, mode: 'quarantine', bearsRename: true },
          { do: 'renameColumns', table: ref, renames: back },
          redefine(notNull ? required(context, swap) : spec({}, { invisible: hidden })),
          redefine(old(before.expanded, column.mysql?.invisible ?? false)),
          ...go,
          { do: 'sync', table: ref, lens, mode: 'final' },
        ],
      },
    ],
    reversible: true,
  }
}

/** The old unique index again, on the hidden column: before the way back, while others write. */
function restore({ lens, before }: Swap, { original, hidden }: Copy): UndoPart {
  // What the new version has written since may be the same here: asked before the way back begins.
  const rule = ruleOfIndex(original, before.expanded, before.contracted)
  const index = { ...copyOfIndex(original, before.expanded, before.contracted, hidden), rule }
  const ifColumn = before.contracted
  return {
    transaction: true,
    actions: [{ do: 'createIndex', table: lens.table, index, concurrently: true, ifColumn }],
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
