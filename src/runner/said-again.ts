import type { Catalog, Grant, PolicyRules, Statistics, TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import { tableIn } from '../planner/objects.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action, ViewSpec } from '../planner/steps.ts'

/** What is not as the plan has it, and how. */
export type Difference = { readonly name: string; readonly problem: string }

/** Views, policies and statistics that contract says again as they were at expand: what somebody made of them since would be undone by it. */
export function changedDefinitions(plan: Plan, catalog: Catalog): readonly Difference[] {
  const actions = plan.phases.contract.flatMap((step) => step.actions)
  const carried = new Set(actions.flatMap((action) => (action.do === 'createView' ? [nameOf(action.view)] : [])))
  const differences = actions.flatMap((action): readonly Difference[] => {
    if (action.do === 'createStatistics') return changedStatistics(action.statistics, action.table, catalog)
    if (action.do === 'createView') return changedView(action.view, catalog, carried)
    if (action.do !== 'bindPolicy') return []
    const table = tableIn(catalog, action.table)
    const now = table?.dependents.find(({ policy, name }) => policy !== undefined && name === action.name)?.policy
    const subject = `policy ${action.name} on ${showTable(action.table)}`
    if (now === undefined && table?.policies?.includes(action.name) === true)
      return [{ name: subject, problem: 'was changed, and names no column of the table any more' }]
    return compared(subject, rulesOf(action.rules), now && rulesOf(now))
  })
  return [...new Map(differences.map((each) => [`${each.name} ${each.problem}`, each])).values()]
}

/** What their definition does not say; that, and whether they are there, is looked at as of all that stands on the columns. */
function changedStatistics(planned: Statistics, table: TableRef, catalog: Catalog): readonly Difference[] {
  const name = showTable(planned)
  const now = tableIn(catalog, table)?.statistics.find((each) => showTable(each) === name)
  if (now === undefined || now.definition !== planned.definition) return []
  // A plan of an older version does not say the owner.
  const beside = ({ owner, target, comment }: Statistics): string =>
    JSON.stringify([planned.owner === undefined ? null : owner, target, comment])
  return compared(`statistics ${name}`, beside(planned), beside(now))
}

function changedView(view: ViewSpec, catalog: Catalog, carried: ReadonlySet<string>): readonly Difference[] {
  const name = nameOf(view)
  const now = catalog.views.find((each) => nameOf(each) === name)
  return [
    ...compared(`view ${name}`, saidOf(view), now && saidOf(now) + (now.plain ? '' : ' with a rule or a trigger')),
    ...withoutRights(view, catalog),
    ...readersSince(view, catalog, carried),
  ]
}

/** A plan of an older version did not ask for rights, and they can be taken: it would fail in the middle. */
export function withoutRights(view: ViewSpec, catalog: Catalog): readonly Difference[] {
  const now = catalog.views.find((each) => nameOf(each) === nameOf(view))
  if (now?.mayMakeAgain !== false) return []
  const problem = `is to be made again, for which the role that migrates needs the rights of ${now.owner} (from PostgreSQL 16 on INHERIT and SET), and both need CREATE in the schema ${now.schema}`
  return [{ name: `view ${nameOf(view)}`, problem }]
}

/** Views that read one which is said again, and are not, and whatever else stands on it: they would be in the way of it. */
export function readersSince(view: ViewSpec, catalog: Catalog, carried: ReadonlySet<string>): readonly Difference[] {
  const name = nameOf(view)
  const later = catalog.views.filter((each) => each.reads.includes(name) && !carried.has(nameOf(each)))
  const holders = catalog.views.find((each) => nameOf(each) === name)?.holders ?? []
  return [
    ...later.map((each) => ({ name: `view ${nameOf(each)}`, problem: `was not there at expand, and reads ${name}` })),
    ...holders.map((each) => ({ name: each.name, problem: `stands on view ${name}, which is made again` })),
  ]
}

function compared(name: string, planned: string, now: string | undefined): readonly Difference[] {
  if (planned === now) return []
  return [{ name, problem: now === undefined ? 'is gone' : 'was changed' }]
}

/** By what a view is known. */
export const nameOf = ({ schema, name }: Pick<ViewSpec, 'schema' | 'name'>): string => `${schema}.${name}`

const rulesOf = ({ using, check }: PolicyRules): string => JSON.stringify([using, check])

/** In one order of keys: the plan comes from the ledger. */
function saidOf(view: ViewSpec): string {
  return JSON.stringify([view.definition, besideDefinition(view)])
}

/** All of a view but its definition. */
export function besideDefinition({ options, owner, comment, grants }: ViewSpec): string {
  return JSON.stringify([options, owner, comment, grants.map(rightOf).sort()])
}

/** A right, so that it can be compared. */
export const rightOf = ({ grantee, privilege, grantable }: Grant): string =>
  JSON.stringify([grantee, privilege, grantable])

/** Statistics that these actions make again, and that only others may take away or make. */
export function outOfReach(actions: readonly Action[], catalog: Catalog): readonly Difference[] {
  const found = actions.flatMap((action): readonly Difference[] => {
    if (action.do !== 'createStatistics') return []
    const name = showTable(action.statistics)
    const now = tableIn(catalog, action.table)?.statistics.find((each) => showTable(each) === name)
    if (now?.outOfReach !== true) return []
    return [
      {
        name: `statistics ${name}`,
        problem: `belong to ${now.owner}, and are made again, which the role that migrates may not do for that role`,
      },
    ]
  })
  return [...new Map(found.map((each) => [each.name, each])).values()]
}
