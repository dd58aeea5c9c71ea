import { refused } from '../../../errors.ts'
import type { Catalog, Column, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { ColumnSpec } from '../../../planner/steps.ts'
import type { Context } from '../../shared/context.ts'
import { parseType } from '../expressions.ts'

/** The domain that a type is, if it is one. */
function domainOf(catalog: Catalog, type: string): Catalog['types'][number] | undefined {
  const { name, schema } = parseType(type, 'type')
  return catalog.types.find(
    (found) => (found.base ?? null) !== null && found.name === name && (schema === null || found.schema === schema),
  )
}

/** Has a column of this type a default, without one of its own? */
export const takesDefault = (context: Context, type: string): boolean =>
  domainOf(context.catalog, type)?.hasDefault === true

/**
 * The type of a copy that goes away again. A column of a domain with rules cannot be added without the table being made anew under a
 * lock (manual, ALTER TABLE, Notes); a copy is as good without them, because the original has them.
 */
export function typeOfCopy(context: Context, type: string): string {
  const domain = domainOf(context.catalog, type)
  return domain?.rules === true ? (domain.base ?? type) : type
}

/**
 * A column that is empty until it is filled, and in an INSERT that leaves it out. A domain's default would stand in every row and look
 * like a value of the new version's; NULL as its own default keeps it away.
 */
export function empty(context: Context, column: ColumnSpec): ColumnSpec {
  return column.default === null && takesDefault(context, column.type) ? { ...column, default: 'null' } : column
}

/**
 * An INSERT of the new version leaves the old column out, and a domain refuses its NULL before any trigger could give it a value.
 *
 * @throws BellowsError exit 3
 */
export function refuseLeftOut(context: Context, table: Table, column: Column): void {
  const domain = domainOf(context.catalog, column.type)
  if (domain?.notNull !== true || domain.hasDefault === true || column.default !== null) return
  throw refused(
    'plan.domain-not-null',
    `${showTable(table)}.${column.name} is of the domain ${domain.name}, which refuses NULL before a trigger could give the column a value: INSERTs of the new version, which leave it out, would fail`,
    { hint: 'Give the column a default first, or say NOT NULL of the column and not of the domain.' },
  )
}

/**
 * A trigger that works out a value for the column holds NULL before it has one, or where there is none; a domain that refuses that
 * fails the app's statement.
 *
 * @throws BellowsError exit 3
 */
export function refuseNullRefused(context: Context, table: Table, column: Column): void {
  const domain = domainOf(context.catalog, column.type)
  if (domain?.notNull !== true) return
  throw refused(
    'plan.domain-not-null',
    `${showTable(table)}.${column.name} is of the domain ${domain.name}, which refuses NULL, as a trigger that works out its value has it until it knows: statements of the app would fail`,
    { hint: 'Say NOT NULL of the column and not of the domain.' },
  )
}

const serials = ['serial', 'serial2', 'serial4', 'serial8', 'smallserial', 'bigserial']

/**
 * May a column of this type be added to a table that is in use?
 *
 * @throws BellowsError exit 3 where the server would make the table anew
 */
export function refuseRewriting(context: Context, table: Table, column: string, type: string): void {
  const where = `${showTable(table)}.${column}`
  const domain = domainOf(context.catalog, type)
  if (domain?.rules === true) {
    throw refused(
      'plan.domain-rules',
      `${where} would be of the domain ${domain.name}, which has NOT NULL or CHECKs: the server makes the table anew to add it, while nobody reads or writes`,
      { hint: `Name its base type, ${domain.base}.` },
    )
  }
  if (serials.includes(parseType(type, 'type').name)) {
    throw refused('plan.serial', `${where} would be ${type}: the server makes the table anew to add it`, {
      hint: 'Make a sequence, and name it in a default of the plain type.',
    })
  }
}
