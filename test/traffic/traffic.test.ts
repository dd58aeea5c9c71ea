import { expect, it } from 'vitest'
import { createMigrator, type Migrator } from '../../src/index.ts'
import { withClient } from '../servers/connect.ts'
import { createDatabase, describeEachServer } from '../servers/databases.ts'
import { type Scenario, scenarios, schema } from './scenarios.ts'
import { startWriters, type Tally, type Writers } from './writers.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
const writers = 4
const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

describeEachServer('four writers of each version, through every phase and back', (server) => {
  for (const scenario of scenarios) {
    it(`${scenario.name}: no statement fails and no write is lost`, { timeout: 240_000 }, async () => {
      const database = await createDatabase(server)
      try {
        await withClient(database.url, (client) => client.query(schema))
        await story(database.url, scenario)
      } finally {
        await database.drop()
      }
    })
  }
})

async function story(url: string, scenario: Scenario): Promise<void> {
  const tally: Tally = { statements: 0, failures: [], prepared: 0 }
  let stage = 'before'
  const start = (version: 'v1' | 'v2'): Promise<Writers> =>
    startWriters(url, scenario, version, writers, tally, () => stage, seed + tally.statements)
  const migrator = createMigrator({ database: url, migrations: { m: { intents: scenario.intents } } })
  const during = async (name: string, phase: () => Promise<unknown>): Promise<void> => {
    stage = name
    await phase()
    await sleep(250)
    expect(tally.failures, `SEED=${seed}`).toEqual([])
  }
  const back = { acceptLoss: scenario.lossy, ...(scenario.lossy ? { reason: 'test' } : {}), quietPeriod: 0 }
  const agree = async (): Promise<void> => {
    await compare(url, scenario, scenario.agree)
    if (scenario.raises !== undefined) await mend(url, migrator, scenario.raises)
  }
  let v1 = await start('v1')
  let v2: Writers | null = null
  try {
    await during('expand', () => migrator.expand())
    if (scenario.v2From === 'expanded') v2 = await start('v2')
    await during('both before the backfill', () => sleep(200))
    await v2?.stop()
    await during('rollback to pending', () => migrator.rollback(back))
    await withClient(url, (client) => client.query(`delete from control where side = 'v2'`))
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
    await compare(url, scenario, 'true')
    expect(tally.statements).toBeGreaterThan(500)
  } finally {
    await v1.stop()
    await v2?.stop()
    await migrator.close()
  }
}

/** Each value that cannot be converted is on record, under the key that its row has now, and keeps contract closed until it is mended. */
async function mend(url: string, migrator: Migrator, raises: NonNullable<Scenario['raises']>): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ recorded: boolean; n: number }>(
      `select exists (select from bellows.conversion_failures f where f.key = jsonb_build_object('id', i.id)::text and f.resolved_at is null) as recorded,
       count(*)::int as n from items i where note = $1 group by 1`,
      [raises.value],
    )
    expect(rows, `SEED=${seed}`).toEqual([{ recorded: true, n: expect.any(Number) }])
    await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('convert'),
    })
    await client.query('update items set note = $2 where note = $1', [raises.value, raises.mended])
    await client.query(`update control set value = $2 where side = 'v1' and value = $1`, [raises.value, raises.mended])
  })
}

/** Both sides agree in every row, and every controlled write is where it was put. */
async function compare(url: string, scenario: Scenario, agree: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows: wrong } = await client.query(`select id from items where not (${agree}) limit 5`)
    expect(wrong, `SEED=${seed}`).toEqual([])
    const { rows: columns } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'items'::regclass and attnum > 0 and not attisdropped`,
    )
    const there = new Set(columns.map(({ name }) => name))
    for (const side of ['v1', 'v2'] as const) {
      const column = scenario[side]
      if (column === null || !there.has(column)) continue
      const { rows: lost } = await client.query(
        `select c.id, c.value, i.${column}::text as found from control c left join items i using (id) where c.side = $1 and c.value is distinct from i.${column}::text limit 5`,
        [side],
      )
      expect(lost, `SEED=${seed}`).toEqual([])
    }
  })
}
