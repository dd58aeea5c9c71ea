import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type RegroupColumns, showTable } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec } from '../../../planner/steps.ts'
import { type Context, lensId, resolveColumn, resolveTable } from '../../shared/context.ts'
import {
  hazardsOfRegroupDown,
  refuseReadsOfRegrouped,
  refuseTiesOfRegrouped,
  refuseTwice,
} from '../../shared/regroup.ts'
import {
  type GivenType,
  givenType,
  hazardOfLaxNulls,
  hazardOfTriggers,
  hazardOfUnseen,
  mysqlLensBase,
  newSpec,
  oldEnd,
  standIn,
} from './columns.ts'
import { hazardOfIndexes, hideSteps, refuseNeeded } from './hide.ts'
import { expandSteps, fillStep, finalStep, purgeSteps, verifyStep, visibleStep } from './lens-steps.ts'
import { behind, refuseColumn, refuseTable, refuseTies, requireFree } from './refuse.ts'
import { type End, endOf, makeScalar } from './scalars.ts'
import { type Seen, seenFrom } from './visible.ts'

/** A column that comes. */
interface Coming {
  readonly name: string
  readonly given: GivenType
}

/** One column gives way to several, or several to one. The old ones are hidden at contract and go on following. */
export function arrangeRegroupColumns(context: Context, change: RegroupColumns): void {
  const table = resolveTable(context, change.table)
  const columns = change.from.map(({ name }) => resolveColumn(table, name))
  for (const { name } of change.to) requireFree(table, name)
  refuseTwice(table, change, (name) => name.toLowerCase())
  refuseTable(context, table, { added: change.to.length, dropped: columns.length })
  refuseTiesOfRegrouped(context, table, columns)
  for (const column of columns) refuseOld(context, table, column)
  refuseNeeded(table, columns)
  const like = columns.find(({ collation }) => collation !== null) ?? null
  const coming = change.to.map(({ name, type }) => ({
    name,
    given: givenType(table, type, `the type of ${name}`, like),
  }))
  const lens = makeLens(context, table, columns, change, coming)
  refuseReadsOfRegrouped(context, table, lens, change)
  context.lenses.push(lens)
  hazardOfTriggers(context, table)
  hazardOfUnseen(context, table, lens)
  for (const column of columns) hazardOfLaxNulls(context, table, column)
  hazardsOfRegroupDown(context, table, lens, columns, change)
  hazardOfIndexes(context, table, columns)
  arrangeSteps(context, table, columns, lens, change, coming)
}

function refuseOld(context: Context, table: Table, column: Column): void {
  refuseColumn(context, table, column)
  refuseTies(table, column, 'goes')
  if (column.mysql?.onUpdateNow === true)
    throw refused('plan.on-update', `${showTable(table)}.${column.name} changes with every UPDATE`, {
      hint: 'Take ON UPDATE CURRENT_TIMESTAMP away first.',
    })
}

function makeLens(
  context: Context,
  table: Table,
  columns: readonly Column[],
  change: RegroupColumns,
  coming: readonly Coming[],
): RowLens {
  const names = change.from.map(({ name }) => name)
  const id = lensId(context, table, names.join('\u0000'))
  const others = table.columns.filter(({ name }) => !names.includes(name)).map(endOf)
  const ends = coming.map(({ name, given }): End => ({ name, type: given.type, collation: given.collation }))
  const scalar = (
    what: string,
    text: string,
    onError: string | null,
    sees: readonly End[],
    target: End,
  ): ReturnType<typeof makeScalar> =>
    makeScalar(table, {
      what: `${what} of ${target.name}`,
      text,
      onError,
      columns: [...others, ...sees],
      source: target,
      target,
      allowVolatile: false,
    })
  const olds = columns.map(endOf)
  const up = change.to.flatMap((to, index) => {
    const target = ends[index]
    return target === undefined ? [] : [scalar('up', to.up, to.onError, olds, target)]
  })
  const down = change.from.flatMap((from, index) => {
    const target = olds[index]
    return target === undefined ? [] : [scalar('down', from.down, from.onError, ends, target)]
  })
  return {
    kind: 'row',
    ...mysqlLensBase(context, table, id, [...up, ...down], [...names, ...coming.map(({ name }) => name)]),
    old: columns.map((column) => oldEnd(context, column, id)),
    new: coming.map(
      ({ name, given }): LensColumn => ({
        name,
        expanded: name,
        contracted: name,
        type: given.type,
        collation: given.collation,
        ...(given.ownCharset === true ? { ownCharset: true } : {}),
        nullable: true,
        default: null,
        unseen: false,
      }),
    ),
    up,
    down,
    identity: false,
    sameName: false,
  }
}

function arrangeSteps(
  context: Context,
  table: Table,
  columns: readonly Column[],
  lens: RowLens,
  change: RegroupColumns,
  coming: readonly Coming[],
): void {
  const { phases } = context
  const label = `${table.name}.${coming.map(({ name }) => name).join('+')}`
  const seen = seenTogether(context, table, change)
  const spec = ({ name, given }: Coming, invisible: boolean, after?: string): ColumnSpec =>
    newSpec(table, given, name, {}, { invisible, ...(after === undefined ? {} : { after }) })
  phases.expand.push(
    ...expandSteps(
      context,
      lens,
      label,
      coming.map((each, index) => spec(each, seen !== 'expand', place(context, table, columns, coming, index))),
    ),
  )
  const names = coming.map(({ name }) => name).join(', ')
  phases.backfill.push(
    fillStep(lens, label, `fill ${names} for the rows that are there, in batches`),
    finalStep(lens, label),
    ...(seen === 'backfilled'
      ? coming.flatMap((each) => visibleStep(table, `${table.name}.${each.name}`, spec(each, false)))
      : []),
    verifyStep(lens, label, 'compare old and new shape byte by byte'),
  )
  const show = (invisible: boolean): readonly Action[] =>
    seen === 'contract'
      ? coming.map((each) => ({ do: 'redefineColumn', table: lens.table, column: spec(each, invisible) }))
      : []
  const going = columns.map((column, index) => ({
    column,
    hidden: lens.old[index]?.contracted ?? '',
    standIn: standIn(context, column),
  }))
  phases.contract.push(
    ...hideSteps(table, lens, going, { follow: 'quarantine', back: 'final', come: show(false), go: show(true) }),
  )
  const indexes = table.indexes
    .filter((index) => columns.some(({ name }) => index.columns.includes(name)))
    .map(({ name }) => name)
  phases.purge.push(
    ...purgeSteps(
      context,
      lens,
      label,
      going.map(({ hidden }) => hidden),
      indexes,
    ),
  )
}

/** Behind the last of the old columns, one behind the other; at the end where the server would copy the table for another place. */
function place(
  context: Context,
  table: Table,
  columns: readonly Column[],
  coming: readonly Coming[],
  index: number,
): string | undefined {
  const [last] = [...columns].sort((a, b) => b.position - a.position)
  const first = last === undefined ? undefined : behind(context, table, last).after
  return first === undefined || index === 0 ? first : coming[index - 1]?.name
}

/** They are seen together: of the times that are decided for each, the latest. */
function seenTogether(context: Context, table: Table, { to, visible }: RegroupColumns): Seen {
  const all = to.map(({ name }) => seenFrom(context, table, name, visible))
  return all.includes('contract') ? 'contract' : all.includes('backfilled') ? 'backfilled' : 'expand'
}
