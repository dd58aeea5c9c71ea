import type { Column, Table } from '../../planner/catalog.ts'

/** The key by which a table can be walked: its primary key, else a unique index over NOT NULL columns. */
export function keyOf(table: Table): readonly { readonly name: string; readonly type: string }[] | null {
  const column = (name: string): Column | undefined => table.columns.find((candidate) => candidate.name === name)
  const usable = table.indexes
    .filter((index) => index.unique && index.valid && index.predicate === null)
    .filter((index) => index.keys.every((key) => key.column !== null && column(key.column)?.nullable === false))
    .sort((a, b) => Number(b.primary) - Number(a.primary) || a.keys.length - b.keys.length)
  const [best] = usable
  if (best === undefined) return null
  return best.keys.map((key) => ({ name: key.column ?? '', type: column(key.column ?? '')?.type ?? 'text' }))
}
