import { accepting, connection, metrics, pace, writing } from '../options.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import { whichMigrations } from '../which.ts'
import { paceOptions, runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate backfill`: fills the new shape for old rows, resumes where it stopped, then verifies. */
export const backfill: CommandFile = {
  name: 'backfill',
  summary: 'fills the new shape for old rows, or goes on with it, then verifies',
  arguments: '[name]',
  options: [...pace, ...accepting, ...writing, ...metrics, ...connection],
  examples: [
    'migrate backfill --max-rate 5000',
    'migrate backfill --max-duration 30m   # exit 75 when the time is over',
  ],
  run: async (session, [name]) => {
    const options = { ...runOptions(session, name), ...paceOptions(session) }
    return withMigrator(session, async (migrator) => {
      await whichMigrations(session, migrator, 'backfill', name)
      const result = await migrator.backfill(options)
      const next = 'deploy the new version; when the old one is gone, `migrate contract`'
      return { result, text: renderRun(result, session.output.colours, { next, phases: ['backfill'] }) }
    })
  },
}
