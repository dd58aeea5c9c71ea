import { dialectNamed } from '../dialects/open.ts'
import { refused } from '../errors.ts'
import type { Catalog } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Hazard } from '../planner/hazards/hazard.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Migration } from '../planner/migration.ts'
import { type AppStatements, type Plan, planMigration } from '../planner/plan.ts'
import { statementsOf } from './app-statements.ts'
import type { Environment } from './open.ts'

/** Plans one migration against the live catalog. */
export async function makePlan(environment: Environment, migration: Migration, catalog: Catalog): Promise<Plan> {
  return planOffline(migration, catalog, await statementsOf(environment))
}

/** The same against one from a file, or with what is known of the app. */
export async function planOffline(
  migration: Migration,
  catalog: Catalog,
  statements: AppStatements | null,
): Promise<Plan> {
  const dialect = await dialectNamed(catalog.dialect)
  return planMigration(migration, catalog, dialect.arrange, statements)
}

/** The same on the live database, with a look at whether the values that are there can be converted. */
export async function makeLivePlan(environment: Environment, migration: Migration, catalog: Catalog): Promise<Plan> {
  const plan = await makePlan(environment, migration, catalog)
  const dialect = await environment.dialect()
  await dialect.rehearse(await environment.worker(), plan)
  const found: Hazard[] = []
  for (const lens of plan.lenses) {
    found.push(...(await lossyOf(environment, lens)))
    const sample = await dialect.sampleRaising(await environment.worker(), lens)
    if (sample === null || sample.raising === 0) continue
    found.push({
      code: 'values-raise',
      severity: 'warn',
      statement: null,
      message: `${sample.atLeast === true ? 'at least ' : ''}${sample.raising} of ${sample.rows} rows looked at in ${showTable(lens.table)} hold a value that up cannot convert`,
      hint: 'They are recorded by key, and contract stays closed until they are mended; or give the intent an onError.',
      docs: 'docs/hazards.md#values-raise',
    })
  }
  const { stateSchema } = environment
  const readers = await dialect.readers(await environment.worker(), plan, { catalog, stateSchema })
  return { ...plan, hazards: [...plan.hazards, ...found, ...readers] }
}

/** Rows that an old client would not read back as they are, once their new shape is written. */
async function lossyOf(environment: Environment, lens: Lens): Promise<readonly Hazard[]> {
  const dialect = await environment.dialect()
  const sample = await dialect.sampleLossy(await environment.worker(), lens)
  if (sample === null || sample.lossy === 0) return []
  const { rows, lossy, keys } = sample
  const share = Math.max(0.1, Math.round((1000 * lossy) / rows) / 10)
  return [
    {
      code: 'lossy',
      severity: 'warn',
      statement: null,
      message: `${lossy} of ${rows} rows looked at in ${showTable(lens.table)} (${share} %) are not what down makes of what up makes of them, such as ${keys.join(', ')}`,
      hint: 'Such a row keeps its old value until its new shape is written; then the old version reads what down gives. Look at some of these rows: mend up and down where they should come back.',
      docs: 'docs/hazards.md#lossy',
    },
  ]
}

/**
 * A `stop` hazard has to be consented to, by flag or in the migration.
 *
 * @throws BellowsError exit 3 that lists them.
 */
export function refuseStops(
  { migration, hazards, accepted: inFile }: Pick<Plan, 'migration' | 'hazards' | 'accepted'>,
  accepted: readonly string[],
): void {
  const consented = new Set([...accepted, ...inFile.map(({ id }) => id)])
  const open = hazards.filter((hazard) => hazard.severity === 'stop' && !consented.has(hazard.code))
  if (open.length === 0) return
  throw refused(
    'plan.hazard',
    `${migration} is stopped by ${open.map(({ code, message }) => `${code}: ${message}`).join('; ')}`,
    {
      hint: `${open[0]?.hint ?? ''} Consent with --accept ${open[0]?.code ?? ''}, or accept: [{ id, reason }] in the migration.`,
    },
  )
}
