import type { TestContext } from 'vitest'
import { createMigrator, type Intent, isBellowsError, type MigrationDefinition } from '../../src/index.ts'
import { type Family, familyOf } from '../families/family.ts'
import type { TestServer } from '../servers/databases.ts'
import type { ServerKind } from '../servers/wanted.ts'

/**
 * One migration, and what both versions of an app do meanwhile. It is played on `items` (see `families/<family>/schema.ts`),
 * on every server: killed at every statement, under traffic, and with its plan held against the server's log.
 */
export interface Scenario {
  readonly name: string
  readonly intents: readonly Intent[]
  /** Hazards that are consented to, as a migration says it. */
  readonly accept?: MigrationDefinition['accept']
  /** What is different in the schema, in SQL that every engine understands, or for each. */
  readonly before?: string | ((family: Family) => string)
  /** What each version calls the column that it writes; null: it writes others only. */
  readonly v1: string
  readonly v2: string | null
  readonly value: (random: () => number) => string
  /** What the new version writes, where it cannot be what the old one does. */
  readonly v2Value?: (random: () => number) => string
  /** What some of the old version's values are, that the new shape cannot hold, and what they are mended to. */
  readonly raises?: { readonly value: string; readonly mended: string }
  /** What some of the old version's values are, that a rule of the new shape forbids, and what they are mended to. */
  readonly violates?: { readonly value: string; readonly mended: string }
  /** The new version may come once this state is reached. */
  readonly v2From: 'expanded' | 'backfilled'
  /** True for a row in which both sides agree, while both are there. */
  readonly agree: (family: Family) => string
  /** Going back to pending loses what only the new version knows. */
  readonly lossy?: boolean
  /** At the end the schema is as if the column had always been called so. */
  readonly renames?: { readonly from: string; readonly to: string }
  /** Killed at every statement on every run, and not only at some: for the few that stand for the others. */
  readonly everyStatement?: boolean
  /** The value is taken when a row is filled and not again, so it tells whether a write came before or after that. */
  readonly takenOnce?: boolean
  /** What is known to be wrong under traffic, on some engines: left out there, loudly, until it is mended. */
  readonly knownUnderTraffic?: { readonly kinds: readonly ServerKind[]; readonly because: string }
  /** Only one family has this at all, and why. */
  readonly only?: { readonly family: Family['name']; readonly because: string }
}

/** The migration of a scenario, as a file says it. */
export const migrationOf = ({ intents, accept }: Pick<Scenario, 'intents' | 'accept'>): MigrationDefinition => ({
  intents,
  ...(accept === undefined ? {} : { accept }),
})

/** The schema of a scenario with so many rows. */
export function schemaOf(scenario: Scenario, family: Family, rows: number): string {
  const { before = '' } = scenario
  return `${family.schema(rows)};\n${typeof before === 'string' ? before : before(family)}`.replace(/;\s*;/g, ';')
}

/** Scenarios of which the product said already that they work, or that they do not, by server. */
const played = new Set<string>()
const leftOut = new Set<string>()

/**
 * Leaves a scenario out where its family does not have it. Not by a list: the product itself has to say that it is not there
 * yet, so that the scenario is played from the day on which it is.
 */
export async function leaveOutIfNotYet(
  context: Pick<TestContext, 'skip'>,
  scenario: Pick<Scenario, 'name' | 'intents' | 'only'>,
  server: Pick<TestServer, 'name' | 'url'>,
  url: string,
): Promise<void> {
  const family = familyOf(server)
  if (scenario.only !== undefined && scenario.only.family !== family.name)
    leaveOut(context, scenario, server.name, scenario.only.because)
  const key = `${server.name} ${scenario.name}`
  if (family.complete || played.has(key)) return
  const migrator = createMigrator({ database: url, migrations: { m: { intents: scenario.intents } } })
  const refusal: unknown = await migrator.plan().then(
    () => null,
    (error: unknown) => error,
  )
  await migrator.close()
  if (isBellowsError(refusal) && refusal.code === 'plan.not-yet' && refusal.exitCode === 3)
    leaveOut(context, scenario, server.name, refusal.message)
  if (refusal === null) played.add(key)
}

export function leaveOut(
  context: Pick<TestContext, 'skip'>,
  { name }: Pick<Scenario, 'name'>,
  server: string,
  why: string,
): never {
  const line = `LEFT OUT on ${server}: ${name}: ${why}`
  if (!leftOut.has(line)) console.warn(line)
  leftOut.add(line)
  return context.skip(why)
}
