import type { Catalog } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Intent } from '../planner/intents/index.ts'
import { type ObjectChange, tableIn } from '../planner/objects.ts'
import type { Plan } from '../planner/plan.ts'

/** What the rows violate that a rule is about: the constraint, the unique index, NOT NULL. */
export const violationCodes: ReadonlySet<string> = new Set([
  'data.check',
  'data.foreign-key',
  'data.duplicates',
  'data.nulls',
])

/** Does it ask for a rule that the old version has to keep while it still writes? */
export function rulesOldVersion(intents: readonly Intent[]): boolean {
  return intents.some((intent) => {
    const early = (given: { readonly enforce?: string | undefined } | undefined): boolean =>
      given?.enforce !== undefined && given.enforce !== 'contract'
    if ('addCheck' in intent) return early(intent.addCheck)
    return 'addForeignKey' in intent && early(intent.addForeignKey)
  })
}

/** Constraints that contract is to add, whose names something has by now, or whose tables or columns are gone. */
export function rulesInTheWay(plan: Plan, catalog: Catalog): readonly ObjectChange[] {
  const moved = new Set(
    plan.lenses.flatMap((lens) =>
      lens.kind === 'row' ? lens.new.map(({ contracted }) => `${showTable(lens.table)}.${contracted}`) : [],
    ),
  )
  const ahead = plan.phases.contract.flatMap(({ actions }) => actions)
  return ahead.flatMap((action): readonly ObjectChange[] => {
    if (action.do !== 'addConstraint' || action.rule === undefined) return []
    const taken = tableIn(catalog, action.table)?.constraints.some(({ name }) => name === action.name) === true
    const gone = (action.names ?? []).flatMap(({ table, columns }) => {
      const there = tableIn(catalog, table)?.columns.map(({ name }) => name) ?? []
      return columns
        .filter((name) => !there.includes(name) && !moved.has(`${showTable(table)}.${name}`))
        .map((name) => `${showTable(table)}.${name}`)
    })
    return [
      ...(taken
        ? [
            {
              name: `constraint ${action.name} on ${showTable(action.table)}`,
              problem: 'came since, under the name of the one that contract adds',
            },
          ]
        : []),
      ...gone.map((name) => ({ name, problem: `the column is gone, and ${action.name} names it` })),
    ]
  })
}
