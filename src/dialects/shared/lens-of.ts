import { refused } from '../../errors.ts'
import type { Table } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { RowLens } from '../../planner/links/lens.ts'
import type { Context } from './context.ts'

/**
 * The lens of this migration that makes or takes over a column; not one of several columns, which makes them under their own names.
 *
 * @throws BellowsError exit 3 where the column is one that such a lens takes away
 */
export function lensOf({ lenses }: Context, table: Table, column: string): RowLens | undefined {
  const found = lenses
    .filter((lens) => lens.kind === 'row')
    .find(
      (lens) =>
        lens.table.schema === table.schema &&
        lens.table.name === table.name &&
        [...lens.old, ...lens.new].some(({ name }) => name === column),
    )
  if (found === undefined || (found.old.length === 1 && found.new.length === 1)) return found
  if (found.new.some(({ name }) => name === column)) return undefined
  throw refused(
    'plan.combination',
    `an index names ${showTable(table)}.${column}, which the same migration takes away`,
    {
      hint: `Put it on ${found.new.map(({ name }) => name).join(' or ')}.`,
    },
  )
}

/** Of the two columns of a lens, the one that is there in the end: a rename keeps the old one, and gives it the new name. */
export const staying = ({ identity, old: [before], new: [after] }: RowLens): string | undefined =>
  (identity ? before : after)?.expanded
