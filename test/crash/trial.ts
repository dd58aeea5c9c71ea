import { expect } from 'vitest'
import { withClient } from '../servers/connect.ts'
import { cloneDatabase, createDatabase, type TestDatabase } from '../servers/databases.ts'
import { endState } from './end-state.ts'
import { type Point, runKilled } from './kill.ts'
import { type CrashScenario, schema } from './scenarios.ts'
import { runSteps, type Verb } from './verbs.ts'

/** Printed by every run, to be given back to repeat it. */
export const seed: number = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))

/** With the whole matrix: every statement of everything. */
export const whole: boolean = process.env.MATRIX === 'full'

/** What one verb of one scenario is tried with. */
export interface Trial {
  readonly server: { readonly url: string }
  readonly scenario: CrashScenario
  readonly verb: Verb
  /** The folder with the migration. */
  readonly dir: string
  /** How many of the points, chosen by the seed; all of them without it. */
  readonly sample?: number
}

/** Cases that run side by side: most of their time is waiting. */
const concurrency = 3

/** Kills the runner at every statement, says the same command again, and compares the end with that of a run left alone. */
export async function tryVerb({ server, scenario, verb, dir, sample }: Trial): Promise<void> {
  const template = await createDatabase(server)
  const drops: TestDatabase[] = [template]
  try {
    await withClient(template.url, (client) => client.query(schema))
    await runSteps(template.url, scenario.intents, verb.before)
    const reference = await cloneDatabase(server, template)
    drops.push(reference)
    const alone = await runKilled(reference.url, dir, verb.args, -1, 'before')
    expect(alone.code, alone.stderr).toBe(0)
    const wanted = await endState(reference.url)
    // Dying before a statement leaves in the server what dying after the one before it left: with the first one's
    // "before", every moment between two statements is there once.
    expect(alone.statements).toBeGreaterThan(0)
    const points: readonly { readonly at: number; readonly point: Point }[] = [
      { at: 1, point: 'before' },
      ...Array.from({ length: alone.statements }, (_, index) => ({ at: index + 1, point: 'after' as const })),
    ]
    const queue = [...(sample === undefined || whole ? points : pick(points, sample, seed + points.length))]
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const label = `SEED=${seed}: ${scenario.name}, ${verb.name}, killed ${next.point} statement ${next.at} of ${alone.statements}`
        await tryPoint({ server, scenario, verb, dir }, template, next, label, wanted)
      }
    }
    const ended = await Promise.allSettled(Array.from({ length: concurrency }, worker))
    for (const result of ended) if (result.status === 'rejected') throw result.reason
  } finally {
    for (const database of drops) await database.drop()
  }
}

async function tryPoint(
  { server, scenario, verb, dir }: Trial,
  template: TestDatabase,
  { at, point }: { readonly at: number; readonly point: Point },
  label: string,
  wanted: string,
): Promise<void> {
  const database = await cloneDatabase(server, template)
  try {
    const killed = await runKilled(database.url, dir, verb.args, at, point)
    expect(killed.signal, `${label}: ${killed.stderr}`).toBe('SIGKILL')
    await again(database.url, scenario, verb, label)
    expect(await endState(database.url), label).toBe(wanted)
  } finally {
    await database.drop()
  }
}

/** The same command once more. One that had done everything already may say that there is nothing left to do. */
async function again(url: string, scenario: CrashScenario, verb: Verb, label: string): Promise<void> {
  if (verb.args[0] === 'rollback' && (await isOver(url, verb))) return
  await runSteps(url, scenario.intents, [verb.run]).catch((cause: unknown) => {
    throw new Error(`${label}: the same command again failed`, { cause })
  })
}

/** A rollback that ended takes the next phase back when it is said again: the ledger tells whether it ended. */
async function isOver(url: string, verb: Verb): Promise<boolean> {
  const target = verb.name === 'rollback to pending' ? 'pending' : 'backfilled'
  const { rows } = await withClient(url, (client) =>
    client.query<{ state: string }>('select state from bellows.migrations'),
  )
  return rows[0]?.state === target
}

/** A few, the same for the same seed (mulberry32, T. Ettinger, public domain). */
export function pick<T>(items: readonly T[], count: number, from: number): readonly T[] {
  let state = from >>> 0
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return Array.from({ length: Math.min(count, items.length) }, () => items[Math.floor(random() * items.length)] as T)
}
