import { refused, usageError } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type DropColumn, showTable } from '../../../planner/change.ts'
import type { FillLens } from '../../../planner/links/lens.ts'
import type { Action } from '../../../planner/steps.ts'
import {
  type Context,
  hazard,
  hiddenName,
  lensBase,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
  stepId,
} from '../../shared/context.ts'
import { hazardsOfDown } from '../../shared/hazards.ts'
import { copyOfCheck } from './copies.ts'
import { refuseNullRefused } from './domains.ts'
import { hazardOfRowType } from './hazards.ts'
import { expandStep, purgeStep } from './lens-steps.ts'
import { refuseTyped } from './names.ts'
import { notNullProof } from './rules.ts'
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
  hazardsOfDrop(context, table, column)
  const expand = expandStep(context, table, lens, null)
  context.phases.expand.push({
    ...expand,
    kind: 'sync',
    description: `watch who still writes ${column.name}${change.down === null ? '' : ', and fill it for the new version'}`,
  })
  contractStep(context, table, column, lens, change)
  context.phases.purge.push(...purgeStep(table, lens, `${table.name}.${column.name}`, lens.column.contracted, []))
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

function hazardsOfDrop(context: Context, table: Table, column: Column): void {
  const gone = [
    ...table.indexes.filter((index) => index.columns.includes(column.name)).map(({ name }) => `index ${name}`),
    ...table.constraints
      .filter((found) => found.kind !== 'not null' && found.columns.includes(column.name))
      .map(({ name }) => `constraint ${name}`),
    ...table.statistics.filter((found) => found.columns.includes(column.name)).map(({ name }) => `statistics ${name}`),
    ...(column.owns ?? []).map((name) => `sequence ${name}`),
  ]
  hazardOfRowType(context, table, { change: 'loses a column at purge', fields: 'too many' })
  if (gone.length === 0) return
  hazard(
    context,
    'goes-with-the-column',
    'warn',
    `dropping ${showTable(table)}.${column.name} takes with it: ${[...new Set(gone)].join(', ')}`,
    'Where the new version needs one of them over the other columns, add it anew before contract.',
  )
}

/** The column is renamed aside; nothing that the new version writes may fail on it. The way back restores what it was. */
function contractStep(context: Context, table: Table, column: Column, lens: FillLens, change: DropColumn): void {
  const ref = lens.table
  const hidden = lens.column.contracted
  const lock: Action = { do: 'lockTables', tables: [ref], mode: 'exclusive' }
  const checks = table.constraints.filter((found) => found.kind === 'check' && found.columns.includes(column.name))
  const proof = notNullProof(
    context,
    ref,
    hidden,
    lens.id,
    table.constraints.find((found) => found.kind === 'not null' && found.columns.includes(column.name))?.name,
  )
  const follow = change.down === null ? null : 'quarantine'
  const unique = table.indexes.some((index) => index.unique && index.columns.includes(column.name))
  if (follow !== null && unique) {
    throw refused(
      'plan.unique-down',
      `${showTable(table)}.${column.name} is unique, and down may give two rows the same value`,
      { hint: 'Drop the unique index first.' },
    )
  }
  context.phases.contract.push({
    id: stepId('contract', `${table.name}.${column.name}`),
    kind: 'quarantine',
    description: `hide ${column.name} as ${hidden}`,
    tables: [ref],
    transaction: true,
    actions: [
      lock,
      ...checks.map(({ name }): Action => ({ do: 'dropConstraint', table: ref, name, parent: null })),
      ...(column.nullable ? [] : ([{ do: 'dropNotNull', table: ref, column: column.name }] as const)),
      { do: 'renameColumn', table: ref, from: column.name, to: hidden },
      { do: 'sync', table: ref, lens, mode: follow },
    ],
    undo: [
      ...checks.map((check) => ({
        transaction: true,
        actions: [
          {
            do: 'addConstraint',
            table: ref,
            name: check.name,
            definition: copyOfCheck(check, column.name, hidden, table),
            valid: false,
            parent: null,
            comment: check.comment,
            names: [{ table: ref, columns: check.columns.map((name) => (name === column.name ? hidden : name)) }],
          } as const,
        ],
      })),
      ...checks
        .filter(({ validated }) => validated)
        .map(({ name }) => ({ transaction: true, actions: [{ do: 'validateConstraint', table: ref, name } as const] })),
      ...(column.nullable
        ? []
        : [
            { transaction: true, actions: [proof.add] },
            { transaction: true, actions: [proof.validate] },
          ]),
      {
        transaction: true,
        actions: [
          lock,
          ...(column.nullable ? [] : [...proof.set, ...proof.named]),
          { do: 'renameColumn', table: ref, from: hidden, to: column.name },
          { do: 'sync', table: ref, lens, mode: 'fill' },
        ],
      },
    ],
    reversible: true,
  })
}
