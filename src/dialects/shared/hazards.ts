import { usageError } from '../../errors.ts'
import type { Column, Table } from '../../planner/catalog.ts'
import { type AddColumn, type DropColumn, type ReplaceColumn, showTable } from '../../planner/change.ts'
import type { FillLens, RowLens, Scalar } from '../../planner/links/lens.ts'
import { isNull, mayGiveNull, surelyFits } from './constants.ts'
import { type Context, hazard } from './context.ts'

/** Where a value cannot be converted, the other side gets NULL: not where it has to be NOT NULL. */
export function hazardsOfRaising(
  context: Context,
  table: Table,
  column: Column,
  lens: RowLens,
  change: ReplaceColumn,
): void {
  const where = `${showTable(table)}.${column.name}`
  const raises = (scalar: Scalar | undefined): boolean => scalar?.canRaise === true && scalar.onError === null
  const notNull = change.nullable === null ? !column.nullable : !change.nullable
  if (notNull && raises(lens.up[0])) {
    hazard(
      context,
      'up-needs-on-error',
      'stop',
      `up of ${where} can raise, and the new column becomes NOT NULL: contract stays closed while a value cannot be converted`,
      'Give the intent an onError: the value that such a row gets.',
    )
  }
  // Under one name nobody writes the new side while the old one has to be NOT NULL.
  if (!lens.sameName && !column.nullable && raises(lens.down[0])) {
    hazard(
      context,
      'down-needs-on-error',
      'stop',
      `down of ${where} can raise, and the old column is NOT NULL: a write of the new version that cannot be converted would fail`,
      'Give the intent an onError: the value that the old version then reads.',
    )
  }
}

/** Is a default the same constant, but for the type that PostgreSQL says with it? */
const isDown = (given: string, down: string): boolean => given.replace(/::[\w\s."()[\]]+$/, '') === down.trim()

/** What the old version has to have in a row of the new one, and cannot: that INSERT would fail. */
export function hazardsOfDown(
  context: Context,
  table: Table,
  column: Column,
  { value }: FillLens,
  { down }: DropColumn,
): void {
  if (down === null) return
  const where = `${showTable(table)}.${column.name}`
  // With a default the old column has a value already.
  if (column.default !== null || column.identity !== null) {
    if (column.default === null || !isDown(column.default, down))
      hazard(
        context,
        'default-before-down',
        'warn',
        `${where} gets a value by itself where it is left out: until contract the old version reads that, and not down, in rows that the new version inserts, because nothing tells who left it out`,
        'From contract on it is down. To have down before, drop the default before expand: then rows in which the old version leaves the column out get down too.',
      )
    return
  }
  if (column.nullable) return
  if (value.canRaise && value.onError === null && !surelyFits(down, column.type)) {
    hazard(
      context,
      'down-needs-on-error',
      'stop',
      `down of ${where} can raise, and the column is NOT NULL: an INSERT of the new version for which it does would fail`,
      'Give the intent an onError: the value that the old version then reads.',
    )
  }
  const nullable = table.columns.filter((each) => each.nullable && value.reads.includes(each.name))
  if (
    mayGiveNull(
      down,
      nullable.map(({ name }) => name),
    )
  ) {
    hazard(
      context,
      'down-may-be-null',
      'stop',
      `down of ${where} can give NULL, and the column is NOT NULL: an INSERT of the new version for which it does would fail`,
      `Write what the old version then reads: coalesce(${down}, <a constant>).`,
    )
  }
}

/**
 * A new column that has to have a value needs one in the rows that are there, and in those that the old version writes.
 *
 * @throws BellowsError exit 2 where nothing gives one
 */
export function requireValue(context: Context, table: Table, { column, up }: AddColumn): void {
  if (column.nullable || up !== null) return
  const where = `${showTable(table)}.${column.name}`
  if (column.default === null || isNull(column.default)) {
    throw usageError(
      'migration.not-null',
      `${where} is NOT NULL and has neither up nor a default${column.default === null ? '' : ' but NULL'}`,
      { hint: 'The rows that are there, and those that the old version writes, need a value.' },
    )
  }
  if (!mayGiveNull(column.default, [])) return
  hazard(
    context,
    'default-may-be-null',
    'stop',
    `the default of ${where} can give NULL, and the column is NOT NULL: expand or contract would fail, or an INSERT of the old version`,
    `Write a default that has a value: coalesce(${column.default}, <a constant>).`,
  )
}
