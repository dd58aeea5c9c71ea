/** The states of a migration that statements are checked in, in order. */
export const states = ['before', 'expanded', 'backfilled', 'contracted'] as const

/** One of {@link states}. */
export type State = (typeof states)[number]

/** From which state on the new version has to work: where it reads the new shape only, that is filled at `backfilled`. */
export type Ready = 'expanded' | 'backfilled'

/** Whether a version has to work in a state: the old one until contract, the new one from when it is deployed. */
export function isRequired(role: 'old' | 'new', state: State, ready: Ready): boolean {
  if (role === 'old') return state !== 'contracted'
  return states.indexOf(state) >= states.indexOf(ready)
}
