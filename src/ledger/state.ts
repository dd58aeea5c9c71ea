/** The states of a migration, in the order in which it goes through them. */
export const ledgerStates = [
  'pending',
  'expanding',
  'expanded',
  'backfilling',
  'backfilled',
  'contracting',
  'contracted',
  'purging',
  'completed',
  'rolling-back',
] as const

/** One of {@link ledgerStates}. */
export type LedgerState = (typeof ledgerStates)[number]

/** How far a state is along the way; a migration that is being rolled back is nowhere. */
export function rank(state: LedgerState): number {
  return state === 'rolling-back' ? -1 : ledgerStates.indexOf(state)
}
