import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import { type Context, hazard, hiddenName, lensId, resolveColumn, resolveTable } from '../../shared/context.ts'
import { hazardsOfRaising } from '../../shared/hazards.ts'
import { parseScalar } from '../expressions.ts'
import {
  type GivenType,
  givenType,
  hazardOfLaxNulls,
  hazardOfTriggers,
  hazardOfUnseen,
  implicitOf,
  mysqlLensBase,
  oldEnd,
  refuseRebuild,
} from './columns.ts'
import { mayCollide } from './injective.ts'
import { refuseColumn, refuseTable, refuseTies, requireFree } from './refuse.ts'
import { refuseShared } from './refuse-shared.ts'
import { arrangeRename } from './rename-column.ts'
import { endOf, makeScalar } from './scalars.ts'
import { replaceSteps } from './swap.ts'

/** One column gives way to another: by exchange of names for a rename, by a swap of columns for a change of type. */
export function arrangeReplaceColumn(context: Context, change: ReplaceColumn): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.from)
  refuseShared(context, table, column, change.identity)
  if (change.identity) {
    arrangeRename(context, change)
    return
  }
  if (!change.sameName) requireFree(table, change.to)
  refuseTable(context, table, { added: 1, dropped: 1 })
  refuseColumn(context, table, column)
  refuseTies(table, column, 'takes the place of another')
  if (column.mysql?.onUpdateNow === true) {
    throw refused('plan.on-update', `${showTable(table)}.${column.name} changes with every UPDATE`, {
      hint: 'Take ON UPDATE CURRENT_TIMESTAMP away first.',
    })
  }
  if (change.default?.value != null) parseScalar(change.default.value, 'default', table.name, [])
  const given = givenType(table, change.type ?? column.type, 'changeType.to', column)
  const notNull = change.nullable === null ? !column.nullable : !change.nullable
  const lens = makeLens(context, table, column, change, given, notNull)
  if (notNull) refuseRebuild(context, table, `a NOT NULL column that changes its type`)
  context.lenses.push(lens)
  hazardOfTriggers(context, table)
  hazardOfUnseen(context, table, lens)
  hazardOfLaxNulls(context, table, column)
  hazardsOfRaising(context, table, column, lens, change)
  hazardsOfUnique(context, table, column, lens, change)
  replaceSteps(context, table, column, lens, change, given, notNull)
}

function makeLens(
  context: Context,
  table: Table,
  column: Column,
  change: ReplaceColumn,
  given: GivenType,
  notNull: boolean,
): RowLens {
  const id = lensId(context, table, change.from)
  const before = oldEnd(context, column, id)
  const after: LensColumn = {
    name: change.to,
    expanded: change.sameName ? hiddenName('s', id, change.from) : change.to,
    contracted: change.to,
    type: given.type,
    collation: given.collation,
    ...(given.ownCharset === true ? { ownCharset: true } : {}),
    nullable: true,
    default: null,
    unseen: false,
    ...implicitOf(context, { ...column, type: given.type, nullable: !notNull }),
  }
  const others = table.columns.filter((other) => other.name !== change.from).map(endOf)
  const old = endOf(column)
  const coming = { name: change.to, type: given.type, collation: given.collation }
  const scalar = { onError: change.onError, allowVolatile: false }
  const up = makeScalar(table, {
    ...scalar,
    what: 'up',
    text: change.up,
    columns: [...others, old],
    source: old,
    target: coming,
  })
  const down = makeScalar(table, {
    ...scalar,
    what: 'down',
    text: change.down,
    columns: [...others, coming],
    source: coming,
    target: old,
  })
  return {
    kind: 'row',
    ...mysqlLensBase(context, table, id, [up, down], [change.from, change.to]),
    old: [before],
    new: [after],
    up: [up],
    down: [down],
    identity: false,
    sameName: change.sameName,
  }
}

function hazardsOfUnique(context: Context, table: Table, column: Column, lens: RowLens, change: ReplaceColumn): void {
  const later = mayCollide(table, column, lens, change)
  if (later.size > 0) {
    hazard(
      context,
      'unique-at-contract',
      'warn',
      `${showTable(table)}.${column.name} is unique, and two of its values may become the same new one: ${[...later].join(', ')} holds for the new column from contract on, for the old one until then`,
      'Contract stays closed while there are duplicates; migrate ready names them. An ON DUPLICATE KEY on the new column works from contract on.',
    )
  }
  const unique = table.indexes.some((index) => index.unique && index.columns.includes(column.name))
  if (!unique || later.size > 0 || lens.sameName) return
  hazard(
    context,
    'unique-in-both-shapes',
    'warn',
    `${showTable(table)}.${column.name} is unique in both shapes: an upsert can meet the other shape's index`,
    'Deploy the new version after the backfill, and contract soon.',
  )
}
