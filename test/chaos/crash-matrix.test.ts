import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRandom, seedOfRun } from '../live/random.ts'
import type { Scenario } from '../live/scenario.ts'
import { scenarios } from '../live/scenarios/index.ts'
import { renameUnique } from '../live/scenarios/rename-column.ts'
import { describeEachServer, type TestServer } from '../servers/databases.ts'
import { crash } from './crash.ts'
import { type KillPoint, killPoints } from './kill-points.ts'
import { type Leg, legs } from './legs.ts'
import { type Rehearsal, rehearse } from './stage.ts'
import { victimPool } from './victims.ts'

const full = process.env.MATRIX === 'full'
const seed = seedOfRun()
const random = createRandom(seed)
const atOnce = 3
const pool = victimPool(atOnce)
afterAll(() => pool.close())

// A rename goes through all of it; of the rest each run takes a few, others each time.
const rest = scenarios.filter((scenario) => scenario !== renameUnique)
const sampled = full ? rest : [...rest].sort(() => random.integer(-1, 1)).slice(0, 3)
const perLeg = 2

/** Kills at each of the points, several at once, and lists what went otherwise. */
async function crashAtEach(
  server: TestServer,
  scenario: Scenario,
  rehearsal: Rehearsal,
  points: readonly KillPoint[],
): Promise<readonly string[]> {
  const todo = [...points]
  const failures: string[] = []
  const work = async (): Promise<void> => {
    for (let point = todo.shift(); point !== undefined; point = todo.shift()) {
      const problem = await crash(server, scenario, rehearsal, point, pool.take())
      const where = `${point.at} statement ${point.index} of ${rehearsal.leg.name}, ${point.sql.slice(0, 90).replaceAll(/\s+/g, ' ')}`
      if (problem !== null) failures.push(`killed ${where}\n    ${problem}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return failures
}

describeEachServer('killed anywhere, the same command again ends as if nothing had been', (server) => {
  describe.each([renameUnique, ...sampled])(`$name (SEED=${seed})`, (scenario) => {
    let rehearsals: readonly Rehearsal[] = []
    beforeAll(async () => {
      rehearsals = await rehearse(server, scenario)
    }, 120_000)

    test.each(legs)('$name', { timeout: 600_000 }, async (leg: Leg) => {
      const rehearsal = rehearsals.find((found) => found.leg === leg)!
      const all = killPoints(rehearsal.statements, full)
      const some = Array.from({ length: perLeg }, () => random.pick(all))
      const points = full || scenario === renameUnique ? all : some
      expect(points.length).toBeGreaterThan(0)
      expect(await crashAtEach(server, scenario, rehearsal, points)).toEqual([])
    })
  })
})
