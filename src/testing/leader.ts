import type { Ready } from '../compat/states.ts'
import { BellowsError, isBellowsError, usageError } from '../errors.ts'
import { type LedgerState, rank } from '../ledger/state.ts'
import { fromValues } from '../migrations/from-values.ts'
import { loadMigrations } from '../migrations/load.ts'
import type { Migration } from '../planner/migration.ts'
import type { Migrator, MigratorOptions } from '../runner/api.ts'
import { createMigrator } from '../runner/migrator.ts'
import type { StatesOptions, TestDatabase } from './options.ts'
import { nameOf, type Stop } from './states.ts'

/** Leads one database through the states. */
export interface Leader {
  /** From which state on the new version has to work; asked in the state `before`. */
  ready(name: string): Promise<Ready>
  /** All phases at once. */
  complete(name: string): Promise<void>
  /** False where there is no way back. */
  reach(name: string, stop: Pick<Stop, 'state' | 'rolledBackFrom'>): Promise<boolean>
  close(): Promise<void>
}

/**
 * The migrations in order, read once.
 *
 * @throws BellowsError exit 2 for files that are not valid, none at all, and names that there are not
 */
export async function readMigrations({ migrations, only }: StatesOptions): Promise<readonly Migration[]> {
  const found = typeof migrations === 'string' ? await loadMigrations(migrations) : fromValues(migrations)
  const missing = (only ?? []).find((name) => found.every((each) => each.name !== name))
  if (missing !== undefined) throw usageError('testing.nothing', `there is no migration ${missing}`)
  if (found.length === 0 || only?.length === 0) {
    throw usageError('testing.nothing', 'there is no migration to stop in: no test would run', {
      hint: 'Name the folder of the migrations, and leave `only` out to stop in all of them.',
    })
  }
  return found
}

/** A leader of this database. */
export function leaderOf(
  { url }: TestDatabase,
  migrations: readonly Migration[],
  { migrator: given, signal, forceGates = [] }: StatesOptions,
): Leader {
  const options: MigratorOptions = {
    lockBudget: 10_000,
    ...given,
    database: url,
    migrations: migrations.map(({ name, definition }) => ({ name, migration: definition })),
    ...(signal === undefined ? {} : { signal }),
  }
  const migrator = createMigrator(options)
  return {
    ready: async (name) => {
      const [plan] = (await migrator.plan({ name })).migrations
      return plan === undefined || plan.newVersionReady === 'expanded' ? 'expanded' : 'backfilled'
    },
    complete: (name) => reaching(name, 'completed', () => forward(migrator, name, 'completed', forceGates)),
    reach: (name, stop) =>
      reaching(name, nameOf(stop), async () => {
        const { state, rolledBackFrom } = stop
        await forward(migrator, name, rolledBackFrom ?? state, forceGates)
        return rolledBackFrom === null || (await back(migrator, name))
      }),
    close: () => migrator.close(),
  }
}

const phases = ['expanded', 'backfilled', 'contracted', 'completed'] as const

/** From wherever it is. Hazards are accepted: nobody's rows or sessions are at stake here. */
async function forward(
  migrator: Migrator,
  name: string,
  target: 'before' | (typeof phases)[number],
  forceGates: readonly string[],
): Promise<void> {
  if (target === 'before') return
  const at = await stateOf(migrator, name)
  for (const phase of phases.slice(0, phases.indexOf(target) + 1)) {
    if (rank(at) >= rank(phase)) continue
    if (phase === 'expanded') await migrator.expand({ name, accept: await stops(migrator, name), requireCheck: false })
    else if (phase === 'backfilled') await migrator.backfill({ name })
    else if (phase === 'contracted')
      await migrator.contract({ name, quietPeriod: 0, forceGates, reason: 'the test kit was told to' })
    else await migrator.purge({ name, ignoreRetention: true })
  }
}

async function stateOf(migrator: Migrator, name: string): Promise<LedgerState> {
  const [found] = (await migrator.status({ name })).migrations
  return found?.state ?? 'pending'
}

async function stops(migrator: Migrator, name: string): Promise<readonly string[]> {
  const [plan] = (await migrator.plan({ name })).migrations
  return (plan?.hazards ?? []).filter(({ severity }) => severity === 'stop').map(({ code }) => code)
}

/** The refusal comes before anything is done: the database stays where it is. */
async function back(migrator: Migrator, name: string): Promise<boolean> {
  try {
    await migrator.rollback({ name, quietPeriod: 0 })
    return true
  } catch (error) {
    if (isBellowsError(error) && error.code === 'rollback.irreversible') return false
    throw error
  }
}

/** What a migration, or what the tests have left, does not let happen: with its name and the state that was aimed at. */
async function reaching<T>(name: string, target: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (!isBellowsError(error) || error.code.startsWith('interrupted')) throw error
    const { exitCode, hint, retryable, details, message } = error
    throw new BellowsError({
      code: 'testing.not-reached',
      message: `${name} did not reach ${target}: ${message}`,
      exitCode,
      hint,
      retryable,
      details: { ...details, code: error.code, migration: name, target },
      cause: error,
    })
  }
}
