import type { MigratorOptions } from '../../src/index.ts'
import { createMigrator } from '../../src/index.ts'
import type { Scenario } from '../live/scenario.ts'

/** One command, from the state it starts in to the state it ends in. */
export interface Leg {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly verb: 'expand' | 'backfill' | 'contract' | 'rollback' | 'purge'
  readonly input: Readonly<Record<string, unknown>>
}

const quiet = { quietPeriod: 0 }

/** All there are. Each starts where an earlier one ends. */
export const legs: readonly Leg[] = [
  { name: 'expand', from: 'pending', to: 'expanded', verb: 'expand', input: {} },
  { name: 'backfill', from: 'expanded', to: 'backfilled', verb: 'backfill', input: {} },
  { name: 'contract', from: 'backfilled', to: 'contracted', verb: 'contract', input: quiet },
  { name: 'rollback to pending', from: 'backfilled', to: 'pending', verb: 'rollback', input: quiet },
  { name: 'rollback of contract', from: 'contracted', to: 'backfilled', verb: 'rollback', input: quiet },
  { name: 'purge', from: 'contracted', to: 'completed', verb: 'purge', input: { ignoreRetention: true } },
]

/** The name under which scenarios are in the ledger. */
export const migrationName = '20260101000000_scenario'

/** Options that a child can be sent as JSON. */
export function optionsFor(scenario: Scenario, database: string): MigratorOptions & Record<string, unknown> {
  return {
    database,
    migrations: [{ name: migrationName, migration: scenario.migration }],
    leaseTtl: 3000,
    leaseWait: 30_000,
    lockBudget: 30_000,
    actor: 'chaos',
  }
}

/** Runs a leg in this process. */
export async function runLeg(scenario: Scenario, leg: Leg, database: string): Promise<void> {
  const migrator = createMigrator(optionsFor(scenario, database))
  try {
    await migrator[leg.verb](leg.input)
  } finally {
    await migrator.close()
  }
}
