import { accepting, connection, metrics, writing } from '../options.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import { whichMigrations } from '../which.ts'
import { runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate up`: all phases of everything pending, for databases that nobody else uses. */
export const up: CommandFile = {
  name: 'up',
  summary: 'all phases at once, for local, preview, test and empty databases',
  arguments: '[name]',
  options: [
    { flags: '--allow-traffic', help: 'though other sessions use the database' },
    ...accepting,
    ...writing,
    ...metrics,
    ...connection,
  ],
  run: async (session, [name]) => {
    const options = { ...runOptions(session, name), allowTraffic: session.settings.flag('allowTraffic') }
    return withMigrator(
      session,
      async (migrator) => {
        await whichMigrations(session, migrator, 'up', name)
        const result = await migrator.up(options)
        return { result, text: renderRun(result, session.output.colours) }
      },
      { dialect: 'by url' },
    )
  },
}
