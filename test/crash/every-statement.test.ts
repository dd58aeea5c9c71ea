import { describe, it } from 'vitest'
import { scenarios } from '../scenarios/index.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { withMigration } from './folder.ts'
import { sampleFor } from './sample.ts'
import { tryVerb } from './trial.ts'
import { verbs } from './verbs.ts'

describeEveryServer('the runner of a migration that stands for the others, killed at many statements', (server) => {
  for (const scenario of scenarios.filter(({ everyStatement }) => everyStatement)) {
    describe(scenario.name, () => {
      for (const verb of verbs) {
        it(`${verb.name} ends as if nothing had happened`, { timeout: 900_000 }, (context) =>
          withMigration(scenario, (dir) => tryVerb({ server, scenario, verb, dir, context, ...sampleFor('every') })),
        )
      }
    })
  }
})
