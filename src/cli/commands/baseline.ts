import { connection, writing } from '../options.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import { runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate baseline`: takes an existing database as the starting point. */
export const baseline: CommandFile = {
  name: 'baseline',
  summary: 'records that everything up to this migration is in the database already',
  arguments: '<name>',
  options: [...writing, ...connection],
  run: async (session, [name = '']) => {
    const { dryRun } = runOptions(session, name)
    return withMigrator(session, async (migrator) => {
      const result = await migrator.baseline({ name, dryRun })
      return { result, text: renderRun(result, session.output.colours) }
    })
  },
}
