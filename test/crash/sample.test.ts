import { describe, it } from 'vitest'
import { describeEachServer } from '../servers/databases.ts'
import { withMigration } from './folder.ts'
import { scenarios } from './scenarios.ts'
import { pick, seed, tryVerb, whole } from './trial.ts'
import { verbs } from './verbs.ts'

describeEachServer('the runner of any other migration, killed somewhere', (server) => {
  console.log(`crash matrix: SEED=${seed}${whole ? ', complete' : ', a sample'}`)
  for (const [index, scenario] of scenarios.slice(1).entries()) {
    describe(scenario.name, () => {
      for (const verb of whole ? verbs : new Set(pick(verbs, 2, seed + index))) {
        it(`${verb.name} ends as if nothing had happened`, { timeout: 900_000 }, () =>
          withMigration(scenario, (dir) => tryVerb({ server, scenario, verb, dir, sample: 2 })),
        )
      }
    })
  }
})
