import type { TableRef } from '../../planner/catalog.ts'
import type { Place } from './rules.ts'

/** True of a row `t` that points at nothing by a foreign key: one with a NULL points nowhere, and may. */
export function pointsAtNothing(
  quote: (...parts: string[]) => string,
  parent: TableRef,
  own: readonly Place[],
  theirs: readonly Place[],
  when: keyof Place,
): string {
  const given = own.map((column) => `t.${quote(column[when])} is not null`)
  const found = theirs.map((column, at) => `p.${quote(column[when])} = t.${quote(own[at]?.[when] ?? '')}`)
  return `${given.join(' and ')} and not exists (select 1 from ${quote(parent.schema, parent.name)} as p where ${found.join(' and ')})`
}
