import type { Catalog, TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Intent } from '../planner/intents/index.ts'
import { type ObjectChange, tableIn } from '../planner/objects.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action } from '../planner/steps.ts'

type AddConstraint = Extract<Action, { do: 'addConstraint' }>

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
    if ('addForeignKey' in intent) return early(intent.addForeignKey)
    return 'addUnique' in intent && early(intent.addUnique)
  })
}

/** What contract is to add, where something has its name by now, or where tables or columns that it names are gone. */
export function rulesInTheWay(plan: Plan, catalog: Catalog): readonly ObjectChange[] {
  const moved = new Set(
    plan.lenses.flatMap((lens) =>
      lens.kind === 'row' ? lens.new.map(({ contracted }) => `${showTable(lens.table)}.${contracted}`) : [],
    ),
  )
  const gone = (name: string, { table, columns }: NonNullable<AddConstraint['names']>[number]) => {
    const there = new Set(tableIn(catalog, table)?.columns.map((column) => column.name))
    const shown = columns.map((column) => [column, `${showTable(table)}.${column}`] as const)
    return shown
      .filter(([column, place]) => !there.has(column) && !moved.has(place))
      .map(([, place]) => ({ name: place, problem: `the column is gone, and ${name} names it` }))
  }
  return plan.phases.contract.flatMap(({ actions }) =>
    actions.flatMap((action): readonly ObjectChange[] => {
      if (action.do === 'createIndex') return takenIndex(catalog, action)
      if (action.do !== 'addConstraint' || action.rule === undefined) return []
      const { name, table, names = [] } = action
      const taken = tableIn(catalog, table)?.constraints.some((found) => found.name === name) === true
      return [...(taken ? [came('constraint', name, table)] : []), ...names.flatMap((each) => gone(name, each))]
    }),
  )
}

/** An index of the name of a unique one would count as built. */
function takenIndex(
  catalog: Catalog,
  { table, index }: Extract<Action, { do: 'createIndex' }>,
): readonly ObjectChange[] {
  if (index.rule === undefined || index.rule.called !== undefined) return []
  const found = tableIn(catalog, table)?.indexes.find(({ name }) => name === index.name)
  const columns = found?.keys.map(({ column }) => column).join()
  const same = found?.unique === true && columns === index.columns?.join()
  return found === undefined || same ? [] : [came('index', index.name, table)]
}

const came = (kind: string, name: string, table: TableRef): ObjectChange => ({
  name: `${kind} ${name} on ${showTable(table)}`,
  problem: 'came since, under the name of the one that contract adds',
})
