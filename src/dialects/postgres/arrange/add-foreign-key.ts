import type { TableRef } from '../../../planner/catalog.ts'
import { type AddForeignKey, showTable } from '../../../planner/change.ts'
import { type Context, hazard, resolveTable } from '../../shared/context.ts'
import { pointsAtNothing } from '../../shared/foreign-key.ts'
import { placeOf, tellRule } from '../../shared/rules.ts'
import { quote } from '../sql.ts'
import { pushRule, requireFreeConstraint } from './add-check.ts'

/** A foreign key: NOT VALID first, for a moment and with the other table locked before its own; then a scan that lets writes through. */
export function arrangeAddForeignKey(context: Context, change: AddForeignKey): void {
  const table = resolveTable(context, change.table)
  const parent = resolveTable(context, change.references.table)
  requireFreeConstraint(table, change.name)
  const own = change.columns.map((column) => placeOf(context, table, column))
  const theirs = change.references.columns.map((column) => placeOf(context, parent, column))
  tellRule(context, table, { intent: 'addForeignKey', ...change })
  tellScans(context, change)
  const list = (columns: readonly { readonly after: string }[]): string =>
    columns.map(({ after }) => quote(after)).join(', ')
  const rules = [
    change.onUpdate === null ? '' : ` on update ${change.onUpdate}`,
    change.onDelete === null ? '' : ` on delete ${change.onDelete}`,
    change.deferrable === null ? '' : ` deferrable initially ${change.deferrable}`,
  ]
  const [ref, to] = [table, parent].map(({ schema, name }) => ({ schema, name })) as [TableRef, TableRef]
  pushRule(context, table, change.enforce, {
    do: 'addConstraint',
    table: ref,
    name: change.name,
    definition: `foreign key (${list(own)}) references ${quote(to.schema, to.name)} (${list(theirs)})${rules.join('')}`,
    valid: false,
    parent: to,
    comment: null,
    names: [
      { table: ref, columns: own.map(({ after }) => after) },
      { table: to, columns: theirs.map(({ after }) => after) },
    ],
    rule: {
      violated: pointsAtNothing(quote, to, own, theirs, 'before'),
      said: `it points at no row of ${showTable(to)} by ${change.name}`,
    },
  })
}

/** Whoever changes or deletes a row that is pointed at looks for those that point there. */
function tellScans(context: Context, change: AddForeignKey): void {
  const table = resolveTable(context, change.table)
  const leads = (columns: readonly (string | null)[]): boolean =>
    change.columns.every((column) => columns.slice(0, change.columns.length).includes(column))
  const planned = context.changes.some(
    (other) =>
      other.kind === 'addIndex' &&
      resolveTable(context, other.table) === table &&
      leads(other.keys.map((key) => ('column' in key ? key.column : null))),
  )
  const there = table.indexes.some(
    ({ keys, predicate, valid }) => valid && predicate === null && leads(keys.map(({ column }) => column)),
  )
  if (planned || there) return
  hazard(
    context,
    'foreign-key-without-index',
    'warn',
    `no index of ${showTable(table)} begins with ${change.columns.join(', ')}: whoever deletes a row that ${change.name} points at, or changes its key, reads all of ${table.name}`,
    'Add one with addIndex, in the same migration or before.',
  )
}
