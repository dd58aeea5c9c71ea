import { isRequired, type Ready, type State, states } from '../compat/states.ts'
import type { Version } from './options.ts'

/** Where a database was before it was rolled back. */
export type Passed = Exclude<State, 'before'>

/** A state of a migration, and who has to work in it. */
export interface Stop {
  readonly state: State
  /** The state was reached by a rollback from this one. */
  readonly rolledBackFrom: Passed | null
  /** The versions that have to work here: the old one until contract, the new one from when it may be deployed. */
  readonly versions: readonly Version[]
}

const ways: Readonly<Record<Passed, State>> = { expanded: 'before', backfilled: 'before', contracted: 'backfilled' }

/** The states of a migration in the order in which a database can be led through them. */
export function stopsOf(ready: Ready, back: boolean): readonly Stop[] {
  const stop = (state: State, rolledBackFrom: Passed | null): Stop => ({
    state,
    rolledBackFrom,
    versions: (['old', 'new'] as const).filter((version) => isRequired(version, state, ready)),
  })
  return states.flatMap((state) => {
    if (state === 'before' || !back) return [stop(state, null)]
    return [stop(state, null), stop(ways[state], state)]
  })
}

/** `expanded`, or `before, rolled back from expanded`. */
export const nameOf = ({ state, rolledBackFrom }: Pick<Stop, 'state' | 'rolledBackFrom'>): string =>
  rolledBackFrom === null ? state : `${state}, rolled back from ${rolledBackFrom}`

/** Where every migration begins. */
export const beginning = { state: 'before', rolledBackFrom: null } as const
