import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate pause`: a running backfill, from elsewhere. */
export const pause: CommandFile = {
  name: 'pause',
  summary: 'pauses a running backfill, from elsewhere',
  arguments: '[name]',
  options: [...connection],
  run: async (session, [name]) =>
    withMigrator(session, async (migrator) => {
      const result = await migrator.pause(defined({ name }))
      const text = result.migrations.length === 0 ? 'no backfill is running' : `paused: ${result.migrations.join(', ')}`
      return { result, text }
    }),
}
