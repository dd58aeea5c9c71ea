import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { ColumnSpec } from '../../../planner/steps.ts'
import {
  type Context,
  hiddenName,
  lensBase,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
} from '../../shared/context.ts'
import { hazardsOfRaising } from '../../shared/hazards.ts'
import { parseScalar } from '../expressions.ts'
import { refuseLeftOut, refuseNullRefused, refuseRewriting, typeOfCopy } from './domains.ts'
import { exchangeSteps } from './exchange.ts'
import { hazardsOfReplacement } from './hazards.ts'
import { hazardOfIdentity, refuseNoIdentity } from './identity.ts'
import { checkRowSecurity, refuseTyped, requireFree } from './names.ts'
import { makeScalar } from './scalars.ts'
import { replaceSteps } from './swap.ts'

/** One column gives way to another: by exchange of names for a rename, by a swap of columns for a change of type. */
export function arrangeReplaceColumn(context: Context, change: ReplaceColumn): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.from)
  refuseTyped(table)
  if (!change.sameName) requireFree(table, change.to)
  checkRowSecurity(table)
  refuseNoIdentity(table, column, change)
  if (!change.identity) refuseNullRefused(context, table, column)
  else if (!change.sameName) refuseLeftOut(context, table, column)
  if (change.default?.value != null) parseScalar(change.default.value, 'default', table.name)
  const lens = makeLens(context, table, column, change)
  context.lenses.push(lens)
  hazardsOfReplacement(context, table, column, lens, change)
  hazardsOfRaising(context, table, column, lens, change)
  if (!change.identity) hazardOfIdentity(context, table, column)
  const shadow = shadowColumn(column, lens)
  if (lens.identity) exchangeSteps(context, table, column, lens, shadow, change)
  else replaceSteps(context, table, column, lens, shadow, change)
}

function makeLens(context: Context, table: Table, column: Column, change: ReplaceColumn): RowLens {
  const id = lensId(context, table, change.from)
  if (change.type !== null) refuseRewriting(context, table, change.to, change.type)
  const type = change.type ?? (change.identity ? typeOfCopy(context, column.type) : column.type)
  const quarantined = hiddenName('q', id, change.from)
  const before = lensColumn(column, { expanded: change.from, contracted: quarantined })
  const after: LensColumn = {
    name: change.to,
    expanded: change.sameName ? hiddenName('s', id, change.from) : change.to,
    contracted: change.to,
    type,
    collation: change.type === null ? column.collation : null,
    nullable: true,
    default: null,
    unseen: false,
  }
  const others = table.columns.filter((other) => other.name !== change.from)
  const after_: Column = {
    ...column,
    name: change.to,
    type,
    typeSchema: change.type === null ? column.typeSchema : 'pg_catalog',
  }
  const scalar = { onError: change.onError, allowVolatile: false }
  const up = makeScalar(table, context.catalog, {
    ...scalar,
    what: 'up',
    text: change.up,
    columns: table.columns,
    source: change.from,
    sourceType: column.type,
    targetType: type,
  })
  const down = makeScalar(table, context.catalog, {
    ...scalar,
    what: 'down',
    text: change.down,
    columns: [...others, after_],
    source: change.to,
    sourceType: type,
    targetType: column.type,
  })
  if (table.indexes.some((index) => index.primary && index.columns.includes(change.from)) && !change.identity) {
    throw refused('plan.primary-key', `${showTable(table)}.${change.from} is part of the primary key`, {
      hint: 'A change of type of a primary key is widenPrimaryKey, which is not there yet.',
    })
  }
  const publication = table.publications.find(({ columns }) => columns?.includes(change.from) === true)
  if (publication !== undefined && !change.identity) {
    throw refused(
      'plan.published-column',
      `${showTable(table)}.${change.from} is in the column list of publication ${publication.name}, which would go on with the hidden column`,
      { hint: 'Publish the table without a list of columns, or take this column from it.' },
    )
  }
  return {
    kind: 'row',
    ...lensBase(context, table, id, [up, down], [change.from, change.to]),
    old: [before],
    new: [after],
    up: [up],
    down: [down],
    identity: change.identity,
    sameName: change.sameName,
  }
}

/** The new column while both are there: everything that the old one carries, but no default and no NOT NULL yet. */
function shadowColumn(column: Column, lens: RowLens): ColumnSpec {
  const [target] = lens.new
  const sameType = target?.type === column.type
  return {
    name: target?.expanded ?? '',
    type: target?.type ?? column.type,
    notNull: false,
    default: null,
    identity: false,
    collation: sameType ? column.collation : null,
    comment: column.comment,
    statistics: column.statistics,
    storage: sameType ? column.storage : null,
    compression: sameType ? column.compression : null,
    ...(column.options === undefined ? {} : { options: column.options }),
    grants: column.grants,
  }
}
