import { refused } from '../../errors.ts'
import type { Table } from '../../planner/catalog.ts'
import { type Enforce, showTable } from '../../planner/change.ts'
import { type Context, hazard } from './context.ts'
import { lensOf } from './lens-of.ts'

/** The name of a column of the new shape, until contract and from then on. */
export interface Place {
  readonly before: string
  readonly after: string
}

/**
 * Where a column is that a rule names: one of the table, one that comes with the same migration, or one that takes the place of another.
 *
 * @throws BellowsError exit 3 where there is none in the new shape
 */
export function placeOf(context: Context, table: Table, name: string): Place {
  const here = (other: { readonly schema: string; readonly name: string }): boolean =>
    other.schema === table.schema && other.name === table.name
  const [end] = lensOf(context, table, name)?.new ?? []
  if (end !== undefined) return { before: end.expanded, after: end.contracted }
  const goes = context.lenses.some(
    (lens) => lens.kind === 'fill' && lens.side === 'old' && here(lens.table) && lens.column.name === name,
  )
  const comes = context.phases.expand.some((step) =>
    step.actions.some((action) => action.do === 'addColumn' && here(action.table) && action.column.name === name),
  )
  if (!goes && (comes || table.columns.some((column) => column.name === name))) return { before: name, after: name }
  throw refused(
    'plan.column',
    `there is no column ${name} in ${showTable(table)}${goes ? ' any more once this migration is over, which drops it' : ''}`,
    { hint: `It has: ${table.columns.map((column) => column.name).join(', ')}.` },
  )
}

/** A rule that an intent asks for. */
export interface Asked {
  readonly intent: string
  readonly name: string
  readonly enforce: Enforce
  /** The columns that it names. */
  readonly columns: readonly string[]
}

/**
 * The old version does not know a rule: what it writes against it is let through until the rule is enforced.
 *
 * @throws BellowsError exit 3 where it is to be enforced on a column that another one still stands for
 */
export function tellRule(context: Context, table: Table, { intent, name, enforce, columns }: Asked): void {
  const where = `${name} of ${showTable(table)}`
  if (enforce === 'contract') {
    hazard(
      context,
      'new-rule',
      'warn',
      `${where} is a rule that the old version of the app does not know`,
      'It is enforced at contract, which stays closed while rows violate it; migrate ready names them. What relies on it waits for that.',
    )
    return
  }
  const moved = columns.find((column) => lensOf(context, table, column) !== undefined)
  if (moved !== undefined)
    throw refused(
      'plan.enforce',
      `${intent} with enforce: '${enforce}': the same migration replaces ${showTable(table)}.${moved}, which both versions share until contract`,
      { hint: `Leave enforce out, or put ${intent} into a migration of its own, once this one is completed.` },
    )
  hazard(
    context,
    'rule-before-contract',
    'warn',
    `${where} is enforced from ${enforce} on, while the old version writes: a statement of it that violates the rule fails`,
    'expand refuses it without a recorded check that the old version passed.',
  )
}
