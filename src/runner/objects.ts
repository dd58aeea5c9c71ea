import type { Catalog, Dependent, Table } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import {
  differencesFrom,
  leftover,
  namedNow,
  type ObjectChange,
  objectsOf,
  type PlannedObject,
  standingOn,
  tableIn,
} from '../planner/objects.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action } from '../planner/steps.ts'
import type { Gate } from './api.ts'
import { addedTo } from './created-tables.ts'
import { rulesInTheWay } from './new-rules.ts'
import { changedDefinitions } from './said-again.ts'

/** Are the columns that the plan stands on still there? Somebody may have changed the table beside us. */
export function missingObjects(plan: Plan, catalog: Catalog, contracted = false): readonly ObjectChange[] {
  return plan.lenses.flatMap((lens) => {
    const table = tableIn(catalog, lens.table)
    if (table === undefined) return [{ name: showTable(lens.table), problem: 'the table is gone', hint: bringBack }]
    const ends = lens.kind === 'row' ? [...lens.old, ...lens.new] : [lens.column]
    return ends.flatMap((end) => {
      const name = contracted ? end.contracted : end.expanded
      const column = table.columns.find((found) => found.name === name)
      if (column === undefined)
        return [{ name: `${showTable(table)}.${name}`, problem: 'the column is gone', hint: bringBack }]
      return []
    })
  })
}

/** Until contract: what is gone, and what somebody added to or changed of the columns that are copied. It would be lost with them. */
export function changedObjects(plan: Plan, catalog: Catalog): readonly ObjectChange[] {
  const missing = missingObjects(plan, catalog)
  if (missing.length > 0 || plan.objects === undefined) return missing
  return [
    ...differencesFrom(
      plan.objects,
      [...objectsOf(plan.lenses, catalog), ...namedNow(plan.objects, catalog)],
      madeBy([...plan.phases.expand, ...plan.phases.backfill].flatMap(({ actions }) => actions)),
    ),
    ...builtOnCopies(plan, catalog),
    ...changedDefinitions(plan, catalog),
    ...takenNames(plan, catalog),
  ]
}

/** A name that contract gives, and that something else has by now. */
function takenNames(plan: Plan, catalog: Catalog): readonly ObjectChange[] {
  const actions = plan.phases.contract.flatMap(({ kind, actions }) => (kind === 'name' ? actions : []))
  return actions.flatMap((action) => {
    if (action.do !== 'renameIndex' && action.do !== 'renameConstraint') return []
    const { table, to } = action
    const found = tableIn(catalog, table)
    const kind = action.do === 'renameIndex' ? 'index' : 'constraint'
    const there = kind === 'index' ? found?.indexes : found?.constraints
    if (there?.some(({ name }) => name === to) !== true) return []
    const problem = `came since, and has the name that contract gives to ${action.from}`
    return [{ name: `${kind} ${to} on ${showTable(table)}`, problem, hint: 'Give what came since another name.' }]
  })
}

/** Where names are exchanged, the copy bears the new name until contract and is hidden then: what somebody built on it would go with it. */
function builtOnCopies(plan: Plan, catalog: Catalog): readonly ObjectChange[] {
  return plan.lenses.flatMap((lens) => {
    const table = lens.kind === 'row' && lens.identity ? tableIn(catalog, lens.table) : undefined
    if (lens.kind !== 'row' || table === undefined) return []
    const columns = new Set(lens.new.map(({ expanded }) => expanded))
    const built = builtOn(plan, table, columns).map(({ name, drop }) => {
      if (drop !== undefined) return leftover(name, drop)
      const problem =
        'stands on the new name before contract, and would be lost with the copy: on the old name it follows'
      return { name, problem }
    })
    return [...built, ...boundToCopies(table, columns)].map((each) => ({ hint: onTheOldName, ...each }))
  })
}

/** A view goes on, with values that follow, until purge names it. What acts on writes, or is sent elsewhere, would not. */
const passive: readonly Dependent['kind'][] = ['view', 'materialized view']

function boundToCopies(table: Table, columns: ReadonlySet<string>): readonly ObjectChange[] {
  return table.dependents
    .filter(({ textual, byName, kind }) => !textual && byName !== true && !passive.includes(kind))
    .filter((dependent) => dependent.columns.some((column) => columns.has(column)))
    .map(({ kind, name, drop }) => ({
      name: `${kind} ${name}`,
      problem: `names the new name before contract, and would go on with the copy that is hidden then${drop === undefined ? '' : ` (${drop}; make it again after contract)`}`,
    }))
}

/** What actions of a plan make or change themselves, by the names of planned objects. */
export function madeBy(actions: readonly Action[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const action of actions) {
    if (!('table' in action)) continue
    const where = showTable(action.table)
    if (action.do === 'createIndex') {
      names.add(`index ${action.index.name} on ${where}`)
      names.add(`constraint ${action.index.name} on ${where}`)
    }
    if (action.do === 'addConstraint') {
      names.add(`constraint ${action.name} on ${where}`)
      names.add(`foreign key ${action.name} on ${where}`)
    }
    if ('column' in action && typeof action.column === 'string') names.add(`column ${where}.${action.column}`)
  }
  return names
}

/**
 * What somebody built on columns that these actions take away, or added to tables that they do, and would go with them: indexes,
 * constraints, statistics, sequences.
 */
export function goingAlong(plan: Plan, ahead: readonly Action[], catalog: Catalog): readonly string[] {
  const made = new Map(
    plan.phases.expand.flatMap(({ actions }) =>
      actions.flatMap((action) =>
        action.do === 'createTable' ? [[showTable(action.table), action.spec] as const] : [],
      ),
    ),
  )
  const names = ahead.flatMap((action) => {
    if (action.do !== 'dropColumn' && action.do !== 'dropTable') return []
    const table = tableIn(catalog, action.table)
    if (table === undefined) return []
    const columns = action.do === 'dropColumn' ? [action.column] : table.columns.map(({ name }) => name)
    // A foreign key that points here is in the way, and what depends on the column likewise.
    const keys = new Set(table.foreignKeysIn.map((key) => `foreign key ${key.name} on ${showTable(key.table)}`))
    const built = builtOn(plan, table, new Set(columns)).filter(({ name }) => !keys.has(name))
    if (action.do === 'dropColumn') return built.map(({ name }) => name)
    const spec = made.get(showTable(table))
    return spec === undefined ? [] : addedTo(table, spec, built)
  })
  return [...new Set(names)]
}

/** What stands on some columns and is none of the plan's; what depends on them is left out. */
export function builtOn(plan: Plan, table: Table, columns: ReadonlySet<string>): readonly PlannedObject[] {
  const made = madeByPlan(plan)
  const own = new Set([...columns].map((column) => `column ${showTable(table)}.${column}`))
  return standingOn(table, columns).filter(
    ({ name, definition }) => definition !== null && !own.has(name) && !made.has(name),
  )
}

/** What any step of a plan makes or names, there or back. */
function madeByPlan(plan: Plan): ReadonlySet<string> {
  const all = Object.values(plan.phases).flatMap((steps) =>
    steps.flatMap((step) => [...step.actions, ...step.undo.flatMap(({ actions }) => actions)]),
  )
  const renamed = all.flatMap((action) => {
    if (action.do !== 'renameIndex' && action.do !== 'renameConstraint') return []
    return ['index', 'constraint'].map((kind) => `${kind} ${action.to} on ${showTable(action.table)}`)
  })
  return new Set([...madeBy(all), ...renamed])
}

const takenIn =
  'Somebody changed the table beside the migration. Undo that, or roll the migration back and expand it again: it then takes the change in.'

const bringBack =
  'The migration cannot go on without it: bring it back, or roll the migration back and write another for what is there now.'

const onTheOldName =
  'What stands on the new name of a rename goes with its copy, at contract as on the way back: take it away, and make it on the old name, from which it follows, or after contract.'

/** What is done about it. */
export const objectsHint = (changes: readonly ObjectChange[]): string =>
  [...new Set(changes.map(({ hint }) => hint ?? takenIn))].join(' ')

/** The gate: everything that the plan stands on is as it was left; and before contract has begun, there is room for what it adds. */
export function objectsGate(plan: Plan, catalog: Catalog, begun: boolean): Gate {
  const missing = [...changedObjects(plan, catalog), ...(begun ? [] : rulesInTheWay(plan, catalog))]
  if (missing.length === 0)
    return {
      name: 'objects',
      status: 'ok',
      reason: 'the objects are as they were left',
      hint: null,
      retryAfterSeconds: null,
    }
  return {
    name: 'objects',
    status: 'failed',
    reason: missing.map(({ name, problem }) => `${name}: ${problem}`).join('; '),
    hint: objectsHint(missing),
    retryAfterSeconds: null,
  }
}
