import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type RenameIndex, showTable } from '../../../planner/change.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { nameStep, refuseBeside, resolveIndex } from '../../shared/named.ts'
import { refuseTable, requireFits } from './refuse.ts'

/** Another name for an index, at contract: the servers do it in their catalog. */
export function arrangeRenameIndex(context: Context, change: RenameIndex): void {
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  renameIndex(context, table, change)
}

/** Also for a unique constraint, which is nothing but its index here. */
function renameIndex(context: Context, table: Table, { name, to }: Pick<RenameIndex, 'name' | 'to'>): void {
  const index = resolveIndex(context, table, name, true)
  refuseBeside(context, table, index)
  if (index.primary) throw refused('plan.primary-key', `the primary key of ${showTable(table)} has no other name here`)
  requireFits(to)
  if (/^primary$/i.test(to) || table.indexes.some((each) => each.name.toLowerCase() === to.toLowerCase()))
    throw refused('plan.index-exists', `${showTable(table)} has an index ${to} already`)
  context.phases.contract.push(nameStep(table, 'index', index.name, to))
}
