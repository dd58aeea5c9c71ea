import { confirmDestruction } from '../confirm.ts'
import { accepting, connection, consenting, writing } from '../options.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import { whichMigrations } from '../which.ts'
import { runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate purge`: drops what has been in quarantine longer than the retention. */
export const purge: CommandFile = {
  name: 'purge',
  summary: 'drops the old shape, once its retention is over',
  arguments: '[name]',
  options: [...consenting, ...accepting, ...writing, ...connection],
  run: async (session, [name]) => {
    const options = runOptions(session, name)
    return withMigrator(session, async (migrator) => {
      const names = await whichMigrations(session, migrator, 'purge', name)
      if (names.length > 0) {
        const lost = 'the old columns and tables whose retention is over: no rollback after this'
        await confirmDestruction(session, migrator, { what: 'purge drops the old shape of', lost, names })
      }
      const result = await migrator.purge(options)
      return { result, text: renderRun(result, session.output.colours, { phases: ['purge'] }) }
    })
  },
}
