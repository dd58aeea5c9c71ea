import { expect, type TestContext } from 'vitest'
import { familyOf, type Stage } from '../families/family.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { leaveOutIfNotYet, migrationOf, type Scenario, schemaOf } from '../scenarios/scenario.ts'
import type { TestDatabase, TestServer } from '../servers/databases.ts'
import { type Moment, runAlone, runKilled } from './kill.ts'
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

/** Runners that die together, in one process, which takes longer to start than they do to get there. */
const together = 6

/** Kills the runner at every statement, lets the app write, says the same command again, and compares the end with that of a run left alone. */
export async function tryVerb(trial: Trial): Promise<void> {
  const { server, scenario, verb, dir, sample, context } = trial
  const family = familyOf(server)
  const stage = await family.stage(server, async (url) => {
    await family.run(url, schemaOf(scenario, family, 300))
    await leaveOutIfNotYet(context, scenario, server, url)
    await runSteps(url, migrationOf(scenario), verb.before)
  })
  try {
    const { statements, wanted } = await inDatabases(stage, 1, async ([url = '']) => {
      const { ended, statements } = await runAlone({ url, dir, args: verb.args })
      expect(ended.code, ended.stderr).toBe(0)
      return { statements, wanted: await end(url, trial) }
    })
    // Dying before a statement leaves in the server what dying after the one before it left: with the first one's
    // "before", every moment between two statements is there once.
    expect(statements).toBeGreaterThan(0)
    const all: readonly Moment[] = [
      { at: 1, point: 'before' },
      ...Array.from({ length: statements }, (_, index) => ({ at: index + 1, point: 'after' as const })),
    ]
    const moments = sample === undefined ? all : pick(all, sample, seed + all.length)
    for (let from = 0; from < moments.length; from += together) {
      const group = moments.slice(from, from + together)
      await inDatabases(stage, group.length, async (urls) => {
        const cases = group.map((moment, index) => ({ moment, url: urls[index] ?? '', dir, args: verb.args }))
        await runKilled(cases)
        await allOf(
          cases.map(({ url, moment }) =>
            ends(url, trial, wanted, `${moment.point} statement ${moment.at} of ${statements}`),
          ),
        )
      })
    }
  } finally {
    await stage.close()
  }
}

/** What is left of a runner that died bears what the app writes, and the same command leads to the same end. */
async function ends(url: string, trial: Trial, wanted: readonly string[], moment: string): Promise<void> {
  const label = `SEED=${seed}: ${trial.scenario.name}, ${trial.verb.name}, killed ${moment}`
  await written(url, trial)
  await again(url, trial, label)
  expect(await end(url, trial), label).toEqual(wanted)
}

async function inDatabases<T>(stage: Stage, count: number, body: (urls: readonly string[]) => Promise<T>): Promise<T> {
  const databases: TestDatabase[] = []
  try {
    for (let made = 0; made < count; made++) databases.push(await stage.fresh())
    return await body(databases.map(({ url }) => url))
  } finally {
    await allOf(databases.map((database) => database.drop()))
  }
}

/** Waits for all of them, also where one fails. */
async function allOf(tasks: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
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
  if (verb.settle !== undefined) await runSteps(url, migrationOf(scenario), [verb.settle])
  return [before, await family.endState(url)]
}

/** The same command once more. One that had done everything already may say that there is nothing left to do. */
async function again(url: string, { scenario, verb }: Trial, label: string): Promise<void> {
  if (verb.args[0] === 'rollback' && (await isOver(url, verb))) return
  await runSteps(url, migrationOf(scenario), [verb.run]).catch((cause: unknown) => {
    throw new Error(`${label}: the same command again failed`, { cause })
  })
}

/** A rollback that ended takes the next phase back when it is said again: the ledger tells whether it ended. */
async function isOver(url: string, verb: Verb): Promise<boolean> {
  const family = familyOf({ url })
  const [row] = await family.rows<{ state: string }>(url, `select state from ${family.state('migrations')}`)
  return row?.state === (verb.name === 'rollback to pending' ? 'pending' : 'backfilled')
}
