import type { Change } from '../../planner/change.ts'
import type { Arrange } from '../../planner/plan.ts'
import { type Context, swapFirst } from './context.ts'

type Arranger<Kind extends Change['kind']> = (context: Context, change: Extract<Change, { kind: Kind }>) => void

/** What a dialect makes of each kind of change. */
export type Arrangers = { readonly [Kind in Change['kind']]: Arranger<Kind> }

/**
 * Changes into steps, in their order; indexes, and then rules, come after the columns that the same migration makes, wherever they are
 * said, and what goes by its name goes last: what takes its place is there by then. Pure: it knows the catalog it is given and nothing
 * else.
 */
export function arrangeWith(arrangers: Arrangers): Arrange {
  const arrangeChange = <Kind extends Change['kind']>(
    context: Context,
    change: Extract<Change, { kind: Kind }>,
  ): void => {
    const arranger: Arranger<Kind> = arrangers[change.kind as Kind]
    arranger(context, change)
  }
  return ({ migration, changes, catalog, statements }) => {
    const context: Context = {
      migration,
      changes,
      catalog,
      statements,
      phases: { expand: [], backfill: [], contract: [], purge: [] },
      swaps: [],
      lenses: [],
      hazards: [],
      named: [],
    }
    for (const change of inOrder(changes)) arrangeChange(context, change)
    const phases = { ...context.phases, contract: swapFirst(context) }
    return { phases, lenses: context.lenses, hazards: context.hazards, named: context.named }
  }
}

const late: readonly Change['kind'][] = [
  'addIndex',
  'addUnique',
  'addCheck',
  'addForeignKey',
  'dropConstraint',
  'dropIndex',
]

const inOrder = (changes: readonly Change[]): readonly Change[] => [
  ...changes.filter(({ kind }) => !late.includes(kind)),
  ...late.flatMap((each) => changes.filter(({ kind }) => kind === each)),
]
