import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { Context } from '../../shared/context.ts'

/**
 * One index on two columns of a plan. The copies of an index are made of what it is now, so it cannot follow two columns that change
 * places; and the unique copy that a rename keeps would hold apart rows which are the same where the other column's `down` says so.
 */
export function refuseShared(context: Context, table: Table, column: Column, identity: boolean): void {
  for (const lens of context.lenses) {
    if (lens.kind !== 'row' || lens.table.schema !== table.schema || lens.table.name !== table.name) continue
    if (lens.identity && identity) continue
    const shared = table.indexes.find(
      ({ columns, unique }) =>
        columns.includes(column.name) &&
        lens.old.some(({ name }) => columns.includes(name)) &&
        (unique || !(lens.identity || identity)),
    )
    if (shared === undefined) continue
    const names = [...lens.old.map(({ name }) => name), column.name].join(' and ')
    throw refused(
      'plan.combination',
      `index ${shared.name} of ${showTable(table)} is on ${names}, which cannot be replaced in one plan`,
      { hint: 'Put the later intent into a migration of its own, to be expanded once the first is completed.' },
    )
  }
}
