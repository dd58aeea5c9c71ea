import { refused } from '../errors.ts'
import type { Catalog } from '../planner/catalog.ts'
import type { Migration } from '../planner/migration.ts'
import { type Plan, planMigration } from '../planner/plan.ts'
import type { Environment } from './open.ts'

/** Plans one migration against a catalog: the live one, or one from a file. */
export async function makePlan(environment: Environment, migration: Migration, catalog: Catalog): Promise<Plan> {
  const dialect = await environment.dialect()
  return planMigration(migration, catalog, dialect.arrange)
}

/**
 * A `stop` hazard has to be consented to, by flag or in the migration.
 *
 * @throws BellowsError exit 3 that lists them.
 */
export function refuseStops(plan: Plan, accepted: readonly string[]): void {
  const consented = new Set([...accepted, ...plan.accepted.map(({ id }) => id)])
  const open = plan.hazards.filter((hazard) => hazard.severity === 'stop' && !consented.has(hazard.code))
  if (open.length === 0) return
  throw refused(
    'plan.hazard',
    `${plan.migration} is stopped by ${open.map(({ code, message }) => `${code}: ${message}`).join('; ')}`,
    {
      hint: `${open[0]?.hint ?? ''} Consent with --accept ${open[0]?.code ?? ''}, or accept: [{ id, reason }] in the migration.`,
    },
  )
}
