import { refused } from '../../../errors.ts'
import type { Catalog, Table } from '../../../planner/catalog.ts'
import type { RenameIndex } from '../../../planner/change.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { nameStep, refuseBeside, resolveIndex } from '../../shared/named.ts'
import { refuseOfConstraint } from './drop-index.ts'
import { requireFits } from './names.ts'

/** Another name for an index, at contract. */
export function arrangeRenameIndex(context: Context, change: RenameIndex): void {
  const table = resolveTable(context, change.table)
  const index = resolveIndex(context, table, change.name)
  refuseBeside(context, table, index)
  refuseOfConstraint(table, index, 'renameConstraint')
  requireFreeRelation(context.catalog, table, change.to)
  context.phases.contract.push(nameStep(table, 'index', index.name, change.to))
}

/** Tables, views and indexes of a schema share their names. */
export function requireFreeRelation({ tables, views }: Catalog, { schema }: Table, name: string): void {
  requireFits(name)
  const here = [...tables, ...views].filter((each) => each.schema === schema)
  const indexes = tables.filter((each) => each.schema === schema).flatMap((each) => each.indexes)
  if (![...here, ...indexes].some((each) => each.name === name)) return
  throw refused('plan.index-exists', `there is an index, table or view ${name} in schema ${schema} already`)
}
