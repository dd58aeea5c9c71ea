import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type AddCheck, showTable } from '../../../planner/change.ts'
import type { Action } from '../../../planner/steps.ts'
import { type Context, hazard, resolveTable, stepId } from '../../shared/context.ts'
import { placeOf, tellRule } from '../../shared/rules.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'
import { cascades } from './columns.ts'
import { refuseTable, requireFits } from './refuse.ts'

/** A CHECK: neither server adds one but by a copy of the table, which only MariaDB 11.2 and later makes while others write. */
export function arrangeAddCheck(context: Context, change: AddCheck): void {
  const table = resolveTable(context, change.table)
  refuseTable(context, table)
  requireFreeConstraint(context, table, change.name)
  if (change.enforce === 'expand')
    throw refused('plan.enforce', `addCheck with enforce: 'expand' is for PostgreSQL`, {
      hint: 'MySQL and MariaDB copy the table for a CHECK, and expand copies nothing. Say backfill, or leave it out.',
    })
  const parsed = parseScalar(change.expression, 'addCheck.check', table.name, namesIn(context, table))
  const columns = [...new Set(parsed.columns.map(({ name }) => name))]
  const bound = (when: 'before' | 'after', of: string): string =>
    bindScalar(parsed, (column) => `${of}${quote(placeOf(context, table, column)[when])}`)
  tellRule(context, table, { intent: 'addCheck', name: change.name, enforce: change.enforce, columns })
  const ref = { schema: table.schema, name: table.name }
  const add: Action = {
    do: 'addConstraint',
    table: ref,
    name: change.name,
    definition: `check (${bound('after', '')})`,
    valid: true,
    parent: null,
    comment: null,
    names: [{ table: ref, columns: columns.map((column) => placeOf(context, table, column).after) }],
    rule: { violated: `(${bound('before', 't.')}) is false`, said: `it violates ${change.name}` },
    way: wayOf(context, table, change),
  }
  context.phases[change.enforce].push({
    id: stepId(change.enforce, table.name, change.name, 'add'),
    kind: 'constraint',
    description: `add ${change.name}: the table is copied, ${add.way === 'copy' ? 'and writers wait for all of that' : 'while others write'}`,
    tables: [ref],
    transaction: true,
    actions: [add],
    undo: [{ transaction: true, actions: [{ do: 'dropConstraint', table: ref, name: change.name, parent: null }] }],
    reversible: true,
  })
}

function wayOf(context: Context, table: Table, { name, enforce }: AddCheck): 'copy' | 'online copy' {
  if (context.catalog.capabilities.mysql?.onlineCopy === true && !cascades(table)) return 'online copy'
  hazard(
    context,
    'check-stops-writers',
    'stop',
    `to add ${name} the server copies ${showTable(table)}, and whoever writes to it waits until that is over (at ${enforce})`,
    'Accept check-stops-writers where the table is small enough. Otherwise keep the rule in the app.',
  )
  return 'copy'
}

/** What an expression over the new shape may name. */
function namesIn(context: Context, table: Table): readonly string[] {
  const come = context.phases.expand.flatMap(({ actions }) =>
    actions.flatMap((action) =>
      action.do === 'addColumn' && action.table.schema === table.schema && action.table.name === table.name
        ? [action.column.name]
        : [],
    ),
  )
  const replaced = context.lenses.flatMap((lens) =>
    lens.table.schema === table.schema && lens.table.name === table.name && lens.kind === 'row'
      ? lens.new.map(({ name }) => name)
      : [],
  )
  return [...new Set([...table.columns.map(({ name }) => name), ...come, ...replaced])]
}

/**
 * A name for a constraint. Those of a CHECK (MySQL) and of a foreign key are one list in a database, and one that an index of its table
 * has could not be dropped by its name.
 *
 * @throws BellowsError exit 3 where it is too long, or taken
 */
export function requireFreeConstraint(context: Context, table: Table, name: string): void {
  requireFits(name)
  const same = (found: { readonly name: string }): boolean => found.name.toLowerCase() === name.toLowerCase()
  const owner = context.catalog.tables.find((other) => other.schema === table.schema && other.constraints.some(same))
  const on = owner ?? (table.indexes.some(same) ? table : undefined)
  if (on === undefined) return
  throw refused(
    'plan.constraint-exists',
    `${showTable(on)} has ${owner === undefined ? 'an index' : 'a constraint'} ${name} already`,
    { hint: 'Choose another name. Nothing was changed.' },
  )
}
