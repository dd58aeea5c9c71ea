import type { FillLens, Lens, LensColumn, RowLens, Scalar } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'

/** The name that a column has in the table in this mode. */
export function physical(column: LensColumn, mode: SyncMode): string {
  return mode === 'quarantine' ? column.contracted : column.expanded
}

/** One scalar of a lens: which way, for which target column, reading which columns. */
export interface Direction {
  readonly name: string
  readonly scalar: Scalar
  readonly target: LensColumn
  /** Columns of the lens that the scalar sees by their logical names; others are untouched ones. */
  readonly sees: readonly LensColumn[]
}

/** `up` of a lens, one for each column that it makes. */
export function upward(lens: Lens): readonly Direction[] {
  if (lens.kind === 'fill') return [{ name: 'up_0', scalar: lens.value, target: lens.column, sees: [lens.column] }]
  return lens.new.flatMap((target, index) => {
    const scalar = lens.up[index]
    return scalar === undefined ? [] : [{ name: `up_${index}`, scalar, target, sees: lens.old }]
  })
}

/** `down` of a lens, one for each column that it makes. */
export function downward(lens: Lens): readonly Direction[] {
  if (lens.kind === 'fill') return []
  return lens.old.flatMap((target, index) => {
    const scalar = lens.down[index]
    return scalar === undefined ? [] : [{ name: `down_${index}`, scalar, target, sees: lens.new }]
  })
}

/** Are there several columns at one of its ends? */
export const isRegroup = (lens: Lens): lens is RowLens =>
  lens.kind === 'row' && (lens.old.length > 1 || lens.new.length > 1)

/** Rows were written while the trigger was away. Does an empty column get its value: does whoever writes leave it to us? */
export const fillsAgain = (lens: FillLens, mode: SyncMode): boolean =>
  lens.side === 'both' || (lens.side === 'new' && mode === 'fill')

/** The same of two sides: is the old one the one that was written? Until the backfill is over, and under one name until contract. */
export const oldWasWritten = (lens: RowLens, mode: SyncMode): boolean =>
  mode === 'fill' || (lens.sameName && mode !== 'quarantine')
