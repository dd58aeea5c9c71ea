import { createMigrator, type Intent, type Migrator } from '../../src/index.ts'

/** A command whose runner is killed: how it is said on the command line, and in the program that ends it. */
export interface Verb {
  readonly name: string
  readonly args: readonly string[]
  /** What has to have run before. */
  readonly before: readonly Step[]
  readonly run: Step
}

type Step = (migrator: Migrator) => Promise<unknown>

const back = { acceptLoss: true, reason: 'test', quietPeriod: 0 }
const expand: Step = (migrator) => migrator.expand()
const backfill: Step = (migrator) => migrator.backfill()
const contract: Step = (migrator) => migrator.contract({ quietPeriod: 0, retention: 1 })
const rollback: Step = (migrator) => migrator.rollback(back)
const purge: Step = (migrator) => migrator.purge()
const rollbackArgs = ['rollback', '--accept-loss', '--reason', 'test', '--quiet-period', '0']

/** Every phase, and every way back. */
export const verbs: readonly Verb[] = [
  { name: 'expand', args: ['expand'], before: [], run: expand },
  { name: 'backfill', args: ['backfill'], before: [expand], run: backfill },
  { name: 'rollback to pending', args: rollbackArgs, before: [expand, backfill], run: rollback },
  { name: 'contract', args: ['contract', '--quiet-period', '0'], before: [expand, backfill], run: contract },
  { name: 'rollback of contract', args: rollbackArgs, before: [expand, backfill, contract], run: rollback },
  { name: 'purge', args: ['purge'], before: [expand, backfill, contract], run: purge },
]

/** A migrator on a database, for one migration. */
export function migratorOn(url: string, intents: readonly Intent[]): Migrator {
  return createMigrator({ database: url, migrations: { m: { intents } }, leaseWait: 30_000 })
}

/** Runs steps one after another, and closes. */
export async function runSteps(url: string, intents: readonly Intent[], steps: readonly Step[]): Promise<void> {
  const migrator = migratorOn(url, intents)
  try {
    for (const step of steps) await step(migrator)
  } finally {
    await migrator.close()
  }
}
