import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedServer, startEmbedded } from '../../../src/embedded/server.ts'
import { createMigrator, type Migrator, type PlanView, type StepView } from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { postgresFamily } from '../../families/postgres/family.ts'
import { scenarios } from '../../scenarios/index.ts'
import { type Scenario, schemaOf } from '../../scenarios/scenario.ts'
import { createDatabase, type TestDatabase, withClient } from '../../servers/databases.ts'
import { isBesides, logPrefix, statementsOf } from './server-log.ts'

const role = 'runner'

describe('what plan prints is what the server then logs', () => {
  let server: EmbeddedServer

  beforeAll(async () => {
    server = await startEmbedded({ major: 18, durable: false, settings: { log_line_prefix: logPrefix } })
    await withClient(server.url, async (client) => {
      await client.query(`create role ${role} login; alter role ${role} set log_statement = 'all'`)
    })
  })
  afterAll(() => server?.stop('immediate'))

  async function database(scenario: Scenario): Promise<TestDatabase> {
    const created = await createDatabase(server)
    await withClient(created.url, async (client) => {
      await client.query(`alter database ${created.name} owner to ${role}; grant all on schema public to ${role}`)
      await client.query(`set role ${role}`)
      await client.query(schemaOf(scenario, postgresFamily, 2500))
    })
    const url = new URL(created.url)
    url.username = role
    return { ...created, url: url.href }
  }

  async function logged(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = (await server.log()).length
    await work()
    const statements = statementsOf((await server.log()).slice(before), role)
    expect(statements.length, 'the server logs nothing').toBeGreaterThan(10)
    return statements.filter((sql) => !isBesides(sql))
  }

  test.each(scenarios)('$name', { timeout: 120_000 }, async (scenario) => {
    const { url, drop } = await database(scenario)
    const migrator = createMigrator({ database: url, migrations: { '1_printed': { intents: scenario.intents } } })
    const look = () => withClient(url, (client) => canonicalCatalog(client, { without: [] }))
    const before = await look()
    let phases = {} as PlanView['phases']
    // To plan is to ask the server, too: what plan itself sends leaves nothing behind, and expand plans once more.
    const planning = await logged(async () => {
      phases = (await migrator.plan()).migrations[0]!.phases
    })
    expect(await look(), 'plan changed something').toBe(before)
    const commands: Readonly<Record<keyof typeof phases, (migrator: Migrator) => Promise<unknown>>> = {
      expand: (each) => each.expand(),
      backfill: (each) => each.backfill(),
      contract: (each) => each.contract({ quietPeriod: 0 }),
      purge: (each) => each.purge({ ignoreRetention: true }),
    }
    for (const [phase, run] of Object.entries(commands)) {
      const steps = phases[phase as keyof typeof phases]
      const statements = await logged(() => run(migrator))
      // Before it opens the gates contract verifies once more, with the statements that the backfill prints.
      const verification = phase === 'contract' ? loops(phases.backfill).filter((sql) => /^select/i.test(sql)) : []
      const asked = phase === 'contract' ? gateQuestions(statements, steps) : []
      const rest = statements.filter(
        (sql) => !verification.includes(sql) && !asked.includes(sql) && !(phase === 'expand' && planning.includes(sql)),
      )
      expect(inOrder(rest, steps), phase).toEqual(
        steps.filter(({ statements: all }) => all.length > 0).map(({ id }) => id),
      )
      const once = steps.filter((step) => !isLoop(step)).flatMap((step) => step.statements)
      expect(
        rest.filter((sql) => !loops(steps).includes(sql)),
        phase,
      ).toEqual(once)
    }
    await migrator.close()
    await drop()
  })
})

const isLoop = ({ kind }: StepView): boolean => kind === 'backfill' || kind === 'verify'
const loops = (steps: readonly StepView[]): readonly string[] =>
  steps.filter(isLoop).flatMap(({ statements }) => statements)

/** Questions of the gates: they count rows and change nothing. */
function gateQuestions(statements: readonly string[], steps: readonly StepView[]): readonly string[] {
  const printed = steps.flatMap((step) => step.statements)
  return statements.filter((sql) => /^select count\(\*\)/i.test(sql) && !printed.includes(sql))
}

/** The steps that the statements belong to, repeats taken together; a statement of none stands for itself. */
function inOrder(statements: readonly string[], steps: readonly StepView[]): readonly string[] {
  const ids: string[] = []
  let at = 0
  for (const sql of statements) {
    const found = steps.findIndex((step, index) => index >= at && step.statements.includes(sql))
    const id = found < 0 ? `NOT PRINTED: ${sql}` : steps[found]!.id
    if (found >= 0) at = found
    if (ids.at(-1) !== id) ids.push(id)
  }
  return ids
}
