import { refused } from '../../../errors.ts'
import { type RenameConstraint, showTable } from '../../../planner/change.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { nameStep, refuseBeside, resolveConstraint, watch } from '../../shared/named.ts'
import { requireFits } from './names.ts'
import { requireFreeRelation } from './rename-index.ts'

/** Another name for a constraint, and for its index with it, at contract. */
export function arrangeRenameConstraint(context: Context, change: RenameConstraint): void {
  const table = resolveTable(context, change.table)
  const found = resolveConstraint(table, change.name)
  refuseBeside(context, table, found)
  requireFits(change.to)
  if (table.constraints.some(({ name }) => name === change.to))
    throw refused('plan.constraint-exists', `${showTable(table)} has a constraint ${change.to} already`)
  if (table.indexes.some(({ constraint }) => constraint === found.name))
    requireFreeRelation(context.catalog, table, change.to)
  watch(context, table, 'constraint', found.name)
  context.phases.contract.push(nameStep(table, 'constraint', found.name, change.to))
}
