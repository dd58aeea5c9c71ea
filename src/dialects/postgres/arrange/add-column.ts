import { usageError } from '../../../errors.ts'
import type { Table } from '../../../planner/catalog.ts'
import type { AddColumn } from '../../../planner/change.ts'
import type { FillLens, LensColumn } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, Step } from '../../../planner/steps.ts'
import { type Context, lensBase, lensId, resolveTable, stepId } from '../../shared/context.ts'
import { requireValue } from '../../shared/hazards.ts'
import { isVolatile, parseScalar, parseType } from '../expressions.ts'
import { refuseRewriting, takesDefault } from './domains.ts'
import { hazardsOfBackfill, hazardsOfNewColumn } from './hazards.ts'
import { expandStep } from './lens-steps.ts'
import { checkRowSecurity, refuseTyped, requireFree } from './names.ts'
import { notNullSteps } from './rules.ts'
import { makeScalar } from './scalars.ts'

/**
 * A column that only the new version knows. Three forms: nothing or a constant default is a matter of the catalog; a
 * default that changes is filled in for old rows; with `up`, old rows and the old version's rows get what it says.
 */
export function arrangeAddColumn(context: Context, change: AddColumn): void {
  const table = resolveTable(context, change.table)
  const { column } = change
  refuseTyped(table)
  requireFree(table, column.name)
  parseType(column.type, 'addColumn.type')
  refuseRewriting(context, table, column.name, column.type)
  refuseBareSequence(column.default)
  hazardsOfNewColumn(context, table)
  const volatile = column.default !== null && defaultIsVolatile(context, table, column.default)
  requireValue(context, table, change)
  if (change.up !== null) addWithUp(context, table, change)
  else if (volatile) addWithVolatileDefault(context, table, change)
  else addWithConstant(context, table, change)
}

/** What fills old rows looks nowhere for a sequence but in pg_catalog, as whatever runs with our rights. */
function refuseBareSequence(text: string | null): void {
  const [, name] = /\bnextval\s*\(\s*'([^'.]+)'/i.exec(text ?? '') ?? []
  if (name === undefined) return
  throw usageError('migration.sequence', `addColumn.default names the sequence ${name} without its schema\n  ${text}`, {
    hint: `Write nextval('schema.${name}').`,
  })
}

function defaultIsVolatile(context: Context, table: Table, text: string): boolean {
  const parsed = parseScalar(text, 'addColumn.default', table.name)
  const [read] = parsed.columns
  if (read !== undefined)
    throw usageError(
      'migration.expression',
      `addColumn.default names ${read.name}: a default cannot read columns\n  ${text}`,
      { hint: 'Use up.' },
    )
  const named = new Set(context.catalog.functions.filter((found) => found.volatile).map((found) => found.name))
  // now() is stable: ADD COLUMN evaluates it once for all rows that are there (manual, ALTER TABLE, Notes).
  const onlyNow = [...parsed.shape]
    .filter((part) => part.startsWith('function '))
    .every((part) => part === 'function now')
  return !onlyNow && isVolatile(parsed, named)
}

function spec(change: AddColumn, given: Partial<ColumnSpec>): ColumnSpec {
  const { column } = change
  return {
    name: column.name,
    type: column.type,
    notNull: false,
    default: null,
    identity: false,
    collation: null,
    comment: column.comment,
    statistics: null,
    storage: null,
    compression: null,
    grants: [],
    ...given,
  }
}

/** Metadata only, also NOT NULL: the old version does not name the column, so it cannot violate it. */
function addWithConstant(context: Context, table: Table, change: AddColumn): void {
  const ref = { schema: table.schema, name: table.name }
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  context.phases.expand.push({
    id: stepId('expand', `${table.name}.${change.column.name}`),
    kind: 'columns',
    description: `add ${change.column.name}: catalog only, no copy`,
    tables: [ref],
    transaction: true,
    actions: [
      lock,
      {
        do: 'addColumn',
        table: ref,
        column: spec(change, { default: change.column.default, notNull: !change.column.nullable }),
      },
    ],
    undo: [{ transaction: true, actions: [lock, { do: 'dropColumn', table: ref, column: change.column.name }] }],
    reversible: true,
  })
}

function makeLens(context: Context, table: Table, change: AddColumn, text: string, unseen: boolean): FillLens {
  const { column } = change
  const id = lensId(context, table, column.name)
  const asColumn: LensColumn = {
    name: column.name,
    expanded: column.name,
    contracted: column.name,
    type: column.type,
    collation: null,
    nullable: column.nullable,
    default: null,
    unseen,
  }
  const value = makeScalar(table, context.catalog, {
    what: 'addColumn.up',
    text,
    onError: change.onError,
    columns: table.columns,
    source: column.name,
    sourceType: column.type,
    targetType: column.type,
    allowVolatile: true,
  })
  checkRowSecurity(table)
  return { kind: 'fill', ...lensBase(context, table, id, [value], [column.name]), column: asColumn, value, side: 'new' }
}

/**
 * Every INSERT takes the default by itself; the rows that are there have to be filled. Meanwhile a trigger fills whatever is written:
 * a row whose key moves behind the backfill would stay NULL.
 */
function addWithVolatileDefault(context: Context, table: Table, change: AddColumn): void {
  const { column } = change
  const value = column.default ?? ''
  const lens = makeLens(context, table, change, value, true)
  context.lenses.push(lens)
  hazardsOfBackfill(context, table, lens)
  const setDefault: Action = { do: 'setDefault', table: lens.table, column: column.name, value }
  context.phases.expand.push(expandStep(context, table, lens, [spec(change, {})], [setDefault]))
  context.phases.backfill.push(...backfillSteps(table, lens, 'release'))
  if (!column.nullable) context.phases.contract.push(...notNullSteps(context, lens.table, column.name, lens.id))
  context.phases.purge.push(forgetStep(table, lens))
}

function addWithUp(context: Context, table: Table, change: AddColumn): void {
  const { column } = change
  const lens = makeLens(context, table, change, change.up ?? '', false)
  const ref = lens.table
  context.lenses.push(lens)
  hazardsOfBackfill(context, table, lens)
  context.phases.expand.push(expandStep(context, table, lens, [spec(change, {})]))
  context.phases.backfill.push(...backfillSteps(table, lens, 'final'))
  if (!column.nullable) context.phases.contract.push(...notNullSteps(context, ref, column.name, lens.id))
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const value = column.default
  const ofDomain = takesDefault(context, column.type)
  const come: Action =
    value === null
      ? { do: 'dropDefault', table: ref, column: column.name }
      : { do: 'setDefault', table: ref, column: column.name, value }
  const go: Action = ofDomain
    ? { do: 'setDefault', table: ref, column: column.name, value: 'null' }
    : { do: 'dropDefault', table: ref, column: column.name }
  const withDefault = value !== null || ofDomain
  context.phases.contract.push({
    id: stepId('contract', `${table.name}.${column.name}`, 'release'),
    kind: 'sync',
    description: `the trigger goes${withDefault ? ', the default comes' : ''}: only the new version writes now`,
    tables: [ref],
    transaction: true,
    actions: [lock, ...(withDefault ? [come] : []), { do: 'sync', table: ref, lens, mode: null }],
    undo: [
      {
        transaction: true,
        actions: [lock, ...(withDefault ? [go] : []), { do: 'sync', table: ref, lens, mode: 'final' }],
      },
    ],
    reversible: true,
  })
  context.phases.purge.push(forgetStep(table, lens))
}

/** Counters and functions stay until purge, because the way back needs them. */
export function forgetStep(table: Table, lens: FillLens): Step {
  return {
    id: stepId('purge', `${table.name}.${lens.column.name}`),
    kind: 'purge',
    description: 'drop what only the way back needed',
    tables: [],
    transaction: true,
    actions: [
      { do: 'dropLens', lens },
      { do: 'dropCounters', lens },
    ],
    undo: [],
    reversible: false,
  }
}

/** Fills NULLs; then a NULL is final: by another trigger, or (`release`) without one, where every INSERT brings its value. */
export function backfillSteps(table: Table, lens: FillLens, end: 'final' | 'release' | null): readonly Step[] {
  const label = `${table.name}.${lens.column.name}`
  const base = { tables: [lens.table], undo: [], reversible: true }
  const fill: Step = {
    ...base,
    id: stepId('backfill', label, 'fill'),
    kind: 'backfill',
    description: `fill ${lens.column.name} where it is NULL, in batches`,
    transaction: false,
    actions: [{ do: 'backfill', table: lens.table, lens }],
  }
  const final: Step = {
    ...base,
    id: stepId('backfill', label, 'final'),
    kind: 'sync',
    description: `${end === 'release' ? 'the trigger goes: ' : ''}from here on a NULL in the new column is a value`,
    transaction: true,
    actions: [{ do: 'sync', table: lens.table, lens, mode: end === 'release' ? null : 'final' }],
  }
  const analyze: Step = {
    ...base,
    id: stepId('backfill', label, 'analyze'),
    kind: 'analyze',
    description: `refresh the statistics of ${lens.column.name}`,
    transaction: false,
    actions: [{ do: 'analyze', table: lens.table, columns: [lens.column.expanded] }],
  }
  return end === null ? [fill, analyze] : [fill, final, analyze]
}
