import { refused, usageError } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type DropColumn, showTable } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, Step } from '../../../planner/steps.ts'
import {
  type Context,
  hazard,
  hiddenName,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
  stepId,
} from '../../shared/context.ts'
import { hazardsOfDown } from '../../shared/hazards.ts'
import { parseScalar } from '../expressions.ts'
import { hazardOfUnseen, liveSpec, mysqlLensBase, standIn } from './columns.ts'
import { expandSteps, guardSteps, purgeSteps } from './lens-steps.ts'
import { refuseColumn, refuseTable, refuseTies } from './refuse.ts'
import { endOf, makeScalar } from './scalars.ts'

/** A column that only the old version knows: watched from expand on, hidden at contract, dropped at purge. */
export function arrangeDropColumn(context: Context, change: DropColumn): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.column)
  const where = `${showTable(table)}.${column.name}`
  refuseTable(context, table, { added: 0, dropped: 1 })
  refuseColumn(context, table, column)
  refuseTies(table, column, 'goes')
  refuseNeeded(table, column)
  const required = !column.nullable && column.default === null
  if (required && change.down === null) {
    throw usageError(
      'migration.down',
      `${where} is NOT NULL without a default, so the new version's inserts would fail`,
      { hint: 'Give down: what the old version reads in rows that the new version writes.' },
    )
  }
  const unique = table.indexes.some((index) => index.unique && index.columns.includes(column.name))
  if (unique && (change.down !== null || !column.nullable)) {
    throw refused(
      'plan.unique-down',
      `${where} is unique, and the rows of the new version would all have the same value`,
      {
        hint: 'Drop the unique index first.',
      },
    )
  }
  const lens = makeLens(context, table, column, change)
  context.lenses.push(lens)
  hazardsOfDown(context, table, column, lens, change)
  hazardOfUnseen(context, table, lens)
  hazardOfIndexes(context, table, column)
  const label = `${table.name}.${column.name}`
  const filled = change.down === null ? '' : ', and fill it for the new version'
  context.phases.expand.push(
    ...expandSteps(context, lens, label, null, [], {
      kind: 'sync',
      description: `watch who still writes ${column.name}${filled}`,
    }),
  )
  context.phases.contract.push(...contractSteps(context, table, column, lens, change, label))
  const indexes = table.indexes.filter((index) => index.columns.includes(column.name)).map(({ name }) => name)
  context.phases.purge.push(...purgeSteps(context, lens, label, lens.column.contracted, indexes))
}

function makeLens(context: Context, table: Table, column: Column, change: DropColumn): FillLens {
  const id = lensId(context, table, column.name)
  const value = makeScalar(table, {
    what: 'dropColumn.down',
    text: change.down ?? 'NULL',
    onError: change.onError,
    columns: table.columns.filter((other) => other.name !== column.name).map(endOf),
    source: endOf(column),
    target: endOf(column),
    allowVolatile: false,
  })
  return {
    kind: 'fill',
    ...mysqlLensBase(context, table, id, [value], [column.name]),
    column: lensColumn(column, { expanded: column.name, contracted: hiddenName('q', id, column.name) }),
    value,
    side: 'old',
  }
}

/** Its indexes go with it, and a foreign key on other columns may have no other one. */
function refuseNeeded(table: Table, column: Column): void {
  const going = new Set(table.indexes.filter(({ columns }) => columns.includes(column.name)).map(({ name }) => name))
  const needing = [...table.constraints, ...table.foreignKeysIn].find(
    ({ indexes = [] }) => indexes.length > 0 && indexes.every((name) => going.has(name)),
  )
  if (needing === undefined) return
  throw refused(
    'plan.foreign-key',
    `${showTable(table)}.${column.name} goes with its indexes, and foreign key ${needing.name} needs ${needing.indexes?.join(', ')}`,
    { hint: 'Give that foreign key an index without the column first.' },
  )
}

function hazardOfIndexes(context: Context, table: Table, column: Column): void {
  const gone = table.indexes.filter((index) => index.columns.includes(column.name)).map(({ name }) => `index ${name}`)
  if (gone.length === 0) return
  hazard(
    context,
    'goes-with-the-column',
    'warn',
    `dropping ${showTable(table)}.${column.name} takes with it: ${gone.join(', ')}`,
    'Where the new version needs one of them over the other columns, add it anew before contract.',
  )
}

/** The same for all rows, `down` is the default itself: no row gets another value while there is no trigger that knows the column. */
function standInFor(context: Context, table: Table, column: Column, { down }: DropColumn): string | null {
  const value = standIn(context, column)
  if (value === null || down === null) return value
  const known = table.columns.map(({ name }) => name)
  const { literal, text } = parseScalar(down, 'dropColumn.down', table.name, known)
  return literal && !/^null$/i.test(text.trim()) ? text : value
}

/** The column is renamed aside and invisible; nothing that the new version writes may fail on it. */
function contractSteps(
  context: Context,
  table: Table,
  column: Column,
  lens: FillLens,
  change: DropColumn,
  label: string,
): readonly Step[] {
  const ref = lens.table
  const hidden = lens.column.contracted
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const follow = change.down === null ? null : 'quarantine'
  const value = standInFor(context, table, column, change)
  const seen = column.mysql?.invisible ?? false
  const define = (name: string, invisible: boolean): ColumnSpec =>
    liveSpec(table, column, { name, default: column.default ?? value }, { invisible })
  return [
    ...guardSteps(lens, column, label, value),
    {
      id: stepId('contract', label),
      kind: 'quarantine',
      description: `hide ${column.name} as ${hidden}`,
      tables: [ref],
      transaction: true,
      actions: [
        lock,
        { do: 'sync', table: ref, lens, mode: 'fill', bearsRename: true },
        { do: 'renameColumns', table: ref, renames: [{ from: column.name, to: hidden }] },
        { do: 'redefineColumn', table: ref, column: define(hidden, true) },
        { do: 'sync', table: ref, lens, mode: follow },
      ],
      undo: [
        {
          transaction: true,
          actions: [
            lock,
            ...(follow === null ? [] : ([{ do: 'sync', table: ref, lens, mode: follow, bearsRename: true }] as const)),
            { do: 'renameColumns', table: ref, renames: [{ from: hidden, to: column.name }] },
            { do: 'redefineColumn', table: ref, column: define(column.name, seen) },
            { do: 'sync', table: ref, lens, mode: 'fill' },
          ],
        },
      ],
      reversible: true,
    },
  ]
}
