import type { TableRef } from '../../planner/catalog.ts'
import type { ActiveLens } from '../dialect.ts'

/** The lenses in force on each table, in the order in which its trigger is made from them. */
export function lensesByTable(active: readonly ActiveLens[]): readonly (readonly [TableRef, readonly ActiveLens[]])[] {
  const tables = new Map(active.map(({ lens: { table } }) => [`${table.schema}\u0000${table.name}`, table]))
  return [...tables.values()].map((table) => [
    table,
    active
      .filter(({ lens }) => lens.table.schema === table.schema && lens.table.name === table.name)
      .sort((a, b) => (a.lens.id < b.lens.id ? -1 : 1)),
  ])
}
