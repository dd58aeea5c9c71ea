import type { Column, Table, TableRef } from '../../../planner/catalog.ts'
import type { FillLens, Lens, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, IndexSpec, Step } from '../../../planner/steps.ts'
import { type Context, stepId } from '../../shared/context.ts'
import { inFunctions } from '../functions.ts'
import { dropOf } from './columns.ts'

const lockOf = (lens: Lens): Action => ({ do: 'lockTables', tables: [lens.table], mode: 'exclusive' })

/** The functions that hold what can raise; they come before the triggers that call them. Under LOCK TABLES none can be made. */
export function functionsStep(lens: Lens, label: string): readonly Step[] {
  if (inFunctions(lens).length === 0) return []
  return [
    {
      id: stepId('expand', label, 'functions'),
      kind: 'sync',
      description: 'make the functions that convert a value and catch what cannot be converted',
      tables: [],
      transaction: true,
      actions: [{ do: 'createLens', lens }],
      undo: [{ transaction: true, actions: [{ do: 'dropLens', lens }] }],
      reversible: true,
    },
  ]
}

/** Column and triggers arrive as one: no statement ever sees one without the other. */
export function expandSteps(
  context: Context,
  lens: Lens,
  label: string,
  shadows: readonly ColumnSpec[],
  extra: readonly Action[] = [],
  said: Partial<Step> = {},
): readonly Step[] {
  const lock = lockOf(lens)
  const add = shadows.map((column): Action => ({ do: 'addColumn', table: lens.table, column }))
  return [
    ...functionsStep(lens, label),
    {
      id: stepId('expand', label),
      kind: 'columns',
      description: `add ${shadows.map(({ name }) => name).join(', ')} and the triggers that keep both shapes in sync`,
      tables: [lens.table],
      transaction: true,
      actions: [lock, ...add, ...extra, { do: 'sync', table: lens.table, lens, mode: 'fill' }],
      undo: [
        { transaction: true, actions: [lock, { do: 'sync', table: lens.table, lens, mode: null }] },
        // Without the lock, so that nobody waits if the catalog alone does not do.
        ...shadows.map(({ name }) => ({ transaction: true, actions: [dropOf(context, lens.table, name)] })),
        { transaction: true, actions: [{ do: 'dropCounters', lens }] },
      ],
      reversible: true,
      ...said,
    },
  ]
}

/** Fills the rows that are there. */
export function fillStep(lens: RowLens | FillLens, label: string, description: string): Step {
  return {
    id: stepId('backfill', label, 'fill'),
    kind: 'backfill',
    description,
    tables: [lens.table],
    transaction: false,
    actions: [{ do: 'backfill', table: lens.table, lens }],
    undo: [],
    reversible: true,
  }
}

/** From here on NULL is a value. Without a mode no triggers are needed any more, because every INSERT brings its value. */
export function finalStep(lens: Lens, label: string, mode: 'final' | null = 'final'): Step {
  const several = lens.kind === 'row' && lens.new.length > 1 ? lens.new.map(({ name }) => name).join(', ') : null
  return {
    id: stepId('backfill', label, 'final'),
    kind: 'sync',
    description: `${mode === null ? 'the triggers go: ' : ''}from here on a NULL in ${several ?? 'the new column'} is a value`,
    tables: [lens.table],
    transaction: true,
    // Under the lock, so that others find one change of the table and not ten: MySQL gives a prepared statement up (1615)
    // that it had to prepare again too often.
    actions: [lockOf(lens), { do: 'sync', table: lens.table, lens, mode }],
    undo: [],
    reversible: true,
  }
}

/** A column that gets hidden keeps its NOT NULL: a default, so that no INSERT fails for leaving it out. */
export function guardSteps(lens: Lens, column: Column, label: string, value: string | null): readonly Step[] {
  if (value === null) return []
  const table = lens.table
  return [
    {
      id: stepId('contract', label, 'default'),
      kind: 'default',
      description: `give ${column.name} a default, so that no INSERT fails once it is hidden`,
      tables: [table],
      transaction: true,
      actions: [{ do: 'setDefault', table, column: column.name, value }],
      undo: [{ transaction: true, actions: [{ do: 'dropDefault', table, column: column.name }] }],
      reversible: true,
    },
  ]
}

/** Indexes, built while others write. */
export function indexSteps(
  table: Table,
  copies: readonly IndexSpec[],
  phase: 'backfill' | 'contract' = 'backfill',
): readonly Step[] {
  const ref = { schema: table.schema, name: table.name }
  return copies.map(
    (index): Step => ({
      id: stepId(phase, table.name, 'index', index.name),
      kind: 'index',
      description: `build ${index.unique ? 'unique ' : ''}index ${index.name} in place, while others write`,
      tables: [ref],
      transaction: true,
      actions: [{ do: 'createIndex', table: ref, index, concurrently: true }],
      undo: [{ transaction: true, actions: [{ do: 'dropIndex', table: ref, name: index.name, concurrently: true }] }],
      reversible: true,
    }),
  )
}

/** Old rows have their value: the column may be seen by statements that do not list theirs. */
export function visibleStep(
  table: Table,
  label: string,
  column: ColumnSpec,
  phase: 'backfill' | 'contract' = 'backfill',
): Step {
  const ref = { schema: table.schema, name: table.name }
  const seen = (invisible: boolean): Action => {
    const { charset = null } = column.mysql ?? {}
    return { do: 'redefineColumn', table: ref, column: { ...column, mysql: { charset, after: null, invisible } } }
  }
  return {
    id: stepId(phase, label, 'visible'),
    kind: 'columns',
    description: `show ${column.name} to statements that do not list their columns`,
    tables: [ref],
    transaction: true,
    actions: [seen(false)],
    undo: [{ transaction: true, actions: [seen(true)] }],
    reversible: true,
  }
}

/** Compares both shapes, or counts what is left. */
export function verifyStep(lens: Lens, label: string, description: string): Step {
  return {
    id: stepId('backfill', label, 'verify'),
    kind: 'verify',
    description,
    tables: [lens.table],
    transaction: false,
    actions: [{ do: 'verify', table: lens.table, lens }],
    undo: [],
    reversible: true,
  }
}

/** Indexes that go for good. */
export function dropIndexSteps(table: TableRef, names: readonly string[]): readonly Step[] {
  return names.map(
    (name): Step => ({
      id: stepId('purge', table.name, 'index', name),
      kind: 'index',
      description: `drop index ${name}`,
      tables: [table],
      transaction: true,
      actions: [{ do: 'dropIndex', table, name, concurrently: true }],
      undo: [],
      reversible: false,
    }),
  )
}

/**
 * The end: first the indexes on the hidden column, because to drop an indexed column is to rebuild the table; then the triggers
 * and the column; then what only the way back needed.
 */
export function purgeSteps(
  context: Context,
  lens: Lens,
  label: string,
  hidden: readonly string[],
  indexes: readonly string[],
): readonly Step[] {
  const base = { kind: 'purge', transaction: true, undo: [], reversible: false } as const
  const tables = [lens.table]
  const column: readonly Step[] =
    hidden.length === 0
      ? []
      : [
          {
            ...base,
            id: stepId('purge', label),
            description: 'take the triggers away',
            tables,
            actions: [lockOf(lens), { do: 'sync', table: lens.table, lens, mode: null }],
          },
          ...hidden.map((name, index) => ({
            ...base,
            id: stepId('purge', label, index === 0 ? 'column' : `column-${index + 1}`),
            description: `drop the hidden old column ${name}`,
            tables,
            actions: [dropOf(context, lens.table, name)],
          })),
        ]
  const functions: readonly Step[] =
    inFunctions(lens).length === 0
      ? []
      : [
          {
            ...base,
            id: stepId('purge', label, 'functions'),
            description: 'drop the functions that converted values',
            tables,
            actions: [{ do: 'dropLens', lens }],
          },
        ]
  return [
    ...dropIndexSteps(lens.table, indexes),
    ...column,
    ...functions,
    {
      ...base,
      id: stepId('purge', label, 'writes'),
      description: 'forget when the shapes were last written',
      tables,
      actions: [{ do: 'dropCounters', lens }],
    },
  ]
}
