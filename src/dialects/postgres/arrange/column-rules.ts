import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type Default, type Nullability, showTable } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import type { Action } from '../../../planner/steps.ts'
import {
  type Context,
  hazard,
  lensBase,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
  stepId,
} from '../../shared/context.ts'
import { parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'
import { backfillSteps, forgetStep } from './add-column.ts'
import { refuseNullRefused } from './domains.ts'
import { hazardsOfBackfill } from './hazards.ts'
import { expandStep } from './lens-steps.ts'
import { checkRowSecurity } from './names.ts'
import { defaultStep, notNullProof, notNullSteps } from './rules.ts'
import { makeScalar } from './scalars.ts'

/** NOT NULL goes at expand, and comes at contract. */
export function arrangeNullability(context: Context, change: Nullability): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.column)
  if (column.nullable === change.nullable) {
    throw refused(
      'plan.nothing',
      `${showTable(table)}.${column.name} is ${column.nullable ? 'nullable' : 'NOT NULL'} already`,
    )
  }
  if (change.nullable) dropNotNull(context, table, column, change)
  else setNotNull(context, table, column, change)
}

function refuseEnforce(what: string, given: string, only: string): void {
  if (given === only) return
  throw refused('plan.enforce', `${what} with enforce: '${given}' is not there yet`, {
    hint: `It is enforced at ${only}.`,
  })
}

function dropNotNull(context: Context, table: Table, column: Column, change: Nullability): void {
  refuseEnforce('dropNotNull', change.enforce, 'expand')
  if (table.indexes.some((index) => index.primary && index.columns.includes(column.name)) || column.identity !== null) {
    throw refused(
      'plan.primary-key',
      `${showTable(table)}.${column.name} has to be NOT NULL: it is part of the primary key or an identity`,
    )
  }
  const ref = { schema: table.schema, name: table.name }
  const named = table.constraints.find(
    (found) => found.kind === 'not null' && found.columns.includes(column.name),
  )?.name
  const proof = notNullProof(context, ref, column.name, lensId(context, table, column.name), named)
  hazard(
    context,
    'old-version-reads-null',
    'warn',
    `the old version may read NULL in ${showTable(table)}.${column.name} once the new one writes it`,
    'Make the old version bear it, or let the new one write NULL only after contract.',
  )
  context.phases.expand.push({
    id: stepId('expand', `${table.name}.${column.name}`),
    kind: 'nullability',
    description: `let ${column.name} be NULL: catalog only`,
    tables: [ref],
    transaction: true,
    actions: [{ do: 'dropNotNull', table: ref, column: column.name }],
    undo: [
      { transaction: true, actions: [{ ...proof.add, violatedBy: `t.${quote(column.name)} is null` }] },
      { transaction: true, actions: [proof.validate] },
      { transaction: true, actions: [...proof.set, ...proof.named] },
    ],
    reversible: true,
  })
}

function setNotNull(context: Context, table: Table, column: Column, change: Nullability): void {
  refuseEnforce('setNotNull', change.enforce, 'contract')
  const ref = { schema: table.schema, name: table.name }
  const id = lensId(context, table, column.name)
  if (change.up === null) {
    context.phases.contract.push(...notNullSteps(context, ref, column.name, id))
    return
  }
  refuseNullRefused(context, table, column)
  checkRowSecurity(table)
  const value = makeScalar(table, context.catalog, {
    what: 'setNotNull.up',
    text: change.up,
    onError: change.onError,
    columns: table.columns,
    source: column.name,
    sourceType: column.type,
    targetType: column.type,
    allowVolatile: false,
  })
  const lens: FillLens = {
    kind: 'fill',
    ...lensBase(context, table, id, [value], [column.name]),
    column: lensColumn(column, { expanded: column.name, contracted: column.name }),
    value,
    side: 'both',
  }
  context.lenses.push(lens)
  hazardsOfBackfill(context, table, lens)
  const expand = expandStep(context, table, lens, [])
  context.phases.expand.push({
    ...expand,
    kind: 'sync',
    description: `store a NULL written to ${column.name} as its replacement`,
  })
  const steps = backfillSteps(table, lens, null)
  context.phases.backfill.push(...steps, {
    id: stepId('backfill', `${table.name}.${column.name}`, 'verify'),
    kind: 'verify',
    description: `count the NULLs that are left in ${column.name}`,
    tables: [ref],
    transaction: false,
    actions: [{ do: 'verify', table: ref, lens }],
    undo: [],
    reversible: true,
  })
  context.phases.contract.push(...notNullSteps(context, ref, column.name, id))
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  context.phases.contract.push({
    id: stepId('contract', `${table.name}.${column.name}`, 'release'),
    kind: 'sync',
    description: 'the trigger goes: the rule is the server’s now',
    tables: [ref],
    transaction: true,
    actions: [lock, { do: 'sync', table: ref, lens, mode: null }],
    undo: [{ transaction: true, actions: [lock, { do: 'sync', table: ref, lens, mode: 'final' }] }],
    reversible: true,
  })
  context.phases.purge.push(forgetStep(table, lens))
}

/** A default comes, changes or goes: catalog only, at contract unless said otherwise. */
export function arrangeDefault(context: Context, change: Default): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.column)
  if (column.identity !== null)
    throw refused('plan.identity', `${showTable(table)}.${column.name} is an identity column, which has no default`)
  if (change.value !== null) {
    const [read] = parseScalar(change.value, 'setDefault.default', table.name).columns
    if (read !== undefined)
      throw refused(
        'plan.default',
        `the default of ${showTable(table)}.${column.name} names ${read.name}: a default cannot read columns`,
      )
  }
  const ref = { schema: table.schema, name: table.name }
  if (change.enforce === 'contract') {
    hazard(
      context,
      'default-at-contract',
      'info',
      `until contract an INSERT that leaves ${showTable(table)}.${column.name} out gets ${column.default ?? 'NULL'}, whichever version it comes from`,
      'Let the new version give the value itself until then.',
    )
  }
  context.phases[change.enforce].push(defaultStep(change.enforce, ref, column.name, change.value, column.default))
}
