import type { Hazard } from '../../../planner/hazards/hazard.ts'
import type { Action, Phase, Step } from '../../../planner/steps.ts'

/** Not a change of a table that is there. */
const harmless: ReadonlySet<Action['do']> = new Set([
  'backfill',
  'verify',
  'createTable',
  'createLens',
  'dropLens',
  'dropCounters',
  'raw',
])

/** Told once for each table that is changed: the servers fail a write behind a change that waits for the same transaction's read. */
export function readBeforeWrite(phases: Readonly<Record<Phase, readonly Step[]>>): readonly Hazard[] {
  const changing = Object.values(phases)
    .flat()
    .filter(({ actions }) => actions.some((action) => !harmless.has(action.do)))
  const names = new Set(changing.flatMap(({ tables }) => tables.map(({ name }) => name)))
  return [...names].map((name) => ({
    code: 'read-before-write',
    severity: 'info',
    statement: null,
    message: `a transaction that has read ${name}, and writes it in the moment when a change of it begins to wait, may fail once with 1213`,
    hint: 'Such a write is tried again, as after any deadlock.',
    docs: 'docs/hazards.md#read-before-write',
  }))
}
