import type { AppVersionRow } from '../../ledger/apps.ts'
import type { CheckRow } from '../../ledger/checks.ts'
import type { MigrationRow } from '../../ledger/tables.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Gate } from '../api.ts'
import { hashOfPlan } from '../fingerprint.ts'
import type { Environment } from '../open.ts'

/** What the gate `check` goes by: the versions that are deployed in an environment, and the check that was recorded there. */
export interface CheckInput {
  readonly environment: string
  /** All that are registered there, in any state. */
  readonly versions: readonly AppVersionRow[]
  readonly deployed: readonly AppVersionRow[]
  readonly recorded: CheckRow | null
  /** Those that were marked as deployed before the migration was expanded, whatever was said of them since. */
  readonly before?: readonly Pick<AppVersionRow, 'app' | 'version'>[]
}

/** Reads it. */
export async function readCheckInput(
  environment: Environment,
  { name: migration, created_at: expanded }: Pick<MigrationRow, 'name' | 'created_at'>,
): Promise<CheckInput> {
  const where = environment.options.environment ?? 'default'
  const all = await (await environment.apps()).versions()
  const versions = all.filter((each) => each.environment === where)
  const checks = await (await environment.checks()).all(where)
  // The row tells the last time only: one that was rolled back to was there earlier.
  const again = versions.some(({ state, deployed_at: at }) => state === 'deployed' && (at ?? '') >= expanded)
  const marked = again ? await (await environment.ledger()).events('app-deployed') : []
  const before = marked.flatMap(({ at, detail }) => {
    const key = detail as { readonly environment: string; readonly app: string; readonly version: string }
    return at < expanded && key.environment === where ? [key] : []
  })
  return {
    environment: where,
    versions,
    deployed: versions.filter((each) => each.state === 'deployed'),
    recorded: checks.find((each) => each.migration === migration) ?? null,
    before,
  }
}

/** Does a version work once this is contracted? Null where the recorded check does not say so of it as it is. */
export function contractedVersion(
  { recorded }: Pick<CheckInput, 'recorded'>,
  plan: Plan,
  row: Pick<AppVersionRow, 'app' | 'version' | 'hash'>,
): boolean | null {
  if (recorded === null || !counts(recorded, plan)) return null
  const checked = recorded.versions.find(({ app, version }) => app === row.app && version === row.version)
  const known = checked?.hash === row.hash ? checked.states.contracted : undefined
  return known?.passed ?? null
}

/** Did it pass, and of this very plan? */
const counts = (recorded: CheckRow, plan: Plan): boolean => recorded.passed && recorded.plan_hash === hashOfPlan(plan)

/** Every version that is deployed was checked against this plan, and works once it is contracted. Only told, unless it is required. */
export function checkGate(
  { environment, deployed, recorded }: Omit<CheckInput, 'versions'>,
  plan: Plan,
  requireGate: readonly string[],
): Gate {
  const gate = (status: Gate['status'], reason: string, hint: string | null): Gate => ({
    name: 'check',
    status,
    reason,
    hint,
    retryAfterSeconds: null,
  })
  const required = requireGate.includes('check')
  const closed = (status: 'failed' | 'unknown', reason: string, hint: string): Gate =>
    gate(required ? status : 'advisory', reason, hint)
  if (deployed.length === 0) {
    const reason = `no version of an app is registered as deployed in ${environment}`
    return required
      ? gate('unknown', reason, 'Say which ones run: migrate app register, migrate app deployed.')
      : gate('not-applicable', reason, null)
  }
  if (recorded === null || !counts(recorded, plan)) {
    const reason = `no check that passed is recorded in ${environment} of the plan that was expanded`
    return closed('unknown', reason, 'Record one before expand: migrate check --record.')
  }
  const judged = deployed.map((row) => ({
    name: `${row.app} ${row.version}`,
    passed: contractedVersion({ recorded }, plan, row),
  }))
  const names = (passed: boolean | null): string =>
    judged.flatMap((each) => (each.passed === passed ? [each.name] : [])).join(', ')
  if (judged.some(({ passed }) => passed === false)) {
    const reason = `deployed, and does not work once this is contracted: ${names(false)}`
    return closed('failed', reason, 'When nothing of it runs any more: migrate app retired.')
  }
  if (judged.some(({ passed }) => passed === null)) {
    const reason = `deployed, and was not checked as it is, or not once this is contracted: ${names(null)}`
    return closed(
      'unknown',
      reason,
      'A begun migration cannot be checked again: see that it works, and force this gate.',
    )
  }
  return gate('ok', `works once this is contracted: ${names(true)}`, null)
}
