import type { OldName } from '../../dialects/brown-out.ts'
import type { CompileContext, Dialect } from '../../dialects/dialect.ts'
import { refused } from '../../errors.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { Plan } from '../../planner/plan.ts'

/** The names that contract hides: those that the old version alone uses. */
export function oldNames({ lenses }: Plan): readonly OldName[] {
  return lenses.flatMap((lens): OldName[] => {
    if (lens.kind === 'fill') return lens.side === 'old' ? [{ table: lens.table, column: lens.column.name }] : []
    return lens.sameName ? [] : lens.old.map(({ name }) => ({ table: lens.table, column: name }))
  })
}

/**
 * Refuses, before anything is done, what a brown-out could not take back by itself, whatever is written meanwhile.
 *
 * @throws BellowsError exit 3
 */
export function refuseOneWay(plan: Plan, catalog: Catalog, dialect: Dialect, context: CompileContext): void {
  const stuck = plan.phases.contract.find(({ reversible }) => !reversible)
  const [lost] = dialect.undoBlockers(plan, catalog, context)
  if (stuck === undefined && lost === undefined) return
  const why =
    stuck === undefined
      ? `${lost?.what} would keep the old shape from coming back, and the new version may write such`
      : `${stuck.description} cannot be taken back`
  throw refused('brown-out.one-way', `${plan.migration}: ${why}`, {
    hint: 'Contract it without --brown-out, behind its gates; within the retention migrate rollback brings it back.',
  })
}
