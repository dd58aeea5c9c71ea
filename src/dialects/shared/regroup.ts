import { refused } from '../../errors.ts'
import type { Column, Table } from '../../planner/catalog.ts'
import { type Change, type RegroupColumns, showTable } from '../../planner/change.ts'
import type { RowLens } from '../../planner/links/lens.ts'
import { mayGiveNull, surelyFits } from './constants.ts'
import { type Context, hazard, resolveTable } from './context.ts'

/**
 * What no trigger can serve, or what would go without anybody having said so, on an old column of a regroup; alike on all engines.
 *
 * @throws BellowsError exit 3 with the reason
 */
export function refuseTiesOfRegrouped(context: Context, table: Table, columns: readonly Column[]): void {
  const { indexes, constraints, foreignKeysIn } = table
  for (const column of columns) {
    const where = `${showTable(table)}.${column.name}`
    const names = (found: { readonly columns: readonly string[] }): boolean => found.columns.includes(column.name)
    const no = (code: string, why: string, hint: string): Error => refused(code, `${where} ${why}`, { hint })
    const primary = indexes.find((index) => index.primary && names(index))
    if (primary !== undefined)
      throw no('plan.primary-key', 'is part of the primary key', 'A key is neither split nor merged.')
    if (column.identity !== null)
      throw no(
        'plan.identity',
        'gives its values by itself (identity, AUTO_INCREMENT)',
        'Such a column is neither split nor merged.',
      )
    const unique =
      indexes.find((index) => index.unique && names(index)) ??
      constraints.find((found) => found.kind === 'exclusion' && names(found))
    if (unique !== undefined)
      throw no(
        'plan.unique-down',
        `is told apart by ${unique.name}, and down may give two rows the same value`,
        'Drop that index first; a unique one over the new columns is addIndex in the same migration.',
      )
    const key = constraints.find((found) => found.kind === 'foreign' && names(found))
    if (key !== undefined)
      throw no(
        'plan.foreign-key',
        `has foreign key ${key.name}, which down may violate`,
        'Drop that foreign key first.',
      )
    const pointing = foreignKeysIn.find((found) => found.references?.columns.includes(column.name) === true)
    if (pointing !== undefined)
      throw no(
        'plan.referenced',
        `is what foreign key ${pointing.name} of ${showTable(pointing.table)} points at`,
        'Drop that foreign key first.',
      )
  }
  refuseBesideOthers(context, table, columns)
}

/** The columns of a table that another change of the migration moves or takes away. */
function movedBy(change: Change): readonly string[] {
  if (change.kind === 'replaceColumn') return [change.from]
  if (change.kind === 'dropColumn') return [change.column]
  return change.kind === 'regroupColumns' ? change.from.map(({ name }) => name) : []
}

/** What is on two columns that one plan takes in two ways could follow neither: its definition is as it was before anything changed. */
function refuseBesideOthers(context: Context, table: Table, columns: readonly Column[]): void {
  const own = columns.map(({ name }) => name)
  const others = context.changes
    .filter((change) => 'table' in change && resolveTable(context, change.table) === table)
    .flatMap(movedBy)
    .filter((name) => !own.includes(name))
  for (const found of [...table.indexes, ...table.constraints, ...table.statistics]) {
    const mine = own.find((name) => found.columns.includes(name))
    const other = others.find((name) => found.columns.includes(name))
    if (mine === undefined || other === undefined) continue
    throw refused(
      'plan.combination',
      `${found.name} of ${showTable(table)} names ${mine} and ${other}, and this migration changes both`,
      { hint: 'Put the later intent into a migration of its own, to be expanded once the first is completed.' },
    )
  }
}

/**
 * The expressions of a lens name the columns as they are now, also in the triggers of later phases: they would fail every write on one
 * that another lens of the plan moves, and what that one reads must not be one of ours.
 *
 * @throws BellowsError exit 3
 */
export function refuseReadsOfRegrouped(context: Context, table: Table, lens: RowLens, change: RegroupColumns): void {
  const mine = [...lens.old, ...lens.new].map(({ name }) => name)
  const reads = lens.untouched.map(({ name }) => name)
  const moved = context.changes
    .filter((other) => other !== change && 'table' in other && resolveTable(context, other.table) === table)
    .flatMap(movedBy)
  const others = context.lenses.filter(
    (other) => other !== lens && other.table.schema === table.schema && other.table.name === table.name,
  )
  const read =
    reads.find((name) => moved.includes(name)) ??
    others.flatMap(({ untouched }) => untouched.map(({ name }) => name)).find((name) => mine.includes(name))
  if (read === undefined) return
  throw refused(
    'plan.combination',
    `an expression reads ${table.name}.${read}, which the same migration replaces or drops`,
    {
      hint: 'Put one of the two into a migration of its own, to be expanded once the other is completed.',
    },
  )
}

/** What the old version has to have in a row of the new one, and cannot: that write would fail. */
export function hazardsOfRegroupDown(
  context: Context,
  table: Table,
  lens: RowLens,
  columns: readonly Column[],
  { from }: RegroupColumns,
): void {
  const nullable = [
    ...lens.new.map(({ name }) => name),
    ...table.columns.filter((each) => each.nullable).map(({ name }) => name),
  ]
  for (const [index, column] of columns.entries()) {
    const scalar = lens.down[index]
    const down = from[index]?.down
    if (column.nullable || scalar === undefined || down === undefined) continue
    const where = `${showTable(table)}.${column.name}`
    if (scalar.canRaise && scalar.onError === null && !surelyFits(down, column.type))
      hazard(
        context,
        'down-needs-on-error',
        'stop',
        `down of ${where} can raise, and the column is NOT NULL: a write of the new version for which it does would fail`,
        `Give the intent an onError for ${column.name}: the value that the old version then reads.`,
      )
    const reads = nullable.filter((name) => scalar.reads.includes(name))
    if (mayGiveNull(down, reads))
      hazard(
        context,
        'down-may-be-null',
        'stop',
        `down of ${where} can give NULL, and the column is NOT NULL: a write of the new version for which it does would fail`,
        `Write what the old version then reads: coalesce(${down}, <a constant>).`,
      )
  }
}

/** A name is given once; engines that do not tell case apart have the same column twice otherwise. */
export function refuseTwice(table: Table, { to }: RegroupColumns, same: (name: string) => string): void {
  const seen = new Set<string>()
  for (const { name } of to) {
    if (seen.has(same(name))) throw refused('plan.column-exists', `${showTable(table)} would have two columns ${name}`)
    seen.add(same(name))
  }
}
