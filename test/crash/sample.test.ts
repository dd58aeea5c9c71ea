import { describe, it } from 'vitest'
import { scenarios } from '../scenarios/index.ts'
import { playedOn } from '../scenarios/played-on.ts'
import { pick, seed, whole } from '../scenarios/sample.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { withMigration } from './folder.ts'
import { sampleFor } from './sample.ts'
import { tryVerb } from './trial.ts'
import { verbs } from './verbs.ts'

describeEveryServer('the runner of any other migration, killed somewhere', (server) => {
  console.log(`crash matrix: SEED=${seed}${whole ? ', complete' : ', a sample'}`)
  const others = playedOn(server, scenarios).filter(({ everyStatement }) => !everyStatement)
  for (const [index, scenario] of others.entries()) {
    describe(scenario.name, () => {
      for (const verb of pick(verbs, 2, seed + index)) {
        it(`${verb.name} ends as if nothing had happened`, { timeout: 900_000 }, (context) =>
          withMigration(scenario, (dir) => tryVerb({ server, scenario, verb, dir, context, ...sampleFor('some') })),
        )
      }
    })
  }
})
