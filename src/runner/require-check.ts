import { isBellowsError, refused } from '../errors.ts'
import type { CheckedVersion, CheckRow } from '../ledger/checks.ts'
import { rank } from '../ledger/state.ts'
import type { MigrationRow } from '../ledger/tables.ts'
import type { Catalog } from '../planner/catalog.ts'
import { type CountedVersion, countedVersions } from './counting.ts'
import { hashesOf, hashOfPlan, tablesOf } from './fingerprint.ts'
import { makePlan } from './make-plan.ts'
import type { Environment } from './open.ts'
import { type Known, requireFile } from './select.ts'

/** Why a recorded check is none of this plan and these versions, for each migration that has no valid one. */
export async function uncheckedReasons(
  environment: Environment,
  migrations: readonly Known[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const where = environment.options.environment ?? 'default'
  const checks = await (await environment.checks()).all(where)
  const counted = await countedVersions(environment)
  const rows = await environment.rows()
  const catalog = await environment.catalog()
  const found = new Map<string, readonly string[]>()
  for (const migration of migrations) {
    if (migration.state !== 'pending') continue
    const row = checks.find((each) => each.migration === migration.name)
    const reasons =
      row === undefined
        ? [`no check of it is recorded in ${where}`]
        : await reasonsAgainst(environment, migration, row, counted, rows, catalog)
    if (reasons.length > 0) found.set(migration.name, reasons)
  }
  return found
}

/**
 * What is to be expanded has to have a check that passed, of exactly this plan and of the versions that count now.
 *
 * @throws BellowsError exit 3 that says what changed since the check, or that there is none
 */
export async function refuseUnchecked(environment: Environment, migrations: readonly Known[]): Promise<void> {
  const found = await uncheckedReasons(environment, migrations)
  if (found.size === 0) return
  throw refused('check.required', [...found].map(([name, reasons]) => `${name}: ${reasons.join('; ')}`).join('\n'), {
    hint: 'Nothing of it was run. `migrate check --record`, on this database, then again.',
    details: { reasons: Object.fromEntries(found) },
  })
}

async function reasonsAgainst(
  environment: Environment,
  migration: Known,
  row: CheckRow,
  counted: readonly CountedVersion[],
  rows: readonly MigrationRow[],
  catalog: Catalog,
): Promise<readonly string[]> {
  const file = requireFile(migration)
  if (!row.passed) return [`the check that was recorded last, at ${row.at}, did not pass`]
  if (row.evidence.format !== 1) return ['its check was recorded by another version of this tool']
  if (row.checksum !== file.checksum) return [`the migration was edited since its check at ${row.at}`]
  const others = row.evidence.together.filter(({ name }) => name !== migration.name)
  const { reasons, touched } = sinceThen(others, rows)
  const changed = changedTables(row.evidence.tables, hashesOf(catalog, environment.stateSchema), touched)
  return [
    ...(row.evidence.server === catalog.server
      ? []
      : [`the server was ${row.evidence.server}, and is ${catalog.server}`]),
    ...reasons,
    ...versionReasons(counted, row.versions),
    ...(changed.length === 0 ? [] : [`the schema was changed since its check at ${row.at}: ${listed(changed)}`]),
    ...(await planReasons(environment, file, catalog, row, touched)),
  ]
}

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')

/** Tables that others of the same check concern, which have gone on as they were checked; null for any table. */
type Touched = ReadonlySet<string> | null

/** What was checked together goes on one after the other, and a runner may die between two. What the one did is not held against the next. */
function sinceThen(
  others: CheckRow['evidence']['together'],
  rows: readonly MigrationRow[],
): { readonly reasons: readonly string[]; readonly touched: Touched } {
  const reasons: string[] = []
  const touched = new Set<string>()
  let any = false
  for (const { name, checksum, planHash } of others) {
    const row = rows.find((each) => each.name === name)
    if (row === undefined || row.state === 'pending') continue
    const inFlight = rank(row.state) >= rank('expanding') && rank(row.state) <= rank('backfilled')
    if (!inFlight || row.plan === null) reasons.push(`${name}, which was checked with it, is ${row.state}`)
    else if (planHash === null ? row.checksum !== checksum : hashOfPlan(row.plan) !== planHash)
      reasons.push(`${name}, which was checked with it, was expanded by another plan`)
    else {
      const tables = tablesOf(row.plan)
      if (tables === null) any = true
      else for (const table of tables) touched.add(table)
    }
  }
  return { reasons, touched: any ? null : touched }
}

function changedTables(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  touched: Touched,
): readonly string[] {
  if (touched === null) return []
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort()
  return names.filter((name) => then[name] !== now[name] && !touched.has(name))
}

function versionReasons(counted: readonly CountedVersion[], checked: readonly CheckedVersion[]): readonly string[] {
  return counted.flatMap((each) => {
    const name = `${each.app} ${each.version}`
    const found = checked.find(({ app, version }) => app === each.app && version === each.version)
    if (found === undefined) return [`${name} was not checked: ${each.why}`]
    if (found.hash !== each.hash) return [`${name} has other statements than were checked`]
    if (found.role !== each.role) return [`${name} was checked as ${found.role}, and is ${each.role} now: ${each.why}`]
    return []
  })
}

async function planReasons(
  environment: Environment,
  file: ReturnType<typeof requireFile>,
  catalog: Catalog,
  { plan_hash: then, at }: CheckRow,
  touched: Touched,
): Promise<readonly string[]> {
  // It could not be planned before the others ran: the states that were checked are those that they lead to.
  if (then === null || touched === null) return []
  const plan = await planned(environment, file, catalog)
  if (typeof plan === 'string') return [`it cannot be planned as at its check: ${plan}`]
  const tables = tablesOf(plan)
  const shared = tables === null ? touched.size > 0 : [...tables].some((table) => touched.has(table))
  if (shared || hashOfPlan(plan) === then) return []
  return [`the plan is another one than at its check at ${at}`]
}

/** The plan as expand would make it now, or why there is none. */
export async function planned(
  environment: Environment,
  file: ReturnType<typeof requireFile>,
  catalog: Catalog,
): Promise<Awaited<ReturnType<typeof makePlan>> | string> {
  try {
    return await makePlan(environment, file, catalog)
  } catch (error) {
    if (isBellowsError(error)) return error.message
    throw error
  }
}
