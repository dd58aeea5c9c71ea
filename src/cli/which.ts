import type { LedgerState } from '../ledger/state.ts'
import type { Migrator } from '../runner/api.ts'
import type { Session } from './session.ts'

type Verb = 'expand' | 'backfill' | 'contract' | 'purge' | 'up'

/** The states from which each unnamed command goes on. */
const startingStates: Readonly<Record<Verb, readonly LedgerState[]>> = {
  expand: ['pending', 'expanding'],
  backfill: ['expanded', 'backfilling'],
  contract: ['expanded', 'backfilling', 'backfilled', 'contracting'],
  purge: ['contracted', 'purging'],
  up: ['pending', 'expanding', 'expanded', 'backfilling', 'backfilled', 'contracting', 'contracted', 'purging'],
}

/**
 * The migrations that a command is about to take: the named one, or every one in the right state, which are then listed,
 * so that nobody is surprised by what an unnamed command does.
 */
export async function whichMigrations(
  session: Session,
  migrator: Migrator,
  verb: Verb,
  name: string | undefined,
): Promise<readonly string[]> {
  if (name !== undefined) return [name]
  const { migrations } = await migrator.status()
  const names = migrations
    .filter(({ state, gone }) => gone !== true && startingStates[verb].includes(state))
    .map((migration) => migration.name)
  session.output.note(names.length === 0 ? `${verb}: nothing to do` : `${verb}: ${names.join(', ')}`)
  return names
}
