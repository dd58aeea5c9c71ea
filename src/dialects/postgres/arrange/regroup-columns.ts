import { refused } from '../../../errors.ts'
import type { Column, Grant, Table } from '../../../planner/catalog.ts'
import { type RegroupColumns, showTable } from '../../../planner/change.ts'
import type { LensColumn, RowLens } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec } from '../../../planner/steps.ts'
import {
  type Context,
  hazard,
  hiddenName,
  lensBase,
  lensColumn,
  lensId,
  resolveColumn,
  resolveTable,
} from '../../shared/context.ts'
import { hazardsOfRegroupDown, refuseReadsOfRegrouped, refuseTiesOfRegrouped } from '../../shared/regroup.ts'
import { parseType } from '../expressions.ts'
import { refuseNullRefused, refuseRewriting, takesDefault } from './domains.ts'
import {
  hazardOfDefault,
  hazardOfFilters,
  hazardOfUnseen,
  hazardsOfBackfill,
  hazardsOfNewColumn,
  hazardsOfWatchers,
} from './hazards.ts'
import { expandStep, fillSteps, labelOf, purgeStep } from './lens-steps.ts'
import { checkRowSecurity, refuseTyped, requireFree } from './names.ts'
import { hazardsOfGone, quarantineStep } from './quarantine.ts'
import { makeScalar } from './scalars.ts'

/** One column gives way to several, or several to one. The old ones are hidden at contract and go on following. */
export function arrangeRegroupColumns(context: Context, change: RegroupColumns): void {
  const table = resolveTable(context, change.table)
  const columns = change.from.map(({ name }) => resolveColumn(table, name))
  refuseTyped(table)
  checkRowSecurity(table)
  for (const { name, type } of change.to) {
    requireFree(table, name)
    parseType(type, `the type of ${name}`)
    refuseRewriting(context, table, name, type)
  }
  refuseTiesOfRegrouped(context, table, columns)
  for (const column of columns) refuseColumn(context, table, column)
  const lens = makeLens(context, table, columns, change)
  refuseReadsOfRegrouped(context, table, lens, change)
  context.lenses.push(lens)
  hazards(context, table, columns, lens, change)
  arrangeSteps(context, table, columns, lens)
}

function refuseColumn(context: Context, table: Table, column: Column): void {
  const where = `${showTable(table)}.${column.name}`
  refuseNullRefused(context, table, column)
  if (column.owns !== undefined || column.default?.startsWith('nextval(') === true)
    throw refused('plan.serial', `${where} takes its values from a sequence, or owns one`, {
      hint: 'Such a column is neither split nor merged.',
    })
  if (table.indexes.some((index) => index.replicaIdentity && index.columns.includes(column.name)))
    throw refused('plan.cannot-carry', `${where} is part of the index that is the replica identity`, {
      hint: 'Give the table another replica identity first.',
    })
  const publication = table.publications.find((found) => found.columns?.includes(column.name) === true)
  if (publication !== undefined)
    throw refused(
      'plan.published-column',
      `${where} is in the column list of publication ${publication.name}, which would go on with the hidden column`,
      { hint: 'Publish the table without a list of columns, or take this column from it.' },
    )
}

function makeLens(context: Context, table: Table, columns: readonly Column[], change: RegroupColumns): RowLens {
  const names = change.from.map(({ name }) => name)
  const id = lensId(context, table, names.join('\u0000'))
  const coming = change.to.map(({ name, type }) => comingColumn(name, type))
  const others = table.columns.filter(({ name }) => !names.includes(name))
  const scalar = { allowVolatile: false, sourceType: '' }
  const up = change.to.map(({ name, type, up: text, onError }) =>
    makeScalar(table, context.catalog, {
      ...scalar,
      what: `up of ${name}`,
      text,
      onError,
      columns: table.columns,
      source: name,
      targetType: type,
    }),
  )
  const down = change.from.map(({ name, down: text, onError }, index) =>
    makeScalar(table, context.catalog, {
      ...scalar,
      what: `down of ${name}`,
      text,
      onError,
      columns: [...others, ...coming],
      source: name,
      targetType: columns[index]?.type ?? '',
    }),
  )
  return {
    kind: 'row',
    ...lensBase(context, table, id, [...up, ...down], [...names, ...change.to.map(({ name }) => name)]),
    old: columns.map((column) =>
      lensColumn(column, { expanded: column.name, contracted: hiddenName('q', id, column.name) }),
    ),
    new: change.to.map(
      ({ name, type }): LensColumn => ({
        name,
        expanded: name,
        contracted: name,
        type,
        collation: null,
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

/** A column of the new shape, as far as an expression needs to know it. */
const comingColumn = (name: string, type: string): Column => ({
  name,
  position: 0,
  type,
  typeSchema: 'pg_catalog',
  nullable: true,
  default: null,
  defaultVolatile: false,
  identity: null,
  generated: false,
  collation: null,
  comment: null,
  statistics: null,
  storage: null,
  compression: null,
  grants: [],
})

function hazards(
  context: Context,
  table: Table,
  columns: readonly Column[],
  lens: RowLens,
  change: RegroupColumns,
): void {
  hazardsOfNewColumn(context, table)
  hazardsOfBackfill(context, table, lens)
  hazardOfUnseen(context, table, lens)
  for (const column of columns) {
    hazardOfDefault(context, table, column)
    hazardsOfWatchers(context, table, column)
    hazardOfFilters(context, table, column)
  }
  hazardsOfRegroupDown(context, table, lens, columns, change)
  hazardOfChecks(context, table, columns)
  hazardsOfGone(context, table, columns)
}

/** NOT NULL as a CHECK: what `down` may not give is told of the column. */
const isNotNull = /^CHECK \(\(("[^"]+"|\w+) IS NOT NULL\)\)/

/** Until contract they hold for what `down` gives, and the new version does not know them. */
function hazardOfChecks(context: Context, table: Table, columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name)
  const checks = table.constraints.filter(
    (found) =>
      found.kind === 'check' &&
      found.columns.some((name) => names.includes(name)) &&
      !(
        isNotNull.test(found.definition) &&
        columns.some((column) => !column.nullable && found.columns.includes(column.name))
      ),
  )
  if (checks.length === 0) return
  hazard(
    context,
    'down-may-violate-check',
    'stop',
    `${showTable(table)}.${names.join(', ')} has to fulfil ${checks.map(({ name }) => name).join(', ')}, which the new version does not know: until contract a write of it for which down gives something else fails with 23514`,
    'Write down so that it fulfils the CHECK for whatever the new version writes, or drop the CHECK first; then accept down-may-violate-check.',
  )
}

function arrangeSteps(context: Context, table: Table, columns: readonly Column[], lens: RowLens): void {
  const { phases } = context
  const label = labelOf(table, lens)
  const specs = lens.new.map(({ name, type }) => spec(name, type, grantsOf(columns)))
  phases.expand.push(expandStep(context, table, lens, specs))
  const names = specs.map(({ name }) => name)
  phases.backfill.push(...fillSteps(context, table, lens, label, names, []))
  const ofDomain = lens.new.filter(({ type }) => takesDefault(context, type))
  const set = ({ name: column }: LensColumn, value: string | null): Action =>
    value === null
      ? { do: 'dropDefault', table: lens.table, column }
      : { do: 'setDefault', table: lens.table, column, value }
  phases.contract.push(
    quarantineStep(
      context,
      table,
      lens,
      columns.map((column, index) => ({ column, hidden: lens.old[index]?.contracted ?? '' })),
      {
        follow: 'quarantine',
        back: 'final',
        come: ofDomain.map((column) => set(column, null)),
        go: ofDomain.map((column) => set(column, 'null')),
      },
    ),
  )
  const hidden = lens.old.map(({ contracted }) => contracted)
  phases.purge.push(...purgeStep(table, lens, label, hidden, []))
}

/** Whoever has rights on single columns of the old shape has them on those of the new one. */
function grantsOf(columns: readonly Column[]): readonly Grant[] {
  const all = columns.flatMap(({ grants }) => grants)
  return all.filter(
    (grant, index) =>
      all.findIndex(({ grantee, privilege }) => grantee === grant.grantee && privilege === grant.privilege) === index,
  )
}

const spec = (name: string, type: string, grants: readonly Grant[]): ColumnSpec => ({
  name,
  type,
  notNull: false,
  default: null,
  identity: false,
  collation: null,
  comment: null,
  statistics: null,
  storage: null,
  compression: null,
  grants,
})
