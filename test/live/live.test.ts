import { expect, test } from 'vitest'
import { describeEachServer } from '../servers/databases.ts'
import { play } from './play.ts'
import { seedOfRun } from './random.ts'
import { scenarios } from './scenarios/index.ts'

const seed = seedOfRun()
const path = [
  'expanded',
  'backfilled',
  'pending',
  'expanded',
  'backfilled',
  'contracted',
  'backfilled',
  'contracted',
  'completed',
]

describeEachServer(`both versions go on writing, forth, back and forth again; SEED=${seed}`, (server) => {
  test.each(scenarios)('$name', { timeout: 240_000 }, async (scenario) => {
    const { record, inconsistent, states } = await play(server, scenario, seed)
    const failed = record.troubles.map(({ writer, statement, stage, code, message }) => {
      return `${stage}: ${writer}, ${statement}: ${code} ${message}`
    })
    expect([...new Set(failed)].slice(0, 10), `${failed.length} statements failed`).toEqual([])
    expect(inconsistent).toEqual([])
    expect(states).toEqual(path)
    // Without traffic none of this would mean anything.
    for (const version of ['v1', 'v2']) {
      const done = [...record.done].filter(([key]) => key.startsWith(version))
      expect(done.length, version).toBeGreaterThanOrEqual(14)
      expect(
        done.reduce((sum, [, times]) => sum + times, 0),
        version,
      ).toBeGreaterThan(150)
    }
    if (record.excepted.size > 0) console.log(`${scenario.name}: ${JSON.stringify([...record.excepted])}`)
  })
})
