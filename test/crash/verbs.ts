import { createMigrator, type MigrationDefinition, type Migrator } from '../../src/index.ts'

/** A command whose runner is killed: how it is said on the command line, and in the program that ends it. */
export interface Verb {
  readonly name: string
  readonly args: readonly string[]
  /** What has to have run before. */
  readonly before: readonly Step[]
  readonly run: Step
  /** The app version that is deployed while it runs. */
  readonly app: 'v1' | 'v2'
  /** What has to run before rows can be compared: what was written before expand was over is filled by the backfill only. */
  readonly settle?: Step
}

type Step = (migrator: Migrator) => Promise<unknown>

const back = { acceptLoss: true, reason: 'test', quietPeriod: 0 }
const expand: Step = (migrator) => migrator.expand()
const backfill: Step = (migrator) => migrator.backfill()
const contract: Step = (migrator) => migrator.contract({ quietPeriod: 0, retention: 1 })
const rollback: Step = (migrator) => migrator.rollback(back)
const purge: Step = (migrator) => migrator.purge()
const rollbackArgs = ['rollback', '--accept-loss', '--reason', 'test', '--quiet-period', '0']
const contractArgs = ['contract', '--quiet-period', '0']
const all = [expand, backfill, contract]

/** Every phase, and every way back. */
export const verbs: readonly Verb[] = [
  { name: 'expand', args: ['expand'], before: [], run: expand, app: 'v1', settle: backfill },
  { name: 'backfill', args: ['backfill'], before: [expand], run: backfill, app: 'v1' },
  { name: 'rollback to pending', args: rollbackArgs, before: [expand, backfill], run: rollback, app: 'v1' },
  { name: 'contract', args: contractArgs, before: [expand, backfill], run: contract, app: 'v2' },
  { name: 'rollback of contract', args: rollbackArgs, before: all, run: rollback, app: 'v2' },
  { name: 'purge', args: ['purge'], before: all, run: purge, app: 'v2' },
]

/** A migrator on a database, for one migration. */
export function migratorOn(url: string, migration: MigrationDefinition): Migrator {
  return createMigrator({ database: url, migrations: { m: migration }, leaseWait: 30_000 })
}

/** Runs steps one after another, and closes. */
export async function runSteps(url: string, migration: MigrationDefinition, steps: readonly Step[]): Promise<void> {
  const migrator = migratorOn(url, migration)
  try {
    for (const step of steps) await step(migrator)
  } finally {
    await migrator.close()
  }
}
