import type { ListedStatement } from './statement-list.ts'

/** What an id ends with that was made from the text and the types: equal ids are equal statements. */
const made = /-[0-9a-f]{10}$/

/**
 * Lists of one version put together. What several recorded, as the processes of a test runner do, is one statement.
 *
 * @returns the id of one that is in two lists otherwise as `twice`
 */
export function joinStatements(lists: readonly (readonly ListedStatement[])[]): {
  readonly statements: readonly ListedStatement[]
  readonly twice?: string
} {
  const byId = new Map<string, ListedStatement>()
  for (const statement of lists.flat()) {
    const other = byId.get(statement.id)
    if (other !== undefined && !isSame(statement, other)) return { statements: [], twice: statement.id }
    byId.set(statement.id, other === undefined ? statement : together(other, statement))
  }
  return { statements: [...byId.values()] }
}

const isSame = (a: ListedStatement, b: ListedStatement): boolean =>
  made.test(a.id) && a.sql === b.sql && JSON.stringify(a.params ?? []) === JSON.stringify(b.params ?? [])

/** A driver that keeps it prepared in one of them keeps it prepared. */
function together({ prepared, ...one }: ListedStatement, other: ListedStatement): ListedStatement {
  const samples = [...(one.samples ?? []), ...(other.samples ?? [])]
  const source = one.source ?? other.source
  return {
    ...one,
    ...(samples.length === 0 ? {} : { samples }),
    ...(source === undefined ? {} : { source }),
    ...(prepared === false && other.prepared === false ? { prepared } : {}),
  }
}
