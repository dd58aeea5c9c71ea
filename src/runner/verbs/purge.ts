import { gateClosed } from '../../errors.ts'
import { rank } from '../../ledger/state.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import type { Outcome, RunResult } from '../api.ts'
import { refuseStandingOnHidden } from '../dependents.ts'
import { type Environment, wrongOrder } from '../open.ts'
import { frozenPlan, runPhase } from '../phases.ts'
import { preflight } from '../preflight.ts'
import type { Run } from '../run.ts'
import { known, reread } from '../select.ts'
import { dryRun } from './forward.ts'

/** Drops what has been in quarantine longer than the retention. Too early: exit 5 for a named one, skipped otherwise. */
export async function purge(
  environment: Environment,
  options: { readonly name?: string; readonly dryRun?: boolean; readonly ignoreRetention?: boolean },
): Promise<RunResult> {
  const chosen = await known(environment, options.name)
  const [only] = chosen
  if (options.name !== undefined && only !== undefined && rank(only.state) < rank('contracted')) {
    throw wrongOrder(`${only.name} is ${only.state}`, 'Only what is contracted can be purged.')
  }
  const todo = chosen.filter(({ state }) => state === 'contracted' || state === 'purging')
  if (options.dryRun === true) return dryRun(environment, todo)
  const outcomes: Outcome[] = []
  for (const { name } of todo) {
    await environment.withLease('ddl', {}, async (run) => {
      const row = await reread(environment, name)
      if (row.state !== 'contracted' && row.state !== 'purging') return
      const left = row.state === 'purging' || options.ignoreRetention === true ? 0 : await secondsLeft(run, row)
      if (left > 0) {
        if (options.name === undefined) return
        throw gateClosed('purge.retention', `${name} is in quarantine until ${row.quarantined_until}`, {
          hint: 'Until then migrate rollback brings the old shape back.',
          details: { retryAfterSeconds: Math.ceil(left) },
        })
      }
      outcomes.push(await purgeOne(environment, run, row))
    })
  }
  return { dryRun: false, migrations: outcomes }
}

/** By the server's clock: ours may be wrong. */
async function secondsLeft(run: Run, row: MigrationRow): Promise<number> {
  const query = run.dialect.state.queries(run.stateSchema).selectNoFrom(run.dialect.state.isoNow().as('now')).compile()
  const [clock] = (await run.worker.query<{ now: string }>(query)).rows
  return (Date.parse(row.quarantined_until ?? '') - Date.parse(clock?.now ?? '')) / 1000
}

/** The purge phase of one migration, whatever its retention. */
export async function purgeOne(environment: Environment, run: Run, row: MigrationRow): Promise<Outcome> {
  const plan = frozenPlan(row)
  // The trigger goes, so how it was left does not matter any more: only one that would not go is in the way.
  await preflight(run, plan, { passed: ['gone', 'other', 'order', 'theirs'] })
  refuseStandingOnHidden(row.name, plan, await environment.catalog())
  const steps = await runPhase(run, row, 'purge', { finished_at: run.dialect.state.now, quarantined_until: null })
  const after = await reread(environment, row.name)
  return { name: row.name, from: row.state, state: after.state, steps, quarantinedUntil: null, notices: [] }
}
