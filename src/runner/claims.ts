import { refused } from '../errors.ts'
import { rank } from '../ledger/state.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { Action, Step } from '../planner/steps.ts'

interface Claims {
  readonly writes: ReadonlySet<string>
  readonly reads: ReadonlySet<string>
}

const place = (table: { readonly schema: string; readonly name: string }, column: string): string =>
  `${table.schema}.${table.name}.${column}`

/** The columns that a plan adds, hides or writes, and those that its lenses, its indexes and what it copies read. */
export function claimsOf(plan: Plan): Claims {
  const writes = new Set<string>()
  const reads = new Set<string>()
  for (const steps of Object.values(plan.phases)) {
    for (const step of steps) {
      for (const action of step.actions) claimAction(action, writes, reads)
      for (const key of keysGoing(step)) writes.add(key)
    }
  }
  for (const lens of plan.lenses) claimLens(lens, writes, reads)
  for (const { table, columns } of plan.objects ?? []) for (const name of columns) reads.add(place(table, name))
  return { writes, reads }
}

const keyPlace = (table: { readonly schema: string; readonly name: string }, columns: readonly string[]): string =>
  place(table, `key (${[...columns].sort().join(', ')})`)

/** Unique indexes that a migration takes away by themselves: rows may be told apart by one. */
function keysGoing({ kind, actions, undo }: Step): readonly string[] {
  if (kind !== 'index' && kind !== 'constraint') return []
  if (!actions.some((action) => action.do === 'dropIndex' || action.do === 'dropConstraint')) return []
  return undo.flatMap((part) =>
    part.actions.flatMap((action) =>
      action.do === 'createIndex' && action.index.unique ? [keyPlace(action.table, action.index.columns ?? [])] : [],
    ),
  )
}

function claimLens(lens: Lens, writes: Set<string>, reads: Set<string>): void {
  const ends = lens.kind === 'row' ? [...lens.old, ...lens.new] : [lens.column]
  for (const end of ends) {
    for (const name of [end.name, end.expanded, end.contracted]) writes.add(place(lens.table, name))
  }
  for (const { name } of lens.untouched) reads.add(place(lens.table, name))
  // Its rows are walked, and named, by this key.
  reads.add(
    keyPlace(
      lens.table,
      lens.key.map(({ name }) => name),
    ),
  )
}

function claimAction(action: Action, writes: Set<string>, reads: Set<string>): void {
  if (!('table' in action)) return
  if ('column' in action)
    writes.add(place(action.table, typeof action.column === 'string' ? action.column : action.column.name))
  if (action.do === 'renameColumn') for (const name of [action.from, action.to]) writes.add(place(action.table, name))
  if (action.do === 'renameColumns')
    for (const { from, to } of action.renames) for (const name of [from, to]) writes.add(place(action.table, name))
  if (action.do === 'analyze') for (const name of action.columns) reads.add(place(action.table, name))
  if (action.do === 'createTable' || action.do === 'dropTable') writes.add(place(action.table, '*'))
  if (action.do === 'addConstraint' && action.rule !== undefined) {
    writes.add(place(action.table, `constraint ${action.name}`))
    for (const { table, columns } of action.names ?? []) for (const name of columns) reads.add(place(table, name))
    // No trigger of another migration may fire for what it changes by itself (MySQL, MariaDB).
    const [own] = action.parent === null ? [] : (action.names ?? [])
    if (own !== undefined && /on update (cascade|set)|on delete set/.test(action.definition))
      for (const name of own.columns) writes.add(place(own.table, name))
  }
  if (action.do === 'dropIndex' || action.do === 'hideIndex') writes.add(place(action.table, `index ${action.name}`))
  if (action.do === 'renameIndex')
    for (const name of [action.from, action.to]) writes.add(place(action.table, `index ${name}`))
  if (action.do === 'dropConstraint') writes.add(place(action.table, `constraint ${action.name}`))
  if (action.do === 'renameConstraint')
    for (const name of [action.from, action.to]) writes.add(place(action.table, `constraint ${name}`))
  if (action.do === 'createIndex') {
    writes.add(place(action.table, `index ${action.index.name}`))
    for (const name of action.index.columns ?? []) reads.add(place(action.table, name))
  }
}

/**
 * Two migrations in flight must not stand on each other's columns.
 *
 * @throws BellowsError exit 3 that names the other migration and the column.
 */
export function refuseConflicts(plan: Plan, rows: readonly MigrationRow[]): void {
  const mine = claimsOf(plan)
  for (const row of rows) {
    const inFlight =
      row.plan !== null && row.state !== 'completed' && (rank(row.state) > 0 || row.state === 'rolling-back')
    if (!inFlight || row.name === plan.migration || row.plan === null) continue
    const theirs = claimsOf(row.plan)
    const clash =
      [...mine.writes, ...mine.reads].find((column) => theirs.writes.has(column)) ??
      [...mine.writes].find((column) => theirs.reads.has(column))
    if (clash === undefined) continue
    throw refused('plan.conflict', `${plan.migration} and ${row.name} (${row.state}) both concern ${clash}`, {
      hint: `Complete ${row.name} (contract, then purge) or roll it back first.`,
    })
  }
}
