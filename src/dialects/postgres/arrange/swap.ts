import { refused } from '../../../errors.ts'
import type { Column, Statistics, Table, TableRef } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, Step, UndoPart } from '../../../planner/steps.ts'
import { type Context, stepId } from '../../shared/context.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { type Carried, carryAll, type Ends, endsOf } from './carry.ts'
import { takesDefault } from './domains.ts'
import { expandStep, fillSteps, purgeStep } from './lens-steps.ts'
import { notNullProof, proofSteps } from './rules.ts'
import { viewsAround } from './views.ts'

/**
 * A change of type. The new column is filled beside the old one; at contract everything that hung on the old one hangs on
 * the new one, in one transaction, and the old one is hidden but goes on following.
 */
export function replaceSteps(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  shadow: ColumnSpec,
  change: ReplaceColumn,
): void {
  const { phases } = context
  const ends = endsOf(lens)
  if (column.default?.startsWith('nextval(') === true) {
    throw refused('plan.serial', `${table.name}.${column.name} takes its values from a sequence`, {
      hint: 'A change of type of a serial column is not there yet.',
    })
  }
  if (column.owns !== undefined) {
    throw refused(
      'plan.serial',
      `${showTable(table)}.${column.name} owns sequence ${column.owns.join(', ')}, which would go with the hidden column`,
      { hint: `Let it belong to no column first: ALTER SEQUENCE ... OWNED BY NONE.` },
    )
  }
  const carried = carryAll(context, table, column, lens, change)
  const notNull = change.nullable === null ? !column.nullable : !change.nullable
  const label = `${table.name}.${lens.new[0]?.name ?? ''}`
  phases.expand.push(expandStep(context, table, lens, [shadow]))
  const fill = fillSteps(context, table, lens, label, [ends.shadow], [])
  const builds = carried.flatMap(({ build }) => build)
  phases.backfill.push(...fill.slice(0, 2), ...builds, ...fill.slice(2))
  const proof = notNull
    ? proofSteps(lens.table, ends.shadow, notNullProof(context, lens.table, ends.shadow, lens.id), label)
    : []
  context.swaps.push({
    at: phases.contract.length,
    table: lens.table,
    steps: [
      ...ordered(carried).flatMap(({ prepare }) => prepare),
      ...proof,
      swapStep(context, table, column, lens, ends, change, carried, notNull, label),
    ],
  })
  phases.purge.push(
    ...purgeStep(
      table,
      lens,
      label,
      [ends.hidden],
      carried.flatMap(({ purge }) => purge.map((name) => ({ name }))),
    ),
  )
}

/** A key that points here needs the index that it points at, so it comes after the others. */
function ordered(carried: readonly Carried[]): readonly Carried[] {
  return [
    ...carried.filter(({ children }) => children.length === 0),
    ...carried.filter(({ children }) => children.length > 0),
  ]
}

function swapStep(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  ends: Ends,
  change: ReplaceColumn,
  carried: readonly Carried[],
  notNull: boolean,
  label: string,
): Step {
  const ref = lens.table
  const others = (tables: readonly TableRef[]): readonly TableRef[] =>
    uniqueTables(tables).filter((other) => other.schema !== ref.schema || other.name !== ref.name)
  // Parents first: the order in which the app's own writes take them.
  const tables = [
    ...others(carried.flatMap(({ parents }) => parents)),
    ref,
    ...others(carried.flatMap(({ children }) => children)),
  ]
  const lock: Action = { do: 'lockTables', tables, mode: 'exclusive' }
  const rename = (from: string, to: string): Action => ({ do: 'renameColumn', table: ref, from, to })
  const defaults = defaultActions(context, lens, ends, newDefault(table, column, lens, change))
  const views = viewsAround(context, table, lens)
  const statistics = statisticsOn(table, ends.old).flatMap((found): Action[] => [
    { do: 'dropStatistics', table: ref, statistics: found },
    { do: 'createStatistics', table: ref, statistics: found },
  ])
  // Their definition is text that says the old name, so the new column bears it for a moment; nobody sees that.
  const restat =
    lens.sameName || statistics.length === 0
      ? statistics
      : [rename(ends.final, ends.old), ...statistics, rename(ends.old, ends.final)]
  // Their names are bound to columns, so they are said again for the column that has the name now.
  const policies = lens.sameName
    ? table.dependents.flatMap(({ name, policy, columns }): Action[] =>
        policy === undefined || !columns.includes(ends.old)
          ? []
          : [{ do: 'bindPolicy', table: ref, name, rules: policy }],
      )
    : []
  const named = table.constraints.find((found) => found.kind === 'not null' && found.columns.includes(ends.old))?.name
  const onNew = notNullProof(context, ref, ends.shadow, lens.id, named)
  const onOld = notNullProof(context, ref, ends.hidden, lens.id, named)
  const moved = (from: string, to: string): readonly Action[] =>
    column.identity === null ? [] : [{ do: 'moveIdentity', table: ref, from, to }]
  const actions: readonly Action[] = [
    lock,
    ...views.drop,
    ...carried.flatMap(({ swap }) => swap),
    ...(notNull ? onNew.set : []),
    ...moved(ends.old, ends.shadow),
    ...(column.nullable ? [] : ([{ do: 'dropNotNull', table: ref, column: ends.old }] as const)),
    ...(notNull ? onNew.named : []),
    rename(ends.old, ends.hidden),
    ...(ends.shadow === ends.final ? [] : [rename(ends.shadow, ends.final)]),
    ...defaults.come,
    { do: 'sync', table: ref, lens, mode: 'quarantine' },
    ...restat,
    ...policies,
    ...views.create,
  ]
  const back: readonly Action[] = [
    lock,
    ...views.drop,
    ...carried.flatMap((each) => each.back),
    ...(column.nullable ? [] : onOld.set),
    ...moved(ends.final, ends.hidden),
    ...defaults.go,
    ...(notNull ? ([{ do: 'dropNotNull', table: ref, column: ends.final }] as const) : []),
    ...(ends.shadow === ends.final ? [] : [rename(ends.final, ends.shadow)]),
    ...(column.nullable ? [] : onOld.named),
    rename(ends.hidden, ends.old),
    { do: 'sync', table: ref, lens, mode: 'final' },
    ...statistics,
    ...policies,
    ...views.create,
  ]
  const restore: readonly UndoPart[] = [
    ...ordered(carried).flatMap((each) => each.restore),
    ...(column.nullable
      ? []
      : [
          { transaction: true, actions: [onOld.add] },
          { transaction: true, actions: [onOld.validate] },
        ]),
  ]
  return {
    id: stepId('contract', label),
    kind: 'swap',
    description: `the new column takes over from ${column.name}, which is hidden and follows`,
    tables,
    transaction: true,
    actions,
    undo: [...restore, { transaction: true, actions: back }],
    reversible: true,
  }
}

/**
 * Extended statistics that are made again.
 *
 * @throws BellowsError exit 3 where only others may do that
 */
function statisticsOn(table: Table, column: string): readonly Statistics[] {
  const found = table.statistics.filter(({ columns }) => columns.includes(column))
  const others = found.find(({ outOfReach }) => outOfReach)
  if (others === undefined) return found
  throw refused(
    'plan.cannot-carry',
    `statistics ${showTable(others)} on ${showTable(table)}.${column} belong to ${others.owner}, and the role that migrates may not take them away, or not make them again for that role`,
    {
      hint: `Migrate as a role that may become ${others.owner}, where both may CREATE in ${others.schema}; or drop them first.`,
    },
  )
}

/** The default comes with the swap, and goes on the way back: to NULL where a domain would step in with its own. */
function defaultActions(
  context: Context,
  { table, new: [target] }: RowLens,
  { final: column }: Ends,
  value: string | null,
): { readonly come: readonly Action[]; readonly go: readonly Action[] } {
  const none: Action = { do: 'dropDefault', table, column }
  if (!takesDefault(context, target?.type ?? '')) {
    return value === null ? { come: [], go: [] } : { come: [{ do: 'setDefault', table, column, value }], go: [none] }
  }
  return {
    come: [value === null ? none : { do: 'setDefault', table, column, value }],
    go: [{ do: 'setDefault', table, column, value: 'null' }],
  }
}

/** The default of the new column is what `up` makes of the old one's, unless an intent says otherwise. */
function newDefault(table: Table, column: Column, lens: RowLens, change: ReplaceColumn): string | null {
  if (change.default !== null) return change.default.value
  const up = lens.up[0]
  if (column.default === null || up === undefined) return null
  const parsed = parseScalar(up.text, 'up', table.name)
  return `(${bindScalar(parsed, () => `(${column.default})`)})`
}

function uniqueTables(tables: readonly TableRef[]): readonly TableRef[] {
  const seen = new Map(
    tables.map((table) => [`${table.schema}.${table.name}`, { schema: table.schema, name: table.name }]),
  )
  return [...seen.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, table]) => table)
}
