import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type AddIndex, showTable } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { IndexSpec } from '../../../planner/steps.ts'
import { type Context, hazard, hiddenName, resolveTable } from '../../shared/context.ts'
import { lensOf, staying } from '../../shared/lens-of.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'
import { indexStep } from './lens-steps.ts'
import { requireFits } from './names.ts'

/** An index, built concurrently at the end of the backfill; a unique one, which the old version does not know, at contract. */
export function arrangeAddIndex(context: Context, change: AddIndex): void {
  const table = resolveTable(context, change.table)
  requireFits(change.name)
  requireFreeRelation(context, table, change.name)
  if (change.unique) {
    hazard(
      context,
      'unique-index',
      'warn',
      `${change.name} is a rule that the old version of the app does not know`,
      'It is enforced at contract, which stays closed while there are duplicates; migrate ready names them. An ON CONFLICT that needs the index works from then on.',
    )
  }
  if (change.enforce === 'contract') arrangeAtContract(context, table, change)
  else arrangeAtBackfill(context, table, change)
}

/**
 * Indexes and tables of a schema share their names.
 *
 * @throws BellowsError exit 3 where one has it
 */
export function requireFreeRelation(context: Context, { schema }: Table, name: string): void {
  const taken = context.catalog.tables.some(
    (other) => other.schema === schema && [other, ...other.indexes].some((relation) => relation.name === name),
  )
  if (taken) throw refused('plan.index-exists', `there is an index or table ${name} in schema ${schema} already`)
}

function arrangeAtBackfill(context: Context, table: Table, change: AddIndex): void {
  const { spec, rule, renamed } = specOf(context, table, change, staying)
  context.phases.backfill.push(indexStep('backfill', table, change.unique ? { ...spec, rule } : spec))
  const [lens] = renamed
  if (lens === undefined) return
  // It stands on the column that has the name in the end; until then the new version reads another one by this name.
  const copy = specOf(context, table, change, ({ new: [after] }) => after?.expanded)
  const name = hiddenName('i', lens.id, change.name)
  context.phases.backfill.push(indexStep('backfill', table, { ...copy.spec, name, unique: false }))
}

function arrangeAtContract(context: Context, table: Table, change: AddIndex): void {
  const { spec } = specOf(context, table, change, ({ new: [after] }) => after?.contracted)
  const { rule } = specOf(context, table, change, ({ new: [after] }) => after?.expanded)
  context.phases.contract.push(indexStep('contract', table, change.unique ? { ...spec, rule } : spec))
}

/** The index on the columns that `place` finds for those that come with the same migration. */
function specOf(
  context: Context,
  table: Table,
  change: AddIndex,
  place: (lens: RowLens) => string | undefined,
): {
  readonly spec: IndexSpec
  readonly rule: { readonly keys: readonly string[]; readonly where: string | null }
  readonly renamed: readonly RowLens[]
} {
  const columns = new Set<string>()
  const renamed = new Set<RowLens>()
  const own = (column: string): string => {
    const lens = lensOf(context, table, column)
    // The column may come with the same migration, so it is looked for there too.
    const comes = context.phases.expand.some((step) =>
      step.actions.some((action) => action.do === 'addColumn' && action.column.name === column),
    )
    if (lens === undefined && !comes && !table.columns.some(({ name }) => name === column)) throw unknown(table, column)
    if (lens?.identity) renamed.add(lens)
    const name = (lens && place(lens)) ?? column
    columns.add(name)
    return quote(name)
  }
  const expression = (text: string, what: string): string => {
    const parsed = parseScalar(text, what, table.name)
    return `(${bindScalar(parsed, own)}\n)`
  }
  const keys = change.keys.map((key) =>
    'column' in key ? own(key.column) : expression(key.expression, 'addIndex.columns'),
  )
  const parts = [`using ${quote(change.method ?? 'btree')} (${keys.join(', ')})`]
  if (change.include.length > 0) parts.push(`include (${change.include.map(own).join(', ')})`)
  const where = change.where === null ? null : expression(change.where, 'addIndex.where')
  if (where !== null) parts.push(`where ${where}`)
  const spec = { name: change.name, unique: change.unique, body: parts.join(' '), columns: [...columns], comment: null }
  return { spec, rule: { keys, where }, renamed: [...renamed] }
}

function unknown(table: Table, column: string): Error {
  return refused('plan.column', `there is no column ${column} in ${showTable(table)}`, {
    hint: `It has: ${table.columns.map(({ name }) => name).join(', ')}.`,
  })
}
