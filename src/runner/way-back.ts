import type { Definition, Look } from '../dialects/dialect.ts'
import { drift } from '../errors.ts'
import type { Catalog, Dependent, Grant, TableRef } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { RowLens } from '../planner/links/lens.ts'
import { tableIn } from '../planner/objects.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action, ViewSpec } from '../planner/steps.ts'
import { dropsOf, standsOnSequence } from './dependents.ts'
import { onSequence } from './in-the-way.ts'
import { namesAmiss } from './names-ahead.ts'
import { builtOn } from './objects.ts'
import { withLockRetry } from './retry.ts'
import type { Looking } from './run.ts'
import {
  besideDefinition,
  type Difference,
  nameOf,
  outOfReach,
  readersSince,
  rightOf,
  withoutRights,
} from './said-again.ts'

/** What is said again on the way back, as it was at expand. */
type SaidAgain = Extract<Action, { do: 'createView' | 'bindPolicy' | 'createStatistics' }>

/**
 * Before the way back from contract: what would undo what somebody did since. What is gone stays away, unless the way back itself
 * needs it.
 *
 * @param ahead the actions that are still to be run
 * @returns by what names the objects are known that are not said again, and why
 * @throws BellowsError exit 6 that names what was changed, came since, or is missing
 */
export async function lookAhead(
  run: Looking,
  name: string,
  plan: Plan,
  ahead: readonly Action[],
  catalog: Catalog,
): Promise<ReadonlyMap<string, string>> {
  // Where no transaction holds DDL, a way back looks at what is there as it goes, and says nothing again.
  if (run.dialect.section !== null) return new Map()
  const gone = new Map<string, string>()
  const standing = dependentsOnNew(ahead, catalog)
  const onSequences = ahead.flatMap((action) => onSequence(action, catalog).map((each) => ({ ...each, action })))
  const amiss = namesAmiss(ahead, catalog)
  const wrong: Difference[] = [
    ...amiss,
    ...noIdentity(ahead, catalog),
    ...outOfReach(ahead, catalog),
    ...onSequences.map((each) => ({ name: `${each.kind} ${each.name}`, problem: standsOnSequence(each.action) })),
    ...cameSince(plan, ahead, catalog),
    ...nothingToPointAt(ahead, catalog),
    ...standing.map((each) => inTheWay(plan, each)),
  ]
  const carried = new Set(ahead.flatMap((action) => (action.do === 'createView' ? [nameOf(action.view)] : [])))
  for (const action of new Map(ahead.filter(isSaidAgain).map((each) => [subjectOf(each), each])).values()) {
    const subject = subjectOf(action) ?? ''
    // It is read by the names that columns had, which first have to be free.
    const state = amiss.length > 0 ? 'same' : await stateOf(run, action, plan, catalog)
    if (state === 'gone') gone.set(subject, 'was taken away since, and is not made again')
    else if (state === 'nameless')
      gone.set(subject, 'was changed since, names no column of the table, and stays as it is')
    else if (state === 'changed') wrong.push({ name: subject, problem: 'was changed, which would be lost' })
    if (action.do === 'createView')
      wrong.push(...withoutRights(action.view, catalog), ...readersSince(action.view, catalog, carried))
  }
  if (wrong.length === 0) return gone
  const beforehand = [...standing, ...onSequences]
  throw drift('rollback.objects', `${name}: ${wrong.map((each) => `${each.name} ${each.problem}`).join('; ')}`, {
    hint: `Make again what the way back needs, say as it was what was changed, and take away what came since, or give it another name; then roll back. A view, policy or statistics that you take away stays away: make it again afterwards, for the old shape.${beforehand.length === 0 ? '' : ` What stands on the new column goes before the way back and is made again after it:${dropsOf(beforehand, catalog)}`}`,
  })
}

const isSaidAgain = (action: Action): action is SaidAgain =>
  action.do === 'createView' || action.do === 'bindPolicy' || action.do === 'createStatistics'

/** By what people know the object that an action takes away or says again; null for other actions. */
export function subjectOf(action: Action): string | null {
  if (action.do === 'dropView' || action.do === 'createView') return `view ${nameOf(action.view)}`
  if (action.do === 'bindPolicy') return `policy ${action.name} on ${showTable(action.table)}`
  if (action.do === 'dropStatistics' || action.do === 'createStatistics')
    return `statistics ${showTable(action.statistics)}`
  return null
}

/** `nameless`: a policy that names no column any more does not have to be said again. */
type State = 'same' | 'changed' | 'gone' | 'nameless'

async function stateOf(run: Looking, action: SaidAgain, plan: Plan, catalog: Catalog): Promise<State> {
  const renames = renamesOf(plan, catalog)
  const compared = async (definition: Definition): Promise<State> => {
    const same = await withLockRetry('a look at what is said again', run, (lockTimeout) =>
      run.dialect.stillSays(run.worker, definition, { stateSchema: run.stateSchema, lockTimeout, renames }),
    )
    return same ? 'same' : 'changed'
  }
  if (action.do === 'createStatistics') {
    const state = stateOfStatistics(action, plan, catalog)
    const { schema, name, expressions = [] } = action.statistics
    if (state !== 'same' || expressions.length === 0) return state
    return compared({ kind: 'statistics', table: action.table, statistics: { schema, name }, expressions })
  }
  if (action.do === 'createView') {
    const now = catalog.views.find((each) => nameOf(each) === nameOf(action.view))
    if (now === undefined) return 'gone'
    const asMade = { ...now, grants: withoutDefaults(now.grants, action.view, catalog) }
    if (!now.plain || besideDefinition(asMade) !== besideDefinition(action.view)) return 'changed'
    return compared({ kind: 'view', view: action.view })
  }
  const { table, name, rules } = action
  const on = tableIn(catalog, table)
  // One of another table, of the same name, is another.
  if (on?.dependents.some((each) => each.policy !== undefined && each.name === name) === true)
    return compared({ kind: 'policy', table, name, rules })
  return on?.policies?.includes(name) === true ? 'nameless' : 'gone'
}

/** A contract of ours once left on a view what default privileges give to whatever is made; nobody asked for that, so it is no change. */
function withoutDefaults(grants: readonly Grant[], planned: ViewSpec, catalog: Catalog): readonly Grant[] {
  const here = (catalog.defaultGrants ?? []).filter(({ schema }) => schema === null || schema === planned.schema)
  const [given, wanted] = [here, planned.grants].map((each) => new Set(each.map(rightOf)))
  return grants.filter((grant) => wanted?.has(rightOf(grant)) || !given?.has(rightOf(grant)))
}

/** A new column by the name that it has after contract, and the old one by what it was called at expand. */
interface Renamed {
  readonly table: TableRef
  readonly from: string
  readonly to: string
}

const renamedBy = ({ table, old, new: ends }: RowLens): readonly Renamed[] =>
  ends.flatMap((end, at) => {
    const before = old[at]
    return before === undefined ? [] : [{ table, from: end.contracted, to: before.expanded }]
  })

/** What has another name since than when it was said. Under one name a new column is called as the old one was. */
function renamesOf(plan: Plan, catalog: Catalog): Look['renames'] {
  return plan.lenses.flatMap((lens) => {
    if (lens.kind !== 'row' || lens.sameName) return []
    const names = new Set(tableIn(catalog, lens.table)?.columns.map(({ name }) => name))
    return lens.old.every(({ contracted }) => names.has(contracted)) ? renamedBy(lens) : []
  })
}

/** All but what its expressions say, which the server prints by the types of their columns; how many there are of them counts. */
function stateOfStatistics(
  { table, statistics }: Extract<Action, { do: 'createStatistics' }>,
  plan: Plan,
  catalog: Catalog,
): State {
  const here = plan.lenses.flatMap((lens) => (lens.kind === 'row' ? renamedBy(lens) : []))
  const before = new Map(
    here.filter((each) => showTable(each.table) === showTable(table)).map(({ from, to }) => [from, to]),
  )
  const said = ({ definition, expressions, columns, owner, target, comment }: typeof statistics): string =>
    JSON.stringify([
      definition.split(' ON ')[0],
      // A plan of an older version does not say them.
      statistics.expressions === undefined ? null : expressions?.length,
      statistics.owner === undefined ? null : owner,
      columns.map((name) => before.get(name) ?? name).sort(),
      target,
      comment,
    ])
  const now = tableIn(catalog, table)?.statistics.find((each) => showTable(each) === showTable(statistics))
  if (now === undefined) return 'gone'
  return said(now) === said(statistics) ? 'same' : 'changed'
}

/** The old version needs it. */
function noIdentity(ahead: readonly Action[], catalog: Catalog): readonly Difference[] {
  return ahead.flatMap((action) => {
    if (action.do !== 'moveIdentity') return []
    const column = tableIn(catalog, action.table)?.columns.find(({ name }) => name === action.from)
    if (column?.identity !== null) return []
    return [{ name: `column ${showTable(action.table)}.${action.from}`, problem: 'is no identity any more' }]
  })
}

/** The new columns whose names go back to the old ones: what stands on them would go on with a column that is hidden. */
function givingUpTheirNames(ahead: readonly Action[], catalog: Catalog) {
  return ahead.flatMap((action) => {
    if (action.do !== 'sync' || action.mode !== 'final' || action.lens.kind !== 'row') return []
    const { lens } = action
    const table = tableIn(catalog, lens.table)
    if (!lens.sameName || lens.identity || table === undefined) return []
    return [{ table, columns: new Set(lens.new.map(({ contracted }) => contracted)) }]
  })
}

/** A foreign key that comes again, where what it points at is gone. */
function nothingToPointAt(ahead: readonly Action[], catalog: Catalog): readonly Difference[] {
  return ahead.flatMap((action) => {
    if (action.do !== 'addConstraint' || action.parent === null || tableIn(catalog, action.parent) !== undefined)
      return []
    return [{ name: `table ${showTable(action.parent)}`, problem: `is gone, and ${action.name} points at it` }]
  })
}

/** What is locked for a foreign key that goes: with a table that it pointed at, it went. */
export function lockedStill(action: Action, catalog: Catalog): Action {
  if (action.do !== 'lockTables') return action
  return { ...action, tables: action.tables.filter((table) => tableIn(catalog, table) !== undefined) }
}

/** What somebody built on such a column. What depends on it has {@link dependentsOnNew}. */
function cameSince(plan: Plan, ahead: readonly Action[], catalog: Catalog): readonly Difference[] {
  if (plan.objects === undefined) return []
  const known = new Set(plan.objects.map(({ name }) => name))
  return givingUpTheirNames(ahead, catalog).flatMap(({ table, columns }) =>
    builtOn(plan, table, columns)
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => ({ name, problem: 'was not there at expand, and stands on the new column' })),
  )
}

/** What depends on such a column and is not said again, also where it was there at expand and was taken away for contract. */
function dependentsOnNew(ahead: readonly Action[], catalog: Catalog): readonly Dependent[] {
  const again = new Set(ahead.filter(isSaidAgain).map(subjectOf))
  return givingUpTheirNames(ahead, catalog).flatMap(({ table, columns }) =>
    table.dependents.filter(
      ({ kind, name, policy, textual, columns: reads }) =>
        !textual &&
        reads.some((column) => columns.has(column)) &&
        // A policy of another table is not said again, whatever its name is.
        !again.has(policy === undefined ? `${kind} ${name}` : `policy ${name} on ${showTable(table)}`),
    ),
  )
}

function inTheWay(plan: Plan, { kind, name }: Dependent): Difference {
  const wasThere = plan.objects?.some((each) => each.name === `${kind} ${name}`)
  const when = wasThere ? 'was made again after contract' : 'was not there at expand'
  return { name: `${kind} ${name}`, problem: `${when}, and stands on the new column` }
}
