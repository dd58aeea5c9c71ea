import type { Catalog, Dependent, ForeignKeyIn, Holder, TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import { tableIn } from '../planner/objects.ts'
import type { Action } from '../planner/steps.ts'

/** What the server does not take away a table, a column or a sequence without, besides what names a column. */
export type InTheWay = Omit<Dependent, 'kind'> & { readonly kind: string }

/** Foreign keys that point at what an action drops, or hold the index that it drops, but for those that these actions drop as well. */
export function keysInTheWay(action: Action, ahead: readonly Action[], catalog: Catalog): readonly InTheWay[] {
  if (!('table' in action)) return []
  const keys = tableIn(catalog, action.table)?.foreignKeysIn ?? []
  return keys
    .filter((key) => holds(key, action) && !isDropped(key, ahead))
    .map(({ name, table, columns, drop }) => ({
      kind: 'foreign key',
      name: `${name} on ${showTable(table)}`,
      columns,
      textual: false,
      ...(drop === undefined ? {} : { drop }),
    }))
}

function holds({ references, index }: ForeignKeyIn, action: Action): boolean {
  if (action.do === 'dropTable') return true
  if (action.do === 'dropColumn') return references?.columns.includes(action.column) === true
  return (action.do === 'dropIndex' || action.do === 'dropConstraint') && index === action.name
}

/** By itself, maybe under another name by then, or with its table or one of its columns. */
function isDropped({ name, table, columns }: ForeignKeyIn, ahead: readonly Action[]): boolean {
  let called = name
  return ahead.some((action) => {
    if (!('table' in action) || showTable(action.table) !== showTable(table)) return false
    if (action.do === 'renameConstraint' && action.from === called) called = action.to
    return (
      action.do === 'dropTable' ||
      (action.do === 'dropColumn' && columns.includes(action.column)) ||
      (action.do === 'dropConstraint' && action.name === called)
    )
  })
}

/** Views over a table, also those that name none of its columns. */
export function viewsOver(table: TableRef, { views }: Catalog): readonly InTheWay[] {
  const name = `${table.schema}.${table.name}`
  return views
    .filter(({ reads }) => reads.includes(name))
    .map((view) => ({
      kind: view.drop?.startsWith('drop materialized view') === true ? 'materialized view' : 'view',
      name: `${view.schema}.${view.name}`,
      columns: [],
      textual: false,
    }))
}

/** What stands on the sequence of an identity that an action moves: the server takes the old one away only without it. */
export function onSequence(action: Action, catalog: Catalog): readonly InTheWay[] {
  if (action.do !== 'moveIdentity') return []
  const column = tableIn(catalog, action.table)?.columns.find(({ name }) => name === action.from)
  return (column?.sequence?.users ?? []).map(asInTheWay)
}

/** What stands on a table as a whole, or on the type of its rows. */
export function holdersOf(table: TableRef, catalog: Catalog): readonly InTheWay[] {
  return (tableIn(catalog, table)?.holders ?? []).map(asInTheWay)
}

const asInTheWay = ({ kind, name, drop }: Holder): InTheWay => ({
  kind,
  name,
  columns: [],
  textual: false,
  ...(drop === null ? {} : { drop }),
})
