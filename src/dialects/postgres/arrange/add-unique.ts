import { refused } from '../../../errors.ts'
import { type AddUnique, showTable } from '../../../planner/change.ts'
import { type Context, hazard, resolveTable, stepId } from '../../shared/context.ts'
import { placeOf, tellRule } from '../../shared/rules.ts'
import { quote } from '../sql.ts'
import { requireFreeConstraint } from './add-check.ts'
import { requireFreeRelation } from './add-index.ts'
import { indexStep } from './lens-steps.ts'

/** A unique constraint: its index is built concurrently, and taken over in a moment. */
export function arrangeAddUnique(context: Context, change: AddUnique): void {
  const table = resolveTable(context, change.table)
  const { name, enforce } = change
  requireFreeConstraint(table, name)
  requireFreeRelation(context, table, name)
  const places = change.columns.map((column) => placeOf(context, table, column))
  if (change.nullsNotDistinct && !context.catalog.capabilities.nullsNotDistinct)
    throw refused('plan.unique-kind', `${name} says nullsNotDistinct, which PostgreSQL has from 15 on`)
  tellRule(context, table, { intent: 'addUnique', ...change })
  if (change.deferrable !== null)
    hazard(
      context,
      'deferrable-unique',
      'stop',
      `${name} of ${showTable(table)} is deferrable, and its index is not until the constraint takes it over, a step later: a statement that makes two rows the same for a moment fails in between`,
      'Choose a time at which none runs.',
    )
  const ref = { schema: table.schema, name: table.name }
  const columns = places.map(({ after }) => after)
  const nulls = change.nullsNotDistinct ? ' nulls not distinct' : ''
  const phase = enforce === 'backfill' ? 'backfill' : 'contract'
  context.phases[phase].push(
    indexStep(phase, table, {
      name,
      unique: true,
      body: `using ${quote('btree')} (${columns.map((column) => quote(column)).join(', ')})${nulls}`,
      columns,
      comment: null,
      rule: {
        keys: places.map(({ before }) => quote(before)),
        where: null,
        ...(change.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
      },
    }),
    {
      id: stepId(phase, table.name, name, 'unique'),
      kind: 'constraint',
      description: `make the index the constraint ${name}: catalog only`,
      tables: [ref],
      transaction: true,
      actions: [
        {
          do: 'uniqueFromIndex',
          table: ref,
          name,
          index: name,
          deferrable: change.deferrable === null ? '' : ` deferrable initially ${change.deferrable}`,
        },
      ],
      undo: [{ transaction: true, actions: [{ do: 'dropConstraint', table: ref, name, parent: null }] }],
      reversible: true,
    },
  )
}
