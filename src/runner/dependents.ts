import { gateClosed } from '../errors.ts'
import type { Catalog, Dependent, TableRef, View } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { RowLens } from '../planner/links/lens.ts'
import { tableIn } from '../planner/objects.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action } from '../planner/steps.ts'
import type { Gate } from './api.ts'
import { holdersOf, type InTheWay, keysInTheWay, onSequence, viewsOver } from './in-the-way.ts'
import { outOfReach } from './said-again.ts'

/**
 * What names the old shape and would not follow at contract. Names that are exchanged follow by themselves, but for text:
 * bodies of functions are only text to the server.
 */
export function dependentsGate(plan: Plan, catalog: Catalog): Gate {
  const carried = new Set(
    plan.phases.contract.flatMap((step) =>
      step.actions.flatMap((action) =>
        action.do === 'createView'
          ? [`${action.view.schema}.${action.view.name}`]
          : action.do === 'bindPolicy'
            ? [policyName(action.table, action.name)]
            : [],
      ),
    ),
  )
  const toDrop: InTheWay[] = []
  const hints = new Set<string>()
  const blocking = plan.lenses.flatMap((lens) => {
    if (lens.kind === 'fill' && lens.side !== 'old') return []
    const table = tableIn(catalog, lens.table)
    const olds = lens.kind === 'row' ? lens.old : [lens.column]
    const follows = lens.kind === 'row' && lens.identity
    const found = (table?.dependents ?? [])
      .filter((dependent) => dependent.columns.some((column) => olds.some((old) => old.expanded === column)))
      .filter((dependent) =>
        follows
          ? dependent.textual
          : // Only a name that stays is found, or said, again; what another lens carries would go on with this one's hidden column.
            lens.kind === 'fill' ||
            !lens.sameName ||
            !(
              (dependent.byName === true && sameCollation(lens)) ||
              carried.has(dependent.policy === undefined ? dependent.name : policyName(lens.table, dependent.name))
            ),
      )
    // Under one name the new shape cannot be named yet: what stands on the old one goes before the swap and comes after it.
    if (lens.kind === 'row' && lens.sameName) {
      toDrop.push(...found.filter(({ textual }) => !textual))
      if (found.some(({ textual }) => textual)) hints.add(findsTheNewType)
    } else if (found.length > 0) hints.add(useTheNewShape)
    return found.map(
      (dependent) =>
        `${dependent.kind} ${dependent.name} names ${showTable(lens.table)}.${olds.map(({ name }) => name).join(', ')}${dependent.textual ? ' in its text' : ''}${lens.kind === 'row' && lens.sameName ? notCarried(dependent.name, catalog) : ''}`,
    )
  })
  const ahead = plan.phases.contract.flatMap(({ actions }) => actions)
  for (const { name, problem } of outOfReach(ahead, catalog)) {
    blocking.push(`${name} ${problem}`)
    hints.add('Migrate as a role that may become the owner of what is made again, where both may CREATE in its schema.')
  }
  for (const action of ahead) {
    const found = onSequence(action, catalog)
    toDrop.push(...found)
    blocking.push(...found.map((each) => `${each.kind} ${each.name} ${standsOnSequence(action)}`))
  }
  for (const { action, key } of neededByKeys(plan, catalog)) {
    toDrop.push(key)
    blocking.push(`${key.kind} ${key.name} needs ${action.name}, which goes`)
  }
  if (blocking.length === 0) {
    return {
      name: 'dependents',
      status: 'ok',
      reason: 'nothing else names the old shape',
      hint: null,
      retryAfterSeconds: null,
    }
  }
  return {
    name: 'dependents',
    status: 'failed',
    reason: [...new Set(blocking)].join('; '),
    hint: [
      ...hints,
      ...(toDrop.length > 0
        ? [`Take them away before contract, and make them again after it:${dropsOf(toDrop, catalog)}`]
        : []),
    ].join(' '),
    retryAfterSeconds: null,
  }
}

/** Indexes and unique constraints that go by themselves, and that a foreign key came to need since they were planned. */
function neededByKeys(plan: Plan, catalog: Catalog) {
  const byThemselves = plan.phases.contract.filter(({ kind }) => kind === 'index' || kind === 'constraint')
  return byThemselves.flatMap(({ actions }) =>
    actions.flatMap((action) =>
      action.do === 'dropIndex' || action.do === 'dropConstraint'
        ? keysInTheWay(action, actions, catalog).map((key) => ({ action, key }))
        : [],
    ),
  )
}

/** Why contract does not make a view again by itself, where that is because of what it, or one that reads it, has of its own. */
function notCarried(name: string, catalog: Catalog): string {
  const lost = [...withReaders([name], catalog)]
    .reverse()
    .flatMap((each) =>
      catalog.views
        .filter((view) => `${view.schema}.${view.name}` === each)
        .flatMap(({ ofItsOwn = [] }) => ofItsOwn.map((what) => `${what}${each === name ? '' : ` of ${each}`}`)),
    )
  if (lost.length === 0) return ''
  return `, and contract does not make it again because of what would be lost: ${lost.join(', ')} (make that again too)`
}

/** These views and all that read them, each after what reads it. */
function withReaders(names: readonly string[], { views }: Catalog): readonly string[] {
  const found = new Set<string>()
  const reached = new Set<string>()
  const reach = (name: string): void => {
    if (reached.has(name)) return
    reached.add(name)
    for (const view of views) if (view.reads.includes(name)) reach(`${view.schema}.${view.name}`)
    found.add(name)
  }
  for (const name of names) reach(name)
  return [...found]
}

/** How something that stands on the sequence of a moved identity is told. */
export const standsOnSequence = (action: Action): string =>
  action.do === 'moveIdentity'
    ? `stands on the sequence of ${showTable(action.table)}.${action.from}, which is made anew`
    : ''

/** A text that says how a column is compared, or compares it with others, may not bear another character set or collation. */
const sameCollation = (lens: RowLens): boolean =>
  lens.old.every((old, index) => old.collation === lens.new[index]?.collation && lens.new[index]?.ownCharset !== true)

const useTheNewShape =
  'Make them use the new shape (both work now), or say --force-gate dependents --reason when the text means something else.'

/** The text of a body finds the new column under the old name; whether what it does bears the new type is not for us to know. */
const findsTheNewType =
  'A text goes on with the column of the new type, by its name: make sure that it bears it, as the new version has to, and then say --force-gate dependents --reason.'

/**
 * Before anything is dropped: nothing may stand on a hidden column, as it does when the gate was forced.
 *
 * @throws BellowsError exit 5 that names it
 */
export function refuseStandingOnHidden(name: string, plan: Plan, catalog: Catalog): void {
  const ahead = plan.phases.purge.flatMap(({ actions }) => actions)
  const found: readonly InTheWay[] = [
    ...plan.lenses.flatMap((lens) => {
      if (lens.kind === 'fill' && lens.side !== 'old') return []
      const hidden = (lens.kind === 'row' ? lens.old : [lens.column]).map(({ contracted }) => contracted)
      return standingOnColumns(catalog, lens.table, hidden)
    }),
    ...ahead.flatMap((action) => keysInTheWay(action, ahead, catalog)),
  ]
  if (found.length === 0) return
  throw gateClosed(
    'purge.dependents',
    `${name} is contracted, and its old shape cannot be dropped: ${namesOf(found)} still stands on it`,
    {
      hint: `Make them use the new shape, or take them away, and then run migrate purge:${dropsOf(found, catalog)}`,
    },
  )
}

/**
 * Before the new shape goes: what somebody made to stand on it would be in the way.
 *
 * @throws BellowsError exit 5 that names it
 */
export function refuseStandingOnNew(name: string, ahead: readonly Action[], catalog: Catalog): void {
  const found = ahead.flatMap((action): readonly InTheWay[] => [
    ...(action.do === 'dropColumn' ? standingOnColumns(catalog, action.table, [action.column]) : []),
    ...(action.do === 'dropTable'
      ? [
          ...standingOnColumns(catalog, action.table, null),
          ...viewsOver(action.table, catalog),
          ...holdersOf(action.table, catalog),
        ]
      : []),
    ...keysInTheWay(action, ahead, catalog),
  ])
  if (found.length === 0) return
  const drops = dropsOf(found, catalog)
  throw gateClosed(
    'rollback.dependents',
    `${name} cannot be rolled back: ${namesOf(found)} stands on the new shape, which goes`,
    {
      hint: `Make them use the old shape, or take them away, and then run migrate rollback${drops === '' ? '.' : `:${drops}`}`,
    },
  )
}

/** Views and the like that name some columns of a table, or any of them. */
function standingOnColumns(catalog: Catalog, table: TableRef, columns: readonly string[] | null): readonly Dependent[] {
  return (tableIn(catalog, table)?.dependents ?? []).filter(
    (each) => !each.textual && each.columns.some((column) => columns === null || columns.includes(column)),
  )
}

const namesOf = (found: readonly InTheWay[]): string => all(found.map(({ kind, name }) => `${kind} ${name}`))

const order: readonly InTheWay['kind'][] = [
  'foreign key',
  'rule',
  'trigger',
  'policy',
  'view',
  'materialized view',
  'generated column',
]

/** A comment, so that what it is about can be pasted with it. */
const gapAtSubscribers =
  '-- what is written from here until it is published again never reaches the subscribers: stop the writers meanwhile, or copy the table there anew'

/** What a person would run, as it can be pasted; what is in the way is never dropped by us. */
export function dropsOf(found: readonly InTheWay[], catalog: Catalog): string {
  const place = ({ kind }: InTheWay): number => (order.includes(kind) ? order.indexOf(kind) : order.length)
  const viewOf = (name: string): View | undefined =>
    catalog.views.find((view) => `${view.schema}.${view.name}` === name)
  const sorted = [...found].sort((a, b) => place(a) - place(b))
  const isView = ({ kind }: InTheWay): boolean => kind === 'view' || kind === 'materialized view'
  // What reads a view, or stands on it, would be in the way.
  const views = withReaders(
    sorted.filter(isView).map(({ name }) => name),
    catalog,
  )
  const holders = views.flatMap((name) => (viewOf(name)?.holders ?? []).map(({ drop }) => drop))
  const others = (before: boolean): readonly (string | undefined)[] =>
    sorted
      .filter((each) => !isView(each) && place(each) < order.indexOf('view') === before)
      .map(({ kind, drop }) => (kind === 'publication' && drop !== undefined ? `${gapAtSubscribers}\n  ${drop}` : drop))
  const drops = [...others(true), ...holders, ...views.map((name) => viewOf(name)?.drop), ...others(false)]
  const statements = new Set(drops.flatMap((drop) => drop ?? []))
  return [...statements].map((statement) => `\n  ${statement};`).join('')
}

const all = (texts: readonly string[]): string => [...new Set(texts)].join('; ')

const policyName = (table: TableRef, name: string): string => `policy ${name} on ${showTable(table)}`
