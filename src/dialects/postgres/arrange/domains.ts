import { refused } from '../../../errors.ts'
import type { Catalog, Table } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { ColumnSpec } from '../../../planner/steps.ts'
import type { Context } from '../../shared/context.ts'
import { parseType } from '../expressions.ts'

/** The domain that a type is, if it is one with rules of its own for a column that is left out. */
function domainOf(catalog: Catalog, type: string): Catalog['types'][number] | undefined {
  const { name, schema } = parseType(type, 'type')
  return catalog.types.find(
    (found) =>
      (found.hasDefault === true || found.notNull === true) &&
      found.name === name &&
      (schema === null || found.schema === schema),
  )
}

/** Has a column of this type a default, without one of its own? */
export const takesDefault = (context: Context, type: string): boolean =>
  domainOf(context.catalog, type)?.hasDefault === true

/**
 * A column that is empty until it is filled, and in an INSERT that leaves it out. A domain's default would stand in every row and look
 * like a value of the new version's; NULL as its own default keeps it away.
 *
 * @throws BellowsError exit 3 where the domain refuses NULL
 */
export function empty(context: Context, table: Table, column: ColumnSpec): ColumnSpec {
  const domain = domainOf(context.catalog, column.type)
  if (domain === undefined) return column
  if (domain.notNull === true) {
    throw refused(
      'plan.domain-not-null',
      `${showTable(table)}.${column.name} would be of the domain ${domain.name}, which refuses NULL: the column has to be empty until it is filled`,
      { hint: 'Take NOT NULL from the domain and say it of its columns, or name its base type.' },
    )
  }
  return column.default === null ? { ...column, default: 'null' } : column
}
