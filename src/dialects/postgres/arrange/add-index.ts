import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type AddIndex, showTable } from '../../../planner/change.ts'
import { type Context, hazard, resolveTable } from '../../shared/context.ts'
import { parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'
import { indexStep } from './lens-steps.ts'
import { requireFits } from './names.ts'

/** An index, built concurrently at the end of the backfill; a unique one, which the old version does not know, at contract. */
export function arrangeAddIndex(context: Context, change: AddIndex): void {
  const table = resolveTable(context, change.table)
  requireFits(change.name)
  const taken = context.catalog.tables.some(
    (other) =>
      other.schema === table.schema && [other, ...other.indexes].some((relation) => relation.name === change.name),
  )
  if (taken)
    throw refused('plan.index-exists', `there is an index or table ${change.name} in schema ${table.schema} already`)
  const columns = new Set<string>()
  const own = (column: string): string => {
    // The column may come with the same migration, so it is looked for there too.
    const comes = context.phases.expand.some((step) =>
      step.actions.some((action) => action.do === 'addColumn' && action.column.name === column),
    )
    if (!comes && !table.columns.some(({ name }) => name === column)) throw unknown(table, column)
    columns.add(column)
    return quote(column)
  }
  const expression = (text: string, what: string): string => {
    for (const column of parseScalar(text, what, table.name).columns) own(column.name)
    return `(${text}\n)`
  }
  const keys = change.keys.map((key) =>
    'column' in key ? own(key.column) : expression(key.expression, 'addIndex.columns'),
  )
  const parts = [`using ${quote(change.method ?? 'btree')} (${keys.join(', ')})`]
  if (change.include.length > 0) parts.push(`include (${change.include.map(own).join(', ')})`)
  const where = change.where === null ? null : expression(change.where, 'addIndex.where')
  if (where !== null) parts.push(`where ${where}`)
  const phase = change.enforce === 'contract' ? 'contract' : 'backfill'
  if (change.unique) {
    hazard(
      context,
      'unique-index',
      'warn',
      `${change.name} is a rule that the old version of the app does not know`,
      'It is enforced at contract, which stays closed while there are duplicates; migrate ready names them. An ON CONFLICT that needs the index works from then on.',
    )
  }
  const rule = change.unique ? { rule: { keys, where } } : {}
  context.phases[phase].push(
    indexStep(phase, table, {
      name: change.name,
      unique: change.unique,
      body: parts.join(' '),
      columns: [...columns],
      comment: null,
      ...rule,
    }),
  )
}

function unknown(table: Table, column: string): Error {
  return refused('plan.column', `there is no column ${column} in ${showTable(table)}`, {
    hint: `It has: ${table.columns.map(({ name }) => name).join(', ')}.`,
  })
}
