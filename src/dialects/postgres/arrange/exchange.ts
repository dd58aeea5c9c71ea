import type { Column, Index, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec } from '../../../planner/steps.ts'
import { type Context, resolveTable, stepId } from '../../shared/context.ts'
import { copyOfIndex } from './copies.ts'
import { isDeferrable, tellsApartBy } from './injective.ts'
import { expandStep, fillSteps, purgeStep } from './lens-steps.ts'
import { defaultStep, notNullSteps } from './rules.ts'

/**
 * A rename. At contract the two columns exchange names: the original takes the new name, the shadow becomes the
 * quarantined one. So keys, constraints, expression indexes, views, identity and the place of the column follow by
 * themselves, and open prepared statements go on (semantics.md 10).
 */
export function exchangeSteps(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  shadow: ColumnSpec,
  change: ReplaceColumn,
): void {
  const { phases } = context
  const [before] = lens.old
  const [after] = lens.new
  if (before === undefined || after === undefined) throw new TypeError('a rename has two ends')
  const label = `${table.name}.${after.name}`
  const copies = table.indexes
    .filter((index) => index.valid && index.columns.includes(before.name))
    .map((index) => copyOfIndex(asCopied(context, table, index), before.name, after.expanded, lens.id, table))
  phases.expand.push(expandStep(context, table, lens, [shadow]))
  phases.backfill.push(...fillSteps(context, table, lens, label, [after.expanded], copies))
  const rename = (from: string, to: string): Action => ({ do: 'renameColumn', table: lens.table, from, to })
  const lock: Action = { do: 'lockTables', tables: [lens.table], mode: 'exclusive' }
  phases.contract.push({
    id: stepId('contract', label),
    kind: 'swap',
    description: `exchange the names: ${before.name} becomes ${after.name}, its copy becomes the hidden old shape`,
    tables: [lens.table],
    transaction: true,
    actions: [
      lock,
      rename(after.expanded, before.contracted),
      rename(before.expanded, after.contracted),
      { do: 'sync', table: lens.table, lens, mode: 'quarantine' },
    ],
    undo: [
      {
        transaction: true,
        actions: [
          lock,
          rename(after.contracted, before.expanded),
          rename(before.contracted, after.expanded),
          { do: 'sync', table: lens.table, lens, mode: 'final' },
        ],
      },
    ],
    reversible: true,
  })
  if (change.nullable === false && column.nullable)
    phases.contract.push(...notNullSteps(context, lens.table, after.contracted, lens.id))
  if (change.default !== null)
    phases.contract.push(defaultStep('contract', lens.table, after.contracted, change.default.value, column.default))
  phases.purge.push(...purgeStep(table, lens, label, [before.contracted], copies))
}

/**
 * A unique index that also tells rows apart by a column which this migration replaces by another has a plain copy. In quarantine the copy
 * is on two hidden columns, and the other one's `down` may make rows the same which the new version may write; until contract the
 * original holds them apart. So does one of a deferrable constraint: its copy would not bear the same key twice within a statement.
 */
function asCopied(context: Context, table: Table, index: Index): Index {
  const replaced = context.changes.some(
    (other) =>
      other.kind === 'replaceColumn' &&
      !other.identity &&
      resolveTable(context, other.table) === table &&
      tellsApartBy(table, index, other.from),
  )
  return replaced || isDeferrable(table, index) ? { ...index, unique: false, nullsNotDistinct: false } : index
}
