import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type Nullability, showTable } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import type { Action } from '../../../planner/steps.ts'
import { type Context, hazard, lensColumn, lensId, resolveColumn, resolveTable, stepId } from '../../shared/context.ts'
import { keyOf } from '../../shared/key.ts'
import { rebuildStep, releaseStep } from './add-column.ts'
import { anew, hazardOfTriggers, liveSpec, mysqlLensBase, refuseRebuild } from './columns.ts'
import { expandSteps, fillStep, purgeSteps, verifyStep } from './lens-steps.ts'
import { refuseCascade, refuseTable } from './refuse.ts'
import { endOf, makeScalar } from './scalars.ts'

/** NOT NULL goes at expand, and comes at contract; each makes the table anew while others write. */
export function arrangeNullability(context: Context, change: Nullability): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.column)
  const where = `${showTable(table)}.${column.name}`
  if (column.nullable === change.nullable) {
    throw refused('plan.nothing', `${where} is ${column.nullable ? 'nullable' : 'NOT NULL'} already`)
  }
  const only = change.nullable ? 'expand' : 'contract'
  if (change.enforce !== only) {
    const what = change.nullable ? 'dropNotNull' : 'setNotNull'
    throw refused('plan.enforce', `${what} with enforce: '${change.enforce}' is not there yet`, {
      hint: `It is enforced at ${only}.`,
    })
  }
  refuseTable(context, table)
  refuseRebuild(context, table, `NOT NULL of ${column.name}, which ${change.nullable ? 'goes' : 'comes'},`)
  if (change.nullable) dropNotNull(context, table, column)
  else setNotNull(context, table, column, change)
}

function dropNotNull(context: Context, table: Table, column: Column): void {
  const where = `${showTable(table)}.${column.name}`
  if (column.identity !== null || keyOf(table)?.some(({ name }) => name === column.name)) {
    throw refused('plan.primary-key', `${where} has to be NOT NULL: it is part of the key or AUTO_INCREMENT`)
  }
  hazard(
    context,
    'old-version-reads-null',
    'warn',
    `the old version may read NULL in ${where} once the new one writes it`,
    'Make the old version bear it, or let the new one write NULL only after contract.',
  )
  const ref = { schema: table.schema, name: table.name }
  const redefine = (notNull: boolean): Action => ({
    do: 'redefineColumn',
    table: ref,
    column: liveSpec(table, column, { notNull }),
    ...anew(context),
  })
  context.phases.expand.push({
    id: stepId('expand', `${table.name}.${column.name}`),
    kind: 'nullability',
    description: `let ${column.name} be NULL: the table is made anew, while others write`,
    tables: [ref],
    transaction: true,
    actions: [redefine(false)],
    undo: [{ transaction: true, actions: [redefine(true)] }],
    reversible: true,
  })
}

function setNotNull(context: Context, table: Table, column: Column, change: Nullability): void {
  const label = `${table.name}.${column.name}`
  const rebuilt = rebuildStep(context, table, label, liveSpec(table, column))
  if (change.up === null) {
    context.phases.contract.push(rebuilt)
    return
  }
  refuseCascade(table, column)
  const value = makeScalar(table, {
    what: 'setNotNull.up',
    text: change.up,
    onError: change.onError,
    columns: table.columns.map(endOf),
    source: endOf(column),
    target: endOf(column),
    allowVolatile: false,
  })
  const lens: FillLens = {
    kind: 'fill',
    ...mysqlLensBase(context, table, lensId(context, table, column.name), [value], [column.name]),
    column: lensColumn(column, { expanded: column.name, contracted: column.name }),
    value,
    side: 'both',
  }
  context.lenses.push(lens)
  hazardOfTriggers(context, table)
  context.phases.expand.push(
    ...expandSteps(context, lens, label, [], [], {
      kind: 'sync',
      description: `store a NULL written to ${column.name} as its replacement`,
    }),
  )
  context.phases.backfill.push(
    fillStep(lens, label, `fill ${column.name} where it is NULL, in batches`),
    verifyStep(lens, label, `count the NULLs that are left in ${column.name}`),
  )
  context.phases.contract.push(rebuilt, releaseStep(lens, label, null))
  context.phases.purge.push(...purgeSteps(context, lens, label, [], []))
}
