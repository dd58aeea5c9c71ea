import type { Catalog, Dependent, ForeignKeyIn, Holder, TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import { tableIn } from '../planner/objects.ts'
import type { Action } from '../planner/steps.ts'

/** What the server does not take away a table, a column or a sequence without, besides what names a column. */
export type InTheWay = Omit<Dependent, 'kind'> & { readonly kind: string }

/**
 * Foreign keys that point at what an action drops, or need the index that it drops, but for those that these actions drop as well. On
 * MySQL and MariaDB those of the table itself need an index too, and keep their columns.
 */
export function keysInTheWay(action: Action, ahead: readonly Action[], catalog: Catalog): readonly InTheWay[] {
  if (!('table' in action)) return []
  const found = tableIn(catalog, action.table)
  if (found === undefined) return []
  const before = ahead.slice(0, ahead.indexOf(action))
  const own = found.constraints
    .filter(({ kind, indexes }) => kind === 'foreign' && indexes !== undefined)
    .map((key): ForeignKeyIn => ({ ...key, table: action.table }))
    .filter((key) => action.do !== 'dropTable' && needs(key, key.columns, action, before, ahead))
  const pointing = found.foreignKeysIn.filter((key) =>
    action.do === 'dropTable' ? true : needs(key, key.references?.columns ?? [], action, before, ahead),
  )
  return [...own, ...pointing]
    .filter((key) => !isDropped(key, ahead))
    .map(({ name, table, columns, drop }) => ({
      kind: 'foreign key',
      name: `${name} on ${showTable(table)}`,
      columns,
      textual: false,
      ...(drop === undefined ? {} : { drop }),
    }))
}

/** Does a foreign key need what an action drops, of its columns in this table, or the last of the indexes that do for it? */
function needs(
  { index, indexes }: ForeignKeyIn,
  columns: readonly string[],
  action: Action & { readonly table: TableRef },
  before: readonly Action[],
  ahead: readonly Action[],
): boolean {
  if (action.do === 'dropColumn') return calledThen(columns, action.table, before).includes(action.column)
  if (action.do !== 'dropIndex' && action.do !== 'dropConstraint') return false
  if (indexes === undefined) return index === action.name
  return (
    indexes.includes(action.name) && indexes.every((each) => ahead.some((one) => dropsIndex(one, action.table, each)))
  )
}

const dropsIndex = (action: Action, table: TableRef, name: string): boolean =>
  action.do === 'dropIndex' && action.name === name && showTable(action.table) === showTable(table)

/** What columns are called after these actions. */
function calledThen(columns: readonly string[], table: TableRef, actions: readonly Action[]): readonly string[] {
  const renames = actions.flatMap((action) =>
    action.do === 'renameColumns' && showTable(action.table) === showTable(table) ? [action.renames] : [],
  )
  return columns.map((column) =>
    renames.reduce((name, each) => each.find(({ from }) => from === name)?.to ?? name, column),
  )
}

/** By itself, maybe under another name by then, or with its table or, where nothing keeps them, one of its columns. */
function isDropped({ name, table, columns, indexes }: ForeignKeyIn, ahead: readonly Action[]): boolean {
  let called = name
  return ahead.some((action) => {
    if (!('table' in action) || showTable(action.table) !== showTable(table)) return false
    if (action.do === 'renameConstraint' && action.from === called) called = action.to
    return (
      action.do === 'dropTable' ||
      (action.do === 'dropColumn' && indexes === undefined && columns.includes(action.column)) ||
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
