import { refused } from '../../../errors.ts'
import type { AddUnique } from '../../../planner/change.ts'
import { type Context, resolveTable } from '../../shared/context.ts'
import { placeOf, tellRule } from '../../shared/rules.ts'
import { requireFreeConstraint } from './add-check.ts'
import { placeIndex } from './add-index.ts'
import { refuseTable } from './refuse.ts'

/** A unique constraint is a unique index here. */
export function arrangeAddUnique(context: Context, change: AddUnique): void {
  const { name, columns, enforce } = change
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  requireFreeConstraint(context, table, name)
  if (change.deferrable !== null || change.nullsNotDistinct)
    throw refused(
      'plan.unique-kind',
      `${name} is ${change.nullsNotDistinct ? 'nullsNotDistinct' : 'deferrable'}, which MySQL and MariaDB do not have`,
    )
  for (const column of columns) placeOf(context, table, column)
  tellRule(context, table, { intent: 'addUnique', name, enforce, columns })
  placeIndex(context, table, {
    kind: 'addIndex',
    table: change.table,
    name,
    keys: columns.map((column) => ({ column })),
    unique: true,
    method: null,
    where: null,
    include: [],
    enforce,
  })
}
