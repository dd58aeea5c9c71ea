import type { Dialect } from '../dialects/dialect.ts'
import { drift, usageError } from '../errors.ts'
import type { Plan } from '../planner/plan.ts'
import { planView } from './plan-view.ts'

/** How many lines of a difference stand in the message; `details.diff` has all. */
const shown = 40

/**
 * `expand --plan` runs exactly the kept plan, or nothing.
 *
 * @throws BellowsError exit 6 that shows the statements which differ.
 */
export function refuseDifference(dialect: Dialect, stateSchema: string, plan: Plan, kept: readonly Plan[]): void {
  const found = kept.find((candidate) => candidate.migration === plan.migration)
  if (found === undefined) throw usageError('plan.file', `the plan file has no plan for ${plan.migration}`)
  if (JSON.stringify(found.phases) === JSON.stringify(plan.phases)) return
  const before = stepsOf(found)
  const after = stepsOf(plan)
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id))
  const statements = (of: Plan): ReadonlyMap<string, readonly string[]> => linesOf(dialect, stateSchema, of)
  const old = statements(found)
  const now = statements(plan)
  const diff = changed.flatMap((id) => differing(id, old.get(id) ?? [], now.get(id) ?? []))
  const more = diff.length > shown ? [`... ${diff.length - shown} more lines in --json`] : []
  throw drift(
    'plan.changed',
    [
      `the database or the migration changed since the plan was kept: ${changed.join(', ') || 'the order of the steps'}`,
      ...diff.slice(0, shown),
      ...more,
    ].join('\n'),
    { hint: 'Make the plan again, and have it looked at again.', details: { changed, diff } },
  )
}

function stepsOf(plan: Plan): ReadonlyMap<string, string> {
  return new Map(Object.values(plan.phases).flatMap((list) => list.map((step) => [step.id, JSON.stringify(step)])))
}

function linesOf(dialect: Dialect, stateSchema: string, plan: Plan): ReadonlyMap<string, readonly string[]> {
  const view = planView(dialect, plan, 'pending', stateSchema, [], null)
  const steps = Object.values(view.phases).flat()
  return new Map(steps.map(({ id, statements }) => [id, statements.flatMap((statement) => statement.split('\n'))]))
}

function differing(id: string, old: readonly string[], now: readonly string[]): readonly string[] {
  const gone = old.filter((line) => !now.includes(line)).map((line) => `- ${line}`)
  const come = now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)
  return gone.length + come.length === 0 ? [] : [`${id}:`, ...gone, ...come]
}
