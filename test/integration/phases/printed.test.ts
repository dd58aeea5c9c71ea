import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMigrator, type Migrator, type PlanView, type StepView } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import type { LoggingServer } from '../../families/log.ts'
import { scenarios } from '../../scenarios/index.ts'
import { playedOn } from '../../scenarios/played-on.ts'
import { seed } from '../../scenarios/sample.ts'
import { leaveOutIfNotYet, migrationOf, type Scenario, schemaOf } from '../../scenarios/scenario.ts'
import { createDatabase, describeEveryStartableServer, type TestDatabase } from '../../servers/databases.ts'

console.log(`a few scenarios on each server, all with MATRIX=full: SEED=${seed}`)

describeEveryStartableServer('what plan prints is what the server then logs', (server) => {
  const family = familyOf(server)
  let log: LoggingServer
  beforeAll(async () => {
    log = await family.startLogging(server)
  }, 120_000)
  afterAll(() => log?.stop())

  async function database(scenario: Scenario): Promise<TestDatabase> {
    const created = await createDatabase(log)
    const url = log.asRunner(created.url)
    await family.run(created.url, log.give(created.name))
    await family.run(url, schemaOf(scenario, family, 2500))
    return { ...created, url }
  }

  /** What the server logs meanwhile; an instance of a printed statement as it is printed. */
  async function logged(work: () => Promise<unknown>, printed: readonly string[] = []): Promise<readonly string[]> {
    const before = (await log.statements()).length
    await work()
    const statements = (await log.statements()).slice(before)
    expect(statements.length, 'the server logs nothing').toBeGreaterThan(10)
    const asPrinted = (sql: string): string => printed.find((each) => log.isInstance(sql, each)) ?? sql
    return statements.map(asPrinted).filter((sql) => printed.includes(sql) || !log.isBesides(sql))
  }

  it.for(playedOn(server, scenarios))('$name', { timeout: 120_000 }, async (scenario, context) => {
    const { url, drop } = await database(scenario)
    await leaveOutIfNotYet(context, scenario, server, url)
    const migrator = createMigrator({ database: url, migrations: { '1_printed': migrationOf(scenario) } })
    const look = () => family.catalog(url, { own: true })
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
      const printed = [...steps, ...phases.backfill].flatMap((step) => [...step.statements, ...otherwise(step)])
      const statements = await logged(() => run(migrator), printed)
      // Before it opens the gates contract verifies once more, with the statements that the backfill prints.
      const verification = phase === 'contract' ? loops(phases.backfill).filter((sql) => /^select/i.test(sql)) : []
      const asked = phase === 'contract' ? gateQuestions(statements, steps) : []
      // What an author gave to tell whether a statement is done is printed beside it.
      const probes = steps.flatMap(({ probe }) => probe ?? [])
      const rest = statements.filter(
        (sql) =>
          !verification.includes(sql) &&
          !asked.includes(sql) &&
          !probes.includes(sql) &&
          !(phase === 'expand' && planning.includes(sql)),
      )
      expect(inOrder(rest, steps), phase).toEqual(
        steps.filter(({ statements: all }) => all.length > 0).map(({ id }) => id),
      )
      const units = steps.filter((step) => !isLoop(step)).map((step) => step.statements)
      const once = units.flat()
      const weaker = steps.flatMap(otherwise)
      const sent = rest.filter((sql) => !loops(steps).includes(sql) && !weaker.includes(sql))
      expect(withoutRepeats(withoutTries(sent, units)), phase).toEqual(withoutRepeats(once))
      // What the server refuses to carry out so is followed by what is printed beside it, and by nothing else.
      for (const [index, sql] of rest.entries())
        if (weaker.includes(sql)) expect(isNextOf(steps, rest[index - 1], sql), sql).toBe(true)
    }
    await migrator.close()
    await drop()
  })
})

/** What the server is asked for instead. */
const otherwise = (step: StepView): readonly string[] => (step.otherwise ?? []).flatMap(({ statements }) => statements)

const isNextOf = (steps: readonly StepView[], before: string | undefined, sql: string): boolean =>
  steps.some((step) =>
    step.otherwise?.some(({ of, statements }) => before === [of, ...statements].at(statements.indexOf(sql))),
  )

/** A statement whose lock was not free is sent again: repeats are allowed (semantics.md 14), another order is not. */
const withoutRepeats = (statements: readonly string[]): readonly string[] =>
  statements.filter((sql, at) => sql !== statements[at - 1])

/** A step whose lock was not free in its middle begins again as a whole. */
function withoutTries(sent: readonly string[], units: readonly (readonly string[])[]): readonly string[] {
  const ended: string[] = []
  let rest = sent
  for (const unit of units) {
    for (;;) {
      const reached = unit.findIndex((sql, at) => rest[at] !== sql)
      if (reached <= 0 || rest[reached] !== unit[0]) break
      rest = rest.slice(reached)
    }
    ended.push(...rest.slice(0, unit.length))
    rest = rest.slice(unit.length)
  }
  return [...ended, ...rest]
}

const isLoop = ({ kind }: StepView): boolean => kind === 'backfill' || kind === 'verify'
const loops = (steps: readonly StepView[]): readonly string[] =>
  steps.filter(isLoop).flatMap(({ statements }) => statements)

/** Questions of the gates: they count rows and change nothing. */
function gateQuestions(statements: readonly string[], steps: readonly StepView[]): readonly string[] {
  const printed = steps.flatMap((step) => step.statements)
  return statements.filter(
    (sql) => /^(with d as \()?select (count\(\*\)|coalesce\(sum\(d\.n\), 0\))/i.test(sql) && !printed.includes(sql),
  )
}

/** The steps that the statements belong to, repeats taken together; a statement of none stands for itself. */
function inOrder(statements: readonly string[], steps: readonly StepView[]): readonly string[] {
  const ids: string[] = []
  let at = 0
  for (const sql of statements) {
    const found = steps.findIndex(
      (step, index) => index >= at && [...step.statements, ...otherwise(step)].includes(sql),
    )
    const id = found < 0 ? `NOT PRINTED: ${sql}` : steps[found]!.id
    if (found >= 0) at = found
    if (ids.at(-1) !== id) ids.push(id)
  }
  return ids
}
