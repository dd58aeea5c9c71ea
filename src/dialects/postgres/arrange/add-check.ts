import { refused } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import { type AddCheck, type Enforce, showTable } from '../../../planner/change.ts'
import type { Action, Step } from '../../../planner/steps.ts'
import { type Context, resolveTable, stepId } from '../../shared/context.ts'
import { placeOf, tellRule } from '../../shared/rules.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'
import { requireFits } from './names.ts'

/** A CHECK: NOT VALID first, for a moment; then a scan that lets writes through. */
export function arrangeAddCheck(context: Context, change: AddCheck): void {
  const table = resolveTable(context, change.table)
  requireFreeConstraint(table, change.name)
  const parsed = parseScalar(change.expression, 'addCheck.check', table.name)
  const columns = [...new Set(parsed.columns.map(({ name }) => name))]
  const bound = (when: 'before' | 'after', of: string): string =>
    bindScalar(parsed, (column) => `${of}${quote(placeOf(context, table, column)[when])}`)
  tellRule(context, table, { intent: 'addCheck', name: change.name, enforce: change.enforce, columns })
  const ref = { schema: table.schema, name: table.name }
  pushRule(context, table, change.enforce, {
    do: 'addConstraint',
    table: ref,
    name: change.name,
    definition: `check (${bound('after', '')}\n)`,
    valid: false,
    parent: null,
    comment: null,
    names: [{ table: ref, columns: columns.map((column) => placeOf(context, table, column).after) }],
    rule: { violated: `(${bound('before', 't.')}\n) is false`, said: `it violates ${change.name}` },
  })
}

/**
 * A name for a constraint.
 *
 * @throws BellowsError exit 3 where it is too long, or taken
 */
export function requireFreeConstraint(table: Table, name: string): void {
  requireFits(name)
  if (!table.constraints.some((found) => found.name === name)) return
  throw refused('plan.constraint-exists', `${showTable(table)} has a constraint ${name} already`, {
    hint: 'Choose another name. Nothing was changed.',
  })
}

type AddConstraint = Extract<Action, { do: 'addConstraint' }>

/** New rows first, in the phase of the rule; the scan at the end of the backfill, or right behind it. */
export function pushRule(context: Context, table: Table, enforce: Enforce, add: AddConstraint): void {
  const { name, parent } = add
  const own = add.table
  const self = parent !== null && parent.schema === own.schema && parent.name === own.name
  const tables = parent === null || self ? [own] : [parent, own]
  const base = { kind: 'constraint', tables, transaction: true, reversible: true } as const
  const lock = (mode: 'writes' | 'exclusive'): readonly Action[] =>
    parent === null ? [] : [{ do: 'lockTables', tables, mode }]
  const steps: readonly Step[] = [
    {
      ...base,
      id: stepId(enforce, table.name, name, 'add'),
      description: `add ${name}, for new rows only`,
      actions: [...lock('writes'), add],
      undo: [
        {
          transaction: true,
          actions: [...lock('exclusive'), { do: 'dropConstraint', table: own, name, parent: self ? null : parent }],
        },
      ],
    },
    {
      ...base,
      id: stepId(enforce === 'expand' ? 'backfill' : enforce, table.name, name, 'validate'),
      description: `validate ${name} for the rows that are there, without blocking writes`,
      actions: [{ do: 'validateConstraint', table: own, name, ...(parent === null || self ? {} : { parent }) }],
      undo: [],
    },
  ]
  const [first, second] = steps as [Step, Step]
  context.phases[enforce].push(first)
  context.phases[enforce === 'expand' ? 'backfill' : enforce].push(second)
}
