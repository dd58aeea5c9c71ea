import { refused, usageError } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type DropColumn, showTable } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import { type Context, hiddenName, lensColumn, lensId, resolveColumn, resolveTable } from '../../shared/context.ts'
import { hazardsOfDown } from '../../shared/hazards.ts'
import { parseScalar } from '../expressions.ts'
import { hazardOfUnseen, mysqlLensBase, standIn } from './columns.ts'
import { hazardOfIndexes, hideSteps, refuseNeeded } from './hide.ts'
import { expandSteps, purgeSteps } from './lens-steps.ts'
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
  refuseNeeded(table, [column])
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
  hazardOfIndexes(context, table, [column])
  const label = `${table.name}.${column.name}`
  const filled = change.down === null ? '' : ', and fill it for the new version'
  context.phases.expand.push(
    ...expandSteps(context, lens, label, [], [], {
      kind: 'sync',
      description: `watch who still writes ${column.name}${filled}`,
    }),
  )
  const going = [{ column, hidden: lens.column.contracted, standIn: standInFor(context, table, column, change) }]
  const follow = change.down === null ? null : 'quarantine'
  context.phases.contract.push(...hideSteps(table, lens, going, { follow, back: 'fill' }))
  const indexes = table.indexes.filter((index) => index.columns.includes(column.name)).map(({ name }) => name)
  context.phases.purge.push(...purgeSteps(context, lens, label, [lens.column.contracted], indexes))
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

/** The same for all rows, `down` is the default itself: no row gets another value while there is no trigger that knows the column. */
function standInFor(context: Context, table: Table, column: Column, { down }: DropColumn): string | null {
  const value = standIn(context, column)
  if (value === null || down === null) return value
  const known = table.columns.map(({ name }) => name)
  const { literal, text } = parseScalar(down, 'dropColumn.down', table.name, known)
  return literal && !/^null$/i.test(text.trim()) ? text : value
}
