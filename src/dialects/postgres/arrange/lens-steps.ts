import type { Table } from '../../../planner/catalog.ts'
import type { Lens, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, IndexSpec, Step } from '../../../planner/steps.ts'
import { type Context, stepId } from '../../shared/context.ts'
import { empty } from './domains.ts'

/** What the steps of a lens are called by: the table and the columns of the new shape. */
export function labelOf(table: Table, lens: Lens): string {
  const columns = lens.kind === 'row' ? lens.new : [lens.column]
  return `${table.name}.${columns.map(({ name }) => name).join('+')}`
}

/** Column, counters, functions and trigger arrive in one transaction: no statement ever sees one without the other. */
export function expandStep(
  context: Context,
  table: Table,
  lens: Lens,
  shadows: readonly ColumnSpec[],
  extra: readonly Action[] = [],
): Step {
  const lock: Action = { do: 'lockTables', tables: [lens.table], mode: 'exclusive' }
  const add = shadows.map((shadow): Action => ({ do: 'addColumn', table: lens.table, column: empty(context, shadow) }))
  const drop = shadows.map(({ name }): Action => ({ do: 'dropColumn', table: lens.table, column: name }))
  const what = shadows.length === 0 ? 'watch the old column' : `add ${shadows.map(({ name }) => name).join(', ')}`
  return {
    id: stepId('expand', labelOf(table, lens)),
    kind: 'columns',
    description: `${what} and the trigger that keeps both shapes in sync`,
    tables: [lens.table],
    transaction: true,
    actions: [
      lock,
      ...add,
      ...extra,
      { do: 'createCounters', lens },
      { do: 'createLens', lens },
      { do: 'sync', table: lens.table, lens, mode: 'fill' },
    ],
    undo: [
      {
        transaction: true,
        actions: [
          lock,
          { do: 'sync', table: lens.table, lens, mode: null },
          ...drop,
          { do: 'dropLens', lens },
          { do: 'dropCounters', lens },
        ],
      },
    ],
    reversible: true,
  }
}

/** Fills, makes NULL final, builds the copies of the indexes, refreshes statistics, verifies. */
export function fillSteps(
  _context: Context,
  table: Table,
  lens: RowLens,
  label: string,
  columns: readonly string[],
  copies: readonly IndexSpec[],
): readonly Step[] {
  const column = columns.join(', ')
  const base = { tables: [lens.table], reversible: true }
  return [
    {
      ...base,
      id: stepId('backfill', label, 'fill'),
      kind: 'backfill',
      description: `fill ${column} for the rows that are there, in batches`,
      transaction: false,
      actions: [{ do: 'backfill', table: lens.table, lens }],
      undo: [],
    },
    {
      ...base,
      id: stepId('backfill', label, 'final'),
      kind: 'sync',
      description: `from here on a NULL in ${columns.length === 1 ? 'the new column' : column} is a value`,
      transaction: true,
      actions: [{ do: 'sync', table: lens.table, lens, mode: 'final' }],
      undo: [],
    },
    ...copies.map((index): Step => indexStep('backfill', table, index)),
    {
      ...base,
      id: stepId('backfill', label, 'analyze'),
      kind: 'analyze',
      description: `refresh the statistics of ${column}, so that queries on it are planned well`,
      transaction: false,
      actions: [{ do: 'analyze', table: lens.table, columns }],
      undo: [],
    },
    {
      ...base,
      id: stepId('backfill', label, 'verify'),
      kind: 'verify',
      description: 'compare old and new shape byte by byte',
      transaction: false,
      actions: [{ do: 'verify', table: lens.table, lens }],
      undo: [],
    },
  ]
}

/** An index, built without blocking writes, outside a transaction. */
export function indexStep(phase: 'backfill' | 'contract', table: Table, index: IndexSpec): Step {
  const ref = { schema: table.schema, name: table.name }
  return {
    id: stepId(phase, table.name, 'index', index.name),
    kind: 'index',
    description: `build ${index.unique ? 'unique ' : ''}index ${index.name} concurrently`,
    tables: [ref],
    transaction: false,
    actions: [{ do: 'createIndex', table: ref, index, concurrently: true }],
    undo: [{ transaction: false, actions: [{ do: 'dropIndex', table: ref, name: index.name, concurrently: true }] }],
    reversible: true,
  }
}

/** The end: copies of indexes first and without blocking, then trigger and hidden column in one transaction. */
export function purgeStep(
  table: Table,
  lens: Lens,
  label: string,
  hidden: readonly string[],
  copies: readonly { readonly name: string }[],
): readonly Step[] {
  const drops = copies.map(
    (index): Step => ({
      id: stepId('purge', table.name, 'index', index.name),
      kind: 'index',
      description: `drop index ${index.name} concurrently`,
      tables: [lens.table],
      transaction: false,
      actions: [{ do: 'dropIndex', table: lens.table, name: index.name, concurrently: true }],
      undo: [],
      reversible: false,
    }),
  )
  return [
    ...drops,
    {
      id: stepId('purge', label),
      kind: 'purge',
      description: `drop the hidden old column${hidden.length === 1 ? '' : 's'} ${hidden.join(', ')} and the trigger`,
      tables: [lens.table],
      transaction: true,
      actions: [
        { do: 'lockTables', tables: [lens.table], mode: 'exclusive' },
        { do: 'sync', table: lens.table, lens, mode: null },
        ...hidden.map((column): Action => ({ do: 'dropColumn', table: lens.table, column })),
        { do: 'dropLens', lens },
        { do: 'dropCounters', lens },
      ],
      undo: [],
      reversible: false,
    },
  ]
}
