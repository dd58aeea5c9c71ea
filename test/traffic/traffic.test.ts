import { expect, it, type TestContext } from 'vitest'
import { createMigrator, type Migrator } from '../../src/index.ts'
import { type Family, familyOf } from '../families/family.ts'
import { scenarios } from '../scenarios/index.ts'
import { playedOn } from '../scenarios/played-on.ts'
import { seed } from '../scenarios/sample.ts'
import { leaveOut, leaveOutIfNotYet, migrationOf, type Scenario, schemaOf } from '../scenarios/scenario.ts'
import { createDatabase, describeEveryServer, type TestServer } from '../servers/databases.ts'
import { startWriters, type Tally, type Writers } from './writers.ts'

const count = 4
const rows = 4000
const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

describeEveryServer('four writers of each version, through every phase and back', (server) => {
  console.log(`live scenarios: SEED=${seed}`)
  for (const scenario of playedOn(server, scenarios)) {
    it(`${scenario.name}: no statement fails and no write is lost`, { timeout: 240_000 }, (context) =>
      play(server, scenario, context),
    )
  }
})

async function play(server: TestServer, scenario: Scenario, context: TestContext): Promise<void> {
  const family = familyOf(server)
  const known = scenario.knownUnderTraffic
  if (known?.kinds.includes(server.kind)) leaveOut(context, scenario, server.name, `known: ${known.because}`)
  const database = await createDatabase(server)
  try {
    await family.run(database.url, schemaOf(scenario, family, rows))
    await leaveOutIfNotYet(context, scenario, server, database.url)
    await story(database.url, family, scenario)
  } finally {
    await database.drop()
  }
}

async function story(url: string, family: Family, scenario: Scenario): Promise<void> {
  const tally: Tally = { statements: 0, failures: [], prepared: 0 }
  let stage = 'before'
  const start = (version: 'v1' | 'v2'): Promise<Writers> =>
    startWriters({ url, scenario, version, count, tally, stage: () => stage, seed: seed + tally.statements, rows })
  const migrator = createMigrator({ database: url, migrations: { m: migrationOf(scenario) } })
  const during = async (name: string, phase: () => Promise<unknown>): Promise<void> => {
    stage = name
    await phase()
    await Promise.all([sleep(250), written(60)])
    expect(tally.failures, `SEED=${seed}`).toEqual([])
  }
  /** However busy the machine is: so much is written after each phase. */
  const written = async (statements: number): Promise<void> => {
    const until = tally.statements + statements
    while (tally.statements < until && tally.failures.length === 0) await sleep(10)
  }
  const { lossy = false } = scenario
  const back = { acceptLoss: lossy, ...(lossy ? { reason: 'test' } : {}), quietPeriod: 0 }
  const agree = async (): Promise<void> => {
    await compare(url, family, scenario, scenario.agree(family))
    if (scenario.raises !== undefined) await mend(url, family, migrator, scenario.v1, scenario.raises)
    if (scenario.violates !== undefined) await obey(url, family, migrator, scenario.v1, scenario.violates)
  }
  const before = await family.catalog(url)
  let v1 = await start('v1')
  let v2: Writers | null = null
  try {
    await during('expand', () => migrator.expand())
    if (scenario.v2From === 'expanded') v2 = await start('v2')
    await during('both before the backfill', () => sleep(200))
    await v2?.stop()
    await during('rollback to pending', () => migrator.rollback(back))
    expect(await family.catalog(url), 'the schema after the way back').toBe(before)
    await family.run(url, `delete from control where side = 'v2'`)
    await during('expand again', () => migrator.expand())
    v2 = scenario.v2From === 'expanded' ? await start('v2') : null
    await during('backfill', () => migrator.backfill())
    v2 ??= await start('v2')
    await during('both', () => sleep(300))
    await v1.stop()
    await agree()
    await during('contract', () => migrator.contract({ quietPeriod: 0 }))
    await during('rollback of contract', () => migrator.rollback())
    v1 = await start('v1')
    await during('both again', () => sleep(300))
    await v1.stop()
    await agree()
    await during('contract again', () => migrator.contract({ quietPeriod: 0 }))
    await during('purge', () => migrator.purge({ ignoreRetention: true }))
    await v2.stop()
    await compare(url, family, scenario, '1 = 1')
    expect(tally.statements).toBeGreaterThan(500)
    const after = await family.catalog(url)
    expect(after).not.toMatch(family.ours)
    const { renames } = scenario
    if (renames !== undefined)
      expect(family.renamed(after, renames.to, renames.to)).toBe(family.renamed(before, renames.from, renames.to))
  } finally {
    await v1.stop()
    await v2?.stop()
    await migrator.close()
  }
}

/** Each value that cannot be converted is on record, under the key that its row has now, and keeps contract closed until it is mended. */
async function mend(
  url: string,
  family: Family,
  migrator: Migrator,
  column: string,
  { value, mended }: NonNullable<Scenario['raises']>,
): Promise<void> {
  const [raised, good] = [family.literal(value), family.literal(mended)]
  const failures = family.state('conversion_failures')
  const found = await family.rows<{ recorded: unknown }>(
    url,
    `select exists (select 1 from ${failures} f where f.${family.quote('key')} = ${family.keyText('i.id')} and f.resolved_at is null) as recorded, count(*) as n
     from items i where i.${column} = ${raised} group by 1`,
  )
  expect(
    found.map(({ recorded }) => Boolean(recorded)),
    `SEED=${seed}`,
  ).toEqual([true])
  await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringContaining('convert'),
  })
  await family.run(
    url,
    `update items set ${column} = ${good} where ${column} = ${raised}; update control set value = ${good} where side = 'v1' and value = ${raised}`,
  )
}

/** What the old version wrote against a rule was let through, and keeps contract closed until it is mended. */
async function obey(
  url: string,
  family: Family,
  migrator: Migrator,
  column: string,
  { value, mended }: NonNullable<Scenario['violates']>,
): Promise<void> {
  const [wrong, good] = [family.literal(value), family.literal(mended)]
  const found = await family.rows<{ n: unknown }>(url, `select count(*) as n from items where ${column} = ${wrong}`)
  expect(Number(found[0]?.n), `SEED=${seed}`).toBeGreaterThan(0)
  await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringMatching(/violations: \d+ rows/),
  })
  await family.run(
    url,
    `update items set ${column} = ${good} where ${column} = ${wrong}; update control set value = ${good} where side = 'v1' and value = ${wrong}`,
  )
}

/** Both sides agree in every row, and every controlled write is where it was put. */
async function compare(url: string, family: Family, scenario: Scenario, agree: string): Promise<void> {
  expect(await family.rows(url, `select id from items where not (${agree}) limit 5`), `SEED=${seed}`).toEqual([])
  const there = new Set(await family.columns(url, 'items'))
  for (const side of ['v1', 'v2'] as const) {
    const column = scenario[side]
    if (column === null || !there.has(column)) continue
    const lost = await family.rows(
      url,
      `select c.id, c.value, ${family.text(`i.${column}`)} as found from control c left join items i on i.id = c.id
       where c.side = '${side}' and not (${family.same('c.value', family.text(`i.${column}`))}) limit 5`,
    )
    expect(lost, `SEED=${seed}`).toEqual([])
  }
}
