import { rank } from '../ledger/state.ts'
import type { Migrator, MigratorOptions } from './api.ts'
import { type Environment, openEnvironment } from './open.ts'
import { known, takenBy } from './select.ts'
import { contract, ready } from './verbs/contract.ts'
import { doctor } from './verbs/doctor.ts'
import { backfill, expand } from './verbs/forward.ts'
import { baseline, setPaused, up, verify } from './verbs/others.ts'
import { plan, planFile, planSql } from './verbs/plan.ts'
import { purge } from './verbs/purge.ts'
import { repair } from './verbs/repair.ts'
import { rollback } from './verbs/rollback.ts'
import { history, status } from './verbs/status.ts'
import { waitFor } from './verbs/wait.ts'

/**
 * Every command as a function, on one database. Connects when first needed; close it when done.
 *
 * @example
 * ```ts
 * const migrator = createMigrator({ database: process.env.DATABASE_URL ?? '', migrations: './migrations' })
 * try {
 *   await migrator.expand()
 *   await migrator.backfill()
 * } finally {
 *   await migrator.close()
 * }
 * ```
 *
 * @throws BellowsError from every method, with `code`, `exitCode`, `retryable` and `hint`.
 */
export function createMigrator(options: MigratorOptions): Migrator {
  const environment = openEnvironment(options)
  return {
    plan: (given = {}) => plan(environment, given),
    planFile: (given = {}) => planFile(environment, given),
    planSql: (given = {}) => planSql(environment, given),
    expand: (given = {}) => expand(environment, given),
    backfill: (given = {}) => backfill(environment, given),
    verify: (given = {}) => verify(environment, given),
    ready: (given = {}) => ready(environment, given),
    contract: (given = {}) => contract(environment, given),
    purge: (given = {}) => purge(environment, given),
    rollback: (given = {}) => rollback(environment, given),
    up: (given = {}) => up(environment, given),
    status: (given = {}) => status(environment, given),
    history: (given = {}) => history(environment, given),
    wait: (given) => waitFor(environment, given),
    pause: ({ name } = {}) => setPaused(environment, true, name),
    resume: ({ name } = {}) => setPaused(environment, false, name),
    repair: (given = {}) => repair(environment, given),
    baseline: (given) => baseline(environment, given),
    catalog: () => environment.catalog(),
    doctor: () => doctor(environment),
    walk: (given = {}) => walk(environment, given),
    close: () => environment.close(),
  }
}

/** Takes each migration through its phases, and stops after each so that a test can look. No quiet period, no retention. */
async function* walk(environment: Environment, options: { readonly name?: string }): ReturnType<Migrator['walk']> {
  const requireCheck = environment.options.requireCheck ?? false
  for (const { name } of (await takenBy(environment, options.name)).taken) {
    const phases = [
      ['expanded', () => expand(environment, { name, requireCheck })],
      ['backfilled', () => backfill(environment, { name })],
      ['contracted', () => contract(environment, { name, quietPeriod: 0, brownOut: 0 })],
      ['completed', () => purge(environment, { name, ignoreRetention: true })],
    ] as const
    for (const [target, run] of phases) {
      const [current] = await known(environment, name)
      if (current === undefined || rank(current.state) >= rank(target)) continue
      await run()
      yield { name, state: target }
    }
  }
}
