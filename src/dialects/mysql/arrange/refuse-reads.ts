import { refused } from '../../../errors.ts'
import type { Lens } from '../../../planner/links/lens.ts'

/** The columns that a lens moves or hides at contract. */
const moved = (lens: Lens): readonly string[] => {
  if (lens.kind === 'row') return [...lens.old, ...lens.new].map(({ name }) => name)
  return lens.side === 'old' ? [lens.column.name] : []
}

/**
 * The expressions of one lens name the columns as they are now, also in the triggers of later phases, where a column which another
 * lens of the plan moves has another name or another type: every write would fail there. What fills a column is over before that.
 *
 * @throws BellowsError exit 3 with the column that is read
 */
export function refuseReads(lenses: readonly Lens[]): void {
  for (const [at, reader] of lenses.entries()) {
    const reads = new Set(reader.untouched.map(({ name }) => name))
    for (const [other, mover] of lenses.entries()) {
      const { schema, name } = mover.table
      if (other === at || reader.table.schema !== schema || reader.table.name !== name) continue
      const isOver = reader.kind === 'fill' && reader.side !== 'old' && at < other
      const read = moved(mover).find((column) => reads.has(column))
      if (isOver || read === undefined) continue
      throw refused(
        'plan.combination',
        `an expression reads ${name}.${read}, which the same migration replaces or drops`,
        {
          hint: 'Put one of the two into a migration of its own, to be expanded once the other is completed; a column that is added from another one can come before it in the same migration.',
        },
      )
    }
  }
}
