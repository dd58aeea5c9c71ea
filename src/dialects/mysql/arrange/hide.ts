import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { Lens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, Step, SyncMode } from '../../../planner/steps.ts'
import { type Context, hazard, stepId } from '../../shared/context.ts'
import { liveSpec } from './columns.ts'
import { guardSteps } from './lens-steps.ts'

/** A column that goes, what it is called while it is hidden, and the default by which an INSERT may then leave it out. */
interface Going {
  readonly column: Column
  readonly hidden: string
  readonly standIn: string | null
}

interface Modes {
  /** How the hidden columns follow. */
  readonly follow: SyncMode | null
  /** How the sync was before. */
  readonly back: SyncMode
  /** What else comes with the step, and goes on the way back. */
  readonly come?: readonly Action[]
  readonly go?: readonly Action[]
}

/** The columns are renamed aside and invisible; nothing that the new version writes may fail on them. */
export function hideSteps(
  table: Table,
  lens: Lens,
  going: readonly Going[],
  { follow, back, come = [], go = [] }: Modes,
): readonly Step[] {
  const ref = lens.table
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const define = ({ column, standIn }: Going, name: string, invisible: boolean): Action => ({
    do: 'redefineColumn',
    table: ref,
    column: definition(table, column, name, column.default ?? standIn, invisible),
  })
  const names = going.map(({ column }) => column.name)
  return [
    ...going.flatMap(({ column, standIn }) => guardSteps(lens, column, `${table.name}.${column.name}`, standIn)),
    {
      id: stepId('contract', `${table.name}.${names.join('+')}`),
      kind: 'quarantine',
      description: `hide ${going.map(({ column, hidden }) => `${column.name} as ${hidden}`).join(', ')}`,
      tables: [ref],
      transaction: true,
      actions: [
        lock,
        { do: 'sync', table: ref, lens, mode: back, bearsRename: true },
        {
          do: 'renameColumns',
          table: ref,
          renames: going.map(({ column, hidden }) => ({ from: column.name, to: hidden })),
        },
        ...going.map((each) => define(each, each.hidden, true)),
        ...come,
        { do: 'sync', table: ref, lens, mode: follow },
      ],
      undo: [
        {
          transaction: true,
          actions: [
            lock,
            ...(follow === null ? [] : ([{ do: 'sync', table: ref, lens, mode: follow, bearsRename: true }] as const)),
            {
              do: 'renameColumns',
              table: ref,
              renames: going.map(({ column, hidden }) => ({ from: hidden, to: column.name })),
            },
            ...going.map((each) => define(each, each.column.name, each.column.mysql?.invisible ?? false)),
            ...go,
            { do: 'sync', table: ref, lens, mode: back },
          ],
        },
      ],
      reversible: true,
    },
  ]
}

const definition = (table: Table, column: Column, name: string, value: string | null, invisible: boolean): ColumnSpec =>
  liveSpec(table, column, { name, default: value }, { invisible })

const indexesOn = (table: Table, columns: readonly Column[]): readonly string[] =>
  table.indexes.filter((index) => columns.some(({ name }) => index.columns.includes(name))).map(({ name }) => name)

/** The indexes of the columns go with them, and a foreign key on other columns may have no other one. */
export function refuseNeeded(table: Table, columns: readonly Column[]): void {
  const going = new Set(indexesOn(table, columns))
  const needing = [...table.constraints, ...table.foreignKeysIn].find(
    ({ indexes = [] }) => indexes.length > 0 && indexes.every((name) => going.has(name)),
  )
  if (needing === undefined) return
  const names = columns.map(({ name }) => name).join(', ')
  throw refused(
    'plan.foreign-key',
    `${showTable(table)}.${names} goes with its indexes, and foreign key ${needing.name} needs ${needing.indexes?.join(', ')}`,
    { hint: 'Give that foreign key an index without the column first.' },
  )
}

/** What goes for good with columns that the new version does not know. */
export function hazardOfIndexes(context: Context, table: Table, columns: readonly Column[]): void {
  const gone = indexesOn(table, columns).map((name) => `index ${name}`)
  if (gone.length === 0) return
  hazard(
    context,
    'goes-with-the-column',
    'warn',
    `dropping ${showTable(table)}.${columns.map(({ name }) => name).join(', ')} takes with it: ${gone.join(', ')}`,
    'Where the new version needs one of them over the other columns, add it anew before contract.',
  )
}
