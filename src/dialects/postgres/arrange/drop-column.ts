import { refused, usageError } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type DropColumn, showTable } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import {
  type Context,
  hiddenName,
  lensBase,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
} from '../../shared/context.ts'
import { hazardsOfDown } from '../../shared/hazards.ts'
import { refuseNullRefused } from './domains.ts'
import { expandStep, purgeStep } from './lens-steps.ts'
import { refuseTyped } from './names.ts'
import { hazardsOfGone, quarantineStep } from './quarantine.ts'
import { makeScalar } from './scalars.ts'

/** A column that only the old version knows: watched from expand on, hidden at contract, dropped at purge. */
export function arrangeDropColumn(context: Context, change: DropColumn): void {
  const table = resolveTable(context, change.table)
  const column = resolveColumn(table, change.column)
  const where = `${showTable(table)}.${column.name}`
  refuseTyped(table)
  if (table.indexes.some((index) => index.primary && index.columns.includes(column.name))) {
    throw refused('plan.primary-key', `${where} is part of the primary key, which would go with it`)
  }
  if (table.foreignKeysIn.some((key) => key.references?.columns.includes(column.name))) {
    throw refused('plan.referenced', `${where} is what a foreign key points at`, {
      hint: 'Drop that foreign key first.',
    })
  }
  if (!column.nullable && column.default === null && column.identity === null && change.down === null) {
    throw usageError(
      'migration.down',
      `${where} is NOT NULL without a default, so the new version's inserts would fail`,
      {
        hint: 'Give down: what the old version reads in rows that the new version writes.',
      },
    )
  }
  refuseNullRefused(context, table, column)
  const lens = makeLens(context, table, column, change)
  context.lenses.push(lens)
  hazardsOfDown(context, table, column, lens, change)
  hazardsOfGone(context, table, [column])
  const expand = expandStep(context, table, lens, [])
  context.phases.expand.push({
    ...expand,
    kind: 'sync',
    description: `watch who still writes ${column.name}${change.down === null ? '' : ', and fill it for the new version'}`,
  })
  const follow = change.down === null ? null : 'quarantine'
  const unique = table.indexes.some((index) => index.unique && index.columns.includes(column.name))
  if (follow !== null && unique) {
    throw refused('plan.unique-down', `${where} is unique, and down may give two rows the same value`, {
      hint: 'Drop the unique index first.',
    })
  }
  context.phases.contract.push(
    quarantineStep(context, table, lens, [{ column, hidden: lens.column.contracted }], { follow, back: 'fill' }),
  )
  context.phases.purge.push(...purgeStep(table, lens, `${table.name}.${column.name}`, [lens.column.contracted], []))
}

function makeLens(context: Context, table: Table, column: Column, change: DropColumn): FillLens {
  const id = lensId(context, table, column.name)
  const value = makeScalar(table, context.catalog, {
    what: 'dropColumn.down',
    text: change.down ?? 'NULL',
    onError: change.onError,
    columns: table.columns.filter((other) => other.name !== column.name),
    source: column.name,
    sourceType: column.type,
    targetType: column.type,
    allowVolatile: false,
  })
  return {
    kind: 'fill',
    ...lensBase(context, table, id, [value], [column.name]),
    column: lensColumn(column, { expanded: column.name, contracted: hiddenName('q', id, column.name) }),
    value,
    side: 'old',
  }
}
