import type { Catalog, TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import { tableIn } from '../planner/objects.ts'
import type { Action } from '../planner/steps.ts'
import type { Difference } from './said-again.ts'

type Kind = 'column' | 'index' | 'constraint'

const listOf = { column: 'columns', index: 'indexes', constraint: 'constraints' } as const

/**
 * Columns, indexes and constraints that get another name by these actions and are not there, names that they get and that something
 * else has by then, and tables that a foreign key would point at, and columns that are named by what is made again. The actions are followed one by one, since they free names for each other; what a statement of an author's does to
 * names is not known, so nothing is said of what comes after one.
 */
export function namesAmiss(actions: readonly Action[], catalog: Catalog): readonly Difference[] {
  const wrong: Difference[] = []
  const known = new Map<string, Set<string>>()
  const names = (kind: Kind, table: TableRef): Set<string> => {
    const key = `${kind} ${showTable(table)}`
    const found = known.get(key) ?? new Set(tableIn(catalog, table)?.[listOf[kind]].map(({ name }) => name))
    known.set(key, found)
    return found
  }
  const tell = (kind: Kind, table: TableRef, name: string, problem: string): void => {
    const shown = kind === 'column' ? `column ${showTable(table)}.${name}` : `${kind} ${name} on ${showTable(table)}`
    wrong.push({ name: shown, problem })
  }
  // It goes with the NOT NULL of its column, which is taken back by no name.
  const isNotNull = (table: TableRef, name: string): boolean =>
    tableIn(catalog, table)?.constraints.some((each) => each.kind === 'not null' && each.name === name) === true
  const come = (kind: Kind, table: TableRef, name: string): void => {
    if (names(kind, table).has(name) && !(kind === 'constraint' && isNotNull(table, name)))
      tell(kind, table, name, 'came since, and has the name that the old one takes again')
    names(kind, table).add(name)
  }
  const needs = (table: TableRef, columns: readonly string[], what: string): void => {
    const found = names('column', table)
    if (tableIn(catalog, table) === undefined) return
    for (const name of columns) if (!found.has(name)) tell('column', table, name, `is gone, and ${what} names it`)
  }
  const rename = (kind: Kind, { table, from, to }: { table: TableRef; from: string; to: string }): void => {
    if (!names(kind, table).delete(from)) tell(kind, table, from, 'is gone')
    come(kind, table, to)
  }
  for (const action of actions) {
    if (action.do === 'raw') break
    if (action.do === 'renameColumn') rename('column', action)
    else if (action.do === 'renameIndex') rename('index', action)
    else if (action.do === 'renameConstraint') rename('constraint', action)
    else if (action.do === 'addConstraint') {
      come('constraint', action.table, action.name)
      if (action.parent !== null && tableIn(catalog, action.parent) === undefined)
        wrong.push({
          name: `table ${showTable(action.parent)}`,
          problem: `is gone, and a foreign key of ${showTable(action.table)} points at it`,
        })
      const what = `${action.parent === null ? 'a CHECK' : 'a foreign key'} of ${showTable(action.table)}`
      for (const each of action.names ?? []) needs(each.table, each.columns, what)
    } else if (action.do === 'createIndex') {
      names('index', action.table).add(action.index.name)
      needs(action.table, action.index.columns ?? [], `an index of ${showTable(action.table)}`)
    } else if (action.do === 'dropColumn') names('column', action.table).delete(action.column)
    else if (action.do === 'dropIndex') names('index', action.table).delete(action.name)
    else if (action.do === 'dropConstraint') {
      names('constraint', action.table).delete(action.name)
      names('index', action.table).delete(action.name)
    } else if (action.do === 'uniqueFromIndex') {
      names('index', action.table).delete(action.index)
      names('index', action.table).add(action.name)
      names('constraint', action.table).add(action.name)
    }
  }
  return wrong
}
