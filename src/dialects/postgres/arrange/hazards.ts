import type { Column, Table } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import type { Lens, RowLens } from '../../../planner/links/lens.ts'
import { type Context, hazard } from '../../shared/context.ts'
import { isDeferrable, mayCollide } from './injective.ts'

/** What replacing a column may do to a running app. */
export function hazardsOfReplacement(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  change: ReplaceColumn,
): void {
  hazardsOfNewColumn(context, table)
  hazardsOfBackfill(context, table, lens)
  const where = `${showTable(table)}.${column.name}`
  const all = table.indexes.filter((index) => index.valid && index.unique && index.columns.includes(column.name))
  const uniques = all.filter((index) => !index.include.includes(column.name))
  const deferrable = all.filter((index) => isDeferrable(table, index))
  const later = lens.identity ? [] : uniques.filter((index) => mayCollide(table, column, lens, change, index))
  if (later.length > 0) {
    hazard(
      context,
      'unique-at-contract',
      'warn',
      `${where} is unique, and two of its values may become the same new one: ${later.map(({ name }) => name).join(', ')} holds for the new column from contract on, for the old one until then`,
      'Contract stays closed while there are duplicates; migrate ready names them. An ON CONFLICT on the new column works from contract on.',
    )
  }
  if (deferrable.length > 0 && !lens.identity) {
    hazard(
      context,
      'deferrable-unique',
      'stop',
      `${where} is in a deferrable unique constraint (${deferrable.map(({ name }) => name).join(', ')}), whose index for the other shape is not deferrable while contract, or the way back from it, builds it and until the columns are swapped: a statement or transaction that has the same key twice on its way (SET x = x + 1) fails with 23505 then`,
      'Run contract, and the way back from it, while no such statement runs, and accept deferrable-unique.',
    )
  }
  if (uniques.some((index) => !later.includes(index) && !isDeferrable(table, index))) {
    hazard(
      context,
      'unique-in-both-shapes',
      'warn',
      `${where} is unique in both shapes: an upsert can meet the other shape's index and fail with 23505 when both versions upsert the same new key at the same moment`,
      'Deploy the new version after the backfill, and contract soon. ON CONFLICT without a target is not affected by which index it meets.',
    )
  }
  hazardOfUnseen(context, table, lens)
  if (!lens.sameName) {
    hazardOfDefault(context, table, column)
    hazardsOfWatchers(context, table, column)
  }
  if (!lens.identity) hazardOfFilters(context, table, column)
  const last = Math.max(...table.columns.map(({ position }) => position))
  if (!lens.identity && column.position !== last) {
    hazard(
      context,
      'column-order',
      'warn',
      `from contract on ${where} is the last column of the table: an INSERT without a list of columns and a SELECT * that is read by position mean something else`,
      'List the columns in statements that do this.',
    )
  }
  if (lens.sameName || !lens.identity) {
    hazard(
      context,
      'prepared-statements-at-contract',
      'warn',
      `statements on ${where} that were prepared before contract fail once with 0A000 until they are prepared again`,
      'Contract while few long-lived prepared statements are open, or make the driver prepare again on 0A000.',
    )
  }
}

/** An INSERT of the old version cannot always be told from one that leaves the column out. */
export function hazardOfUnseen(context: Context, table: Table, lens: RowLens): void {
  const unseen = lens.old.filter((end) => end.unseen).map(({ name }) => name)
  if (unseen.length === 0) return
  hazard(
    context,
    'legacy-inserts-unseen',
    'info',
    `${showTable(table)}.${unseen.join(', ')} has a default that changes, so an INSERT of the old version cannot be told from one that leaves the column out`,
    'The legacy-writes gate counts its updates only. Name the old version with --old-app.',
  )
}

/** Until contract the new column has none, so `DEFAULT` is NULL there. */
export function hazardOfDefault(context: Context, table: Table, column: Column): void {
  if (column.default === null) return
  const where = `${showTable(table)}.${column.name}`
  const update = column.nullable
    ? 'an UPDATE ... SET column = DEFAULT of the new version writes NULL'
    : column.defaultVolatile
      ? 'an UPDATE ... SET column = DEFAULT of the new version fails with 23502'
      : 'an UPDATE of the new version that writes it too'
  hazard(
    context,
    'null-insert-takes-default',
    column.nullable || column.defaultVolatile ? 'warn' : 'info',
    `${where} has a default: until contract an INSERT of the new version that writes NULL explicitly gets the default, and ${update}`,
    column.nullable
      ? 'An UPDATE to NULL is kept as NULL. Give the value itself in place of DEFAULT.'
      : column.defaultVolatile
        ? 'Give the value itself in place of DEFAULT.'
        : 'From contract on NULL fails, and DEFAULT is the default.',
  )
}

/** The filter of a publication would go on with the hidden column. One that lists the column is refused. */
export function hazardOfFilters(context: Context, table: Table, column: Column): void {
  const filters = table.dependents.filter(
    ({ kind, columns }) => kind === 'publication' && columns.includes(column.name),
  )
  if (filters.length === 0) return
  hazard(
    context,
    'published-filter',
    'warn',
    `${showTable(table)} is published where a filter over ${column.name} holds (${filters.map(({ name }) => name).join(', ')}): contract stays closed as long as it does`,
    'A filter is changed by ALTER PUBLICATION ... SET TABLE with all tables of the publication. Plan how the subscribers get what is written while there is none, or while the table is not published.',
  )
}

/** What watches the old column by its name does not see what the new version writes before contract. */
export function hazardsOfWatchers(context: Context, table: Table, column: Column): void {
  const where = `${showTable(table)}.${column.name}`
  const triggers = table.triggers.filter(
    ({ updateOf, enabled }) => updateOf.includes(column.name) && enabled !== 'disabled',
  )
  if (triggers.length > 0) {
    hazard(
      context,
      'update-of-trigger',
      'warn',
      `these triggers fire on UPDATE OF ${where}, and until contract not on an UPDATE of the new version, which names the new column: ${triggers.map(({ name }) => name).join(', ')}`,
      'Let them fire on any UPDATE until contract, and compare OLD with NEW.',
    )
  }
  const rules = table.dependents.filter(({ kind, columns }) => kind === 'rule' && columns.includes(column.name))
  if (rules.length > 0) {
    hazard(
      context,
      'rule',
      'warn',
      `these rules read ${where} before any trigger has fired, so until contract they do not see what the new version writes: ${rules.map(({ name }) => name).join(', ')}`,
      'A trigger in place of the rule sees it.',
    )
  }
}

/** The rows that others make of a table's type have other fields than it from some moment on. */
export function hazardOfRowType(
  context: Context,
  table: Table,
  { change, fields }: { readonly change: string; readonly fields: string },
): void {
  if (table.rowTypeUsers === undefined) return
  hazard(
    context,
    'row-type',
    'stop',
    `${showTable(table)} ${change}, and these make rows of its type, which may then have ${fields}: ${table.rowTypeUsers.join(', ')}`,
    'A function that returns SELECT * goes on; one that lists columns, and ROW(...) for such a column, fail. Accept row-type when none does.',
  )
}

/** A column appears: what that does to statements which do not name their columns. */
export function hazardsOfNewColumn(context: Context, table: Table): void {
  hazard(
    context,
    'prepared-select-star',
    'warn',
    `a prepared SELECT * or RETURNING * on ${showTable(table)} fails once with 0A000 when the column appears, until it is prepared again`,
    'List the columns, or run check with the statements of the old version: it names the ones concerned.',
  )
  hazardOfRowType(context, table, { change: 'gets a column', fields: 'too few' })
  const published = table.publications.filter((publication) => !publication.columnList)
  if (published.length > 0) {
    hazard(
      context,
      'published-table',
      'stop',
      `${showTable(table)} is published without a column list (${published.map(({ name }) => name).join(', ')}): subscribers stop when they lack the new column`,
      'Add the column to the subscribers first, or give the publication a column list; then accept published-table.',
    )
  }
}

/** What the backfill's updates set off. */
export function hazardsOfBackfill(context: Context, table: Table, lens: Lens): void {
  const fired = table.triggers.filter(
    (trigger) =>
      trigger.events.includes('update') &&
      trigger.updateOf.length === 0 &&
      trigger.enabled !== 'disabled' &&
      trigger.enabled !== 'replica',
  )
  const always = fired.filter((trigger) => trigger.enabled === 'always' || !context.catalog.capabilities.quietTriggers)
  if (always.length > 0) {
    hazard(
      context,
      'user-triggers-fire',
      'stop',
      `the backfill of ${showTable(table)} fires triggers of yours for every row: ${always.map(({ name }) => name).join(', ')}`,
      'Let the migrator set session_replication_role (GRANT SET ON PARAMETER session_replication_role, PostgreSQL 15+), or accept user-triggers-fire.',
    )
  } else if (fired.length > 0) {
    hazard(
      context,
      'user-triggers-quiet',
      'info',
      `the backfill of ${showTable(table)} runs with session_replication_role = replica, so these triggers do not fire for it: ${fired.map(({ name }) => name).join(', ')}`,
      'An updated_at column is left as it is.',
    )
  }
  const later = table.triggers.filter(
    (trigger) => trigger.timing === 'before' && trigger.row && trigger.name > '~bellows_sync',
  )
  if (later.length > 0) {
    hazard(
      context,
      'trigger-after-ours',
      'stop',
      `these triggers of ${showTable(table)} run after ours, so what they change is not synced: ${later.map(({ name }) => name).join(', ')}`,
      'Rename them to sort before ~bellows_sync, or accept trigger-after-ours when they touch neither shape.',
    )
  }
  if (lens.kind === 'row' && table.rows > 10_000_000) {
    hazard(
      context,
      'large-table',
      'info',
      `${showTable(table)} has about ${Math.round(table.rows / 1e6)} million rows`,
      'The backfill is throttled and resumable; mind the growth of the table.',
    )
  }
}
