import type { Column, Index, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import { castCanRaise, internalName } from '../conversions.ts'
import { parseScalar } from '../expressions.ts'

/** Casts by which no two values become one. A precision of the target would round, so it may have none, but for varchar. */
const keepsApart: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'numeric'],
  int4: ['int8', 'numeric'],
  int8: ['numeric'],
  varchar: ['text', 'varchar'],
}

/** Does the default `up` give different values for different ones? Whatever an author writes is not looked into. */
function isInjective(column: Column, lens: RowLens, change: ReplaceColumn): boolean {
  if (change.up !== null || change.down !== null || change.type === null) return false
  if (column.typeSchema !== 'pg_catalog' || lens.up.some(({ canRaise }) => canRaise)) return false
  const [from, to] = [internalName(column.type), internalName(change.type)]
  if (!(keepsApart[from.name] ?? []).includes(to.name)) return false
  return to.name === 'varchar' ? !castCanRaise(column.type, change.type) : !to.modified
}

/**
 * May rows that a unique index holds apart by the old column be the same to its copy on the new one? The old version does not know
 * that rule, so the copy is built at contract.
 */
export function mayCollide(table: Table, column: Column, lens: RowLens, change: ReplaceColumn, index: Index): boolean {
  if (!index.unique) return false
  if (isInWords(table, index, column.name)) return true
  return index.keys.some((key) => key.column === column.name) && !isInjective(column, lens, change)
}

/** Is an index that of a deferrable constraint? It bears the same key twice within a statement, which no other unique index does. */
export function isDeferrable(table: Table, index: Index): boolean {
  return index.constraint !== null && table.constraints.some((it) => it.name === index.constraint && it.deferrable)
}

/** Does an index tell rows apart by this column? One that is only included says nothing about which are the same. */
export function tellsApartBy(table: Table, index: Index, column: string): boolean {
  return isInWords(table, index, column) || index.keys.some((key) => key.column === column)
}

function isInWords(table: Table, index: Index, column: string): boolean {
  const names = (expression: string): boolean =>
    parseScalar(expression, 'a definition of the server', table.name).columns.some(({ name }) => name === column)
  const inKeys = index.keys.some((key) => key.column === null && names(key.expression))
  return inKeys || (index.predicate !== null && names(index.predicate))
}
