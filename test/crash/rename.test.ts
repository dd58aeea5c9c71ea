import { describe, it } from 'vitest'
import { describeEachServer } from '../servers/databases.ts'
import { withMigration } from './folder.ts'
import { scenarios } from './scenarios.ts'
import { tryVerb } from './trial.ts'
import { verbs } from './verbs.ts'

const [scenario] = scenarios

describeEachServer('the runner of a rename, killed at every statement', (server) => {
  if (scenario === undefined) throw new Error('there is no scenario')
  describe(scenario.name, () => {
    for (const verb of verbs) {
      it(`${verb.name} ends as if nothing had happened`, { timeout: 900_000 }, () =>
        withMigration(scenario, (dir) => tryVerb({ server, scenario, verb, dir })),
      )
    }
  })
})
