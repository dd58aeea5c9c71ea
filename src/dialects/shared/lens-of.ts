import type { Table } from '../../planner/catalog.ts'
import type { RowLens } from '../../planner/links/lens.ts'
import type { Context } from './context.ts'

/** The lens of this migration that makes or takes over a column. */
export function lensOf({ lenses }: Context, table: Table, column: string): RowLens | undefined {
  return lenses
    .filter((lens) => lens.kind === 'row')
    .find(
      (lens) =>
        lens.table.schema === table.schema &&
        lens.table.name === table.name &&
        [...lens.old, ...lens.new].some(({ name }) => name === column),
    )
}

/** Of the two columns of a lens, the one that is there in the end: a rename keeps the old one, and gives it the new name. */
export const staying = ({ identity, old: [before], new: [after] }: RowLens): string | undefined =>
  (identity ? before : after)?.expanded
