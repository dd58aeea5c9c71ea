import type { Column, Table } from '../../../planner/catalog.ts'
import type { ReplaceColumn } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import { familyOf } from '../types.ts'

const longer: ReadonlySet<string> = new Set(['varchar', 'tinytext', 'text', 'mediumtext', 'longtext'])

/**
 * Does the default `up` give different values for different ones? An integer in a wider one of the same sign, a text of the same
 * collation in a longer one, and nothing else; what an author writes is not looked into.
 */
function isInjective(column: Column, lens: RowLens, change: ReplaceColumn): boolean {
  const type = lens.new[0]?.type ?? ''
  if (change.up !== null || change.down !== null || lens.up.some(({ canRaise }) => canRaise)) return false
  const families = new Set([column.type, type].map(familyOf))
  if (families.size > 1) return false
  const words = [column.type, type].map((name) => /^\w+/.exec(name.toLowerCase())?.[0] ?? '')
  return families.has('integer') || families.has('unsigned') || words.every((word) => longer.has(word))
}

/** The unique indexes that hold apart what may be the same in the new column: a rule that the old version does not know. */
export function mayCollide(table: Table, column: Column, lens: RowLens, change: ReplaceColumn): ReadonlySet<string> {
  if (isInjective(column, lens, change)) return new Set()
  const unique = table.indexes.filter((index) => index.unique && index.columns.includes(column.name))
  return new Set(unique.map(({ name }) => name))
}
