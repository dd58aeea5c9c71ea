import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate resume`: a paused backfill goes on where it runs. */
export const resume: CommandFile = {
  name: 'resume',
  summary: 'lets a paused backfill go on',
  arguments: '[name]',
  options: [...connection],
  run: async (session, [name]) =>
    withMigrator(session, async (migrator) => {
      const result = await migrator.resume(defined({ name }))
      const text = result.migrations.length === 0 ? 'no backfill is paused' : `resumed: ${result.migrations.join(', ')}`
      return { result, text }
    }),
}
