import { expect, type TestContext } from 'vitest'
import { familyOf } from '../families/family.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { leaveOutIfNotYet, type Scenario, schemaOf } from '../scenarios/scenario.ts'
import type { TestDatabase, TestServer } from '../servers/databases.ts'
import { type Point, runKilled } from './kill.ts'
import { runSteps, type Verb } from './verbs.ts'

/** What one verb of one scenario is tried with. */
export interface Trial {
  readonly server: Pick<TestServer, 'name' | 'url'>
  readonly scenario: Scenario
  readonly verb: Verb
  /** The folder with the migration. */
  readonly dir: string
  /** How many of the points, chosen by the seed; all of them without it. */
  readonly sample?: number
  readonly context: Pick<TestContext, 'skip'>
}

/** Cases that run side by side: most of their time is waiting. */
const concurrency = 3

/** Kills the runner at every statement, lets the app write, says the same command again, and compares the end with that of a run left alone. */
export async function tryVerb(trial: Trial): Promise<void> {
  const { server, scenario, verb, dir, sample, context } = trial
  const family = familyOf(server)
  const stage = await family.stage(server, async (url) => {
    await family.run(url, schemaOf(scenario, family, 300))
    await leaveOutIfNotYet(context, scenario, server, url)
    await runSteps(url, scenario.intents, verb.before)
  })
  try {
    const { statements, wanted } = await inDatabase(await stage.fresh(), async ({ url }) => {
      const alone = await runKilled(url, dir, verb.args, -1, 'before')
      expect(alone.code, alone.stderr).toBe(0)
      return { statements: alone.statements, wanted: await end(url, trial) }
    })
    // Dying before a statement leaves in the server what dying after the one before it left: with the first one's
    // "before", every moment between two statements is there once.
    expect(statements).toBeGreaterThan(0)
    const points: readonly { readonly at: number; readonly point: Point }[] = [
      { at: 1, point: 'before' },
      ...Array.from({ length: statements }, (_, index) => ({ at: index + 1, point: 'after' as const })),
    ]
    const queue = [...(sample === undefined ? points : pick(points, sample, seed + points.length))]
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { at, point } = next
        const label = `SEED=${seed}: ${scenario.name}, ${verb.name}, killed ${point} statement ${at} of ${statements}`
        await inDatabase(await stage.fresh(), async ({ url }) => {
          const killed = await runKilled(url, dir, verb.args, at, point)
          expect(killed.signal, `${label}: ${killed.stderr}`).toBe('SIGKILL')
          await written(url, trial)
          await again(url, trial, label)
          expect(await end(url, trial), label).toEqual(wanted)
        })
      }
    }
    const ended = await Promise.allSettled(Array.from({ length: concurrency }, worker))
    for (const result of ended) if (result.status === 'rejected') throw result.reason
  } finally {
    await stage.close()
  }
}

async function inDatabase<T>(database: TestDatabase, body: (database: TestDatabase) => Promise<T>): Promise<T> {
  try {
    return await body(database)
  } finally {
    await database.drop()
  }
}

/** What the version that is deployed writes while the runner is dead: whatever was left behind has to bear it. */
async function written(url: string, { scenario, verb }: Trial): Promise<void> {
  const family = familyOf({ url })
  const own = verb.app === 'v2' ? scenario.v2 : scenario.takenOnce ? undefined : scenario.v1
  const column = family.quote(own ?? 'note')
  const make = (verb.app === 'v2' ? scenario.v2Value : undefined) ?? scenario.value
  const [first, second] = [0.35, 0.65].map((number) => family.literal(make(() => number)))
  await family.run(
    url,
    `insert into items (id, ${column}) values (5000, ${first}); update items set ${column} = ${second} where id = 7; delete from items where id = 5000`,
  )
}

/** What two runs have to agree on. The one left alone is written to as well, when it is over. */
async function end(url: string, trial: Trial): Promise<readonly string[]> {
  const family = familyOf({ url })
  const { scenario, verb } = trial
  const before = verb.settle === undefined ? '' : await family.endState(url, { data: false })
  await written(url, trial)
  if (verb.settle !== undefined) await runSteps(url, scenario.intents, [verb.settle])
  return [before, await family.endState(url)]
}

/** The same command once more. One that had done everything already may say that there is nothing left to do. */
async function again(url: string, { scenario, verb }: Trial, label: string): Promise<void> {
  if (verb.args[0] === 'rollback' && (await isOver(url, verb))) return
  await runSteps(url, scenario.intents, [verb.run]).catch((cause: unknown) => {
    throw new Error(`${label}: the same command again failed`, { cause })
  })
}

/** A rollback that ended takes the next phase back when it is said again: the ledger tells whether it ended. */
async function isOver(url: string, verb: Verb): Promise<boolean> {
  const family = familyOf({ url })
  const [row] = await family.rows<{ state: string }>(url, `select state from ${family.state('migrations')}`)
  return row?.state === (verb.name === 'rollback to pending' ? 'pending' : 'backfilled')
}
