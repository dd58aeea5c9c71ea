import type { Table } from '../../../planner/catalog.ts'
import type { AddColumn } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec, Step } from '../../../planner/steps.ts'
import { type Context, lensId, resolveTable, stepId } from '../../shared/context.ts'
import { requireValue } from '../../shared/hazards.ts'
import { parseScalar } from '../expressions.ts'
import {
  anew,
  asDefault,
  dropOf,
  type GivenType,
  givenType,
  hazardOfTriggers,
  mysqlLensBase,
  newSpec,
  refuseRebuild,
} from './columns.ts'
import { expandSteps, fillStep, finalStep, purgeSteps, visibleStep } from './lens-steps.ts'
import { refuseTable, requireFree } from './refuse.ts'
import { endOf, makeScalar } from './scalars.ts'
import { type Seen, seenFrom } from './visible.ts'

interface Added {
  readonly context: Context
  readonly table: Table
  readonly change: AddColumn
  readonly given: GivenType
  readonly label: string
  readonly seen: Seen
  readonly spec: (changes: Partial<ColumnSpec>) => ColumnSpec
}

/**
 * A column that only the new version knows. Three forms: nothing or a literal default is a matter of the catalog; any other default
 * is filled in for old rows; with `up`, old rows and the old version's rows get what it says. Until the backfill is over it is
 * invisible, so that an INSERT without a list of columns goes on.
 */
export function arrangeAddColumn(context: Context, change: AddColumn): void {
  const table = resolveTable(context, change.table)
  const { column } = change
  requireFree(table, column.name)
  refuseTable(context, table, { added: 1, dropped: 1 })
  const given = givenType(table, column.type, 'addColumn.type', null)
  const form = column.default === null ? 'none' : formOf(table, column.default)
  requireValue(context, table, change)
  const seen = seenFrom(context, table, column.name, change.visible)
  const spec = (changes: Partial<ColumnSpec>): ColumnSpec =>
    newSpec(table, given, column.name, { comment: column.comment, ...changes }, { invisible: seen !== 'expand' })
  const added: Added = { context, table, change, given, label: `${table.name}.${column.name}`, seen, spec }
  if (change.up !== null) addWithUp(added)
  else if (form === 'expression') addWithExpression(added)
  else addWithLiteral(added)
}

/** A literal is a matter of the catalog on every server; an expression is a copy of the table on some. */
function formOf(table: Table, text: string): 'literal' | 'expression' {
  const parsed = parseScalar(text, 'addColumn.default', table.name, [])
  return parsed.literal || /^current_timestamp(\(\d?\))?$|^now\(\d?\)$/i.test(text.trim()) ? 'literal' : 'expression'
}

/** Catalog only, also NOT NULL: the old version does not name the column, so it cannot violate it. */
function addWithLiteral(added: Added): void {
  const { context, table, change, label, spec } = added
  const ref = { schema: table.schema, name: table.name }
  const column = spec({ default: change.column.default, notNull: !change.column.nullable })
  context.phases.expand.push({
    id: stepId('expand', label),
    kind: 'columns',
    description: `add ${column.name}: catalog only, no copy`,
    tables: [ref],
    transaction: true,
    actions: [{ do: 'addColumn', table: ref, column }],
    undo: [{ transaction: true, actions: [dropOf(context, ref, column.name)] }],
    reversible: true,
  })
  show(added, column)
}

/** When the column is to be seen, unless it is from the start. */
function show({ context, table, label, seen }: Added, column: ColumnSpec): void {
  if (seen === 'expand') return
  const phase = seen === 'contract' ? 'contract' : 'backfill'
  context.phases[phase].push(visibleStep(table, label, column, phase))
}

function makeLens({ context, table, change, given }: Added, text: string, unseen: boolean): FillLens {
  const { column } = change
  const id = lensId(context, table, column.name)
  const end = { name: column.name, type: given.type, collation: given.collation }
  const value = makeScalar(table, {
    what: 'addColumn.up',
    text,
    onError: change.onError,
    columns: table.columns.map(endOf),
    source: end,
    target: end,
    allowVolatile: true,
  })
  return {
    kind: 'fill',
    ...mysqlLensBase(context, table, id, [value], [column.name]),
    column: {
      ...end,
      expanded: column.name,
      contracted: column.name,
      nullable: column.nullable,
      default: null,
      unseen,
    },
    value,
    side: 'new',
  }
}

/**
 * Every INSERT takes the default by itself; the rows that are there have to be filled. Meanwhile triggers fill whatever is written: a
 * row whose key moves behind the backfill would stay NULL.
 */
function addWithExpression(added: Added): void {
  const { context, table, change, label, spec } = added
  const { column } = change
  const text = (column.default ?? '').trim()
  const lens = makeLens(added, text, true)
  const value = `(${text})`
  context.lenses.push(lens)
  hazardOfTriggers(context, table)
  const setDefault: Action = { do: 'setDefault', table: lens.table, column: column.name, value }
  context.phases.expand.push(...expandSteps(context, lens, label, [spec({})], [setDefault]))
  context.phases.backfill.push(
    fillStep(lens, label, `fill ${column.name} where it is NULL, in batches`),
    finalStep(lens, label, null),
  )
  show(added, spec({ default: value }))
  if (!column.nullable) context.phases.contract.push(notNullStep(added, spec({ default: value })))
  context.phases.purge.push(...purgeSteps(context, lens, label, [], []))
}

function addWithUp(added: Added): void {
  const { context, table, change, label, spec } = added
  const { column } = change
  const lens = makeLens(added, change.up ?? '', false)
  context.lenses.push(lens)
  hazardOfTriggers(context, table)
  context.phases.expand.push(...expandSteps(context, lens, label, [spec({})]))
  context.phases.backfill.push(
    fillStep(lens, label, `fill ${column.name} where it is NULL, in batches`),
    finalStep(lens, label),
  )
  show(added, spec({}))
  if (!column.nullable) context.phases.contract.push(notNullStep(added, spec({})))
  context.phases.contract.push(releaseStep(lens, label, column.default))
  context.phases.purge.push(...purgeSteps(context, lens, label, [], []))
}

function notNullStep({ context, table, label }: Added, column: ColumnSpec): Step {
  refuseRebuild(context, table, `a NOT NULL column that is filled first`)
  // It is shown by then.
  const mysql = { charset: null, after: null, ...column.mysql, invisible: false }
  return rebuildStep(context, table, label, { ...column, mysql })
}

/** NOT NULL by a rebuild that lets writes through. */
export function rebuildStep(context: Context, table: Table, label: string, column: ColumnSpec): Step {
  const ref = { schema: table.schema, name: table.name }
  const { charset = null, invisible = false, ...mysql } = column.mysql ?? {}
  const same = { ...column, mysql: { ...mysql, charset, after: null, invisible } }
  const redefine = (notNull: boolean): Action => ({
    do: 'redefineColumn',
    table: ref,
    column: { ...same, notNull },
    ...anew(context),
  })
  return {
    id: stepId('contract', label, 'not-null'),
    kind: 'nullability',
    description: `make ${column.name} NOT NULL: the table is made anew, while others write`,
    tables: [ref],
    transaction: true,
    actions: [redefine(true)],
    undo: [{ transaction: true, actions: [redefine(false)] }],
    reversible: true,
  }
}

/** Only the new version writes now. */
export function releaseStep(lens: FillLens, label: string, value: string | null): Step {
  const table = lens.table
  const lock: Action = { do: 'lockTables', tables: [table], mode: 'exclusive' }
  const column = lens.column.name
  const set: readonly Action[] =
    value === null ? [] : [{ do: 'setDefault', table, column, value: asDefault(value, 'addColumn.default') }]
  const drop: readonly Action[] = value === null ? [] : [{ do: 'dropDefault', table, column }]
  return {
    id: stepId('contract', label, 'release'),
    kind: 'sync',
    description: `the triggers go${value === null ? '' : ', the default comes'}`,
    tables: [table],
    transaction: true,
    actions: [lock, ...set, { do: 'sync', table, lens, mode: null }],
    undo: [{ transaction: true, actions: [lock, ...drop, { do: 'sync', table, lens, mode: 'final' }] }],
    reversible: true,
  }
}
