import { ask, mayAsk } from '../confirm.ts'
import { connection, consenting, writing } from '../options.ts'
import { renderRepair } from '../render/repair.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate repair`: shows what is broken, then mends it. */
export const repair: CommandFile = {
  name: 'repair',
  summary: 'invalid indexes, half-done steps, changed files: shows, then mends',
  arguments: '[name]',
  options: [
    { flags: '--done <step>', help: 'you looked, and this step is done; again for each', many: true },
    { flags: '--undone <step>', help: 'you looked, and this step is not done: it is to be run again', many: true },
    ...consenting,
    ...writing,
    ...connection,
  ],
  run: async (session, [name]) =>
    withMigrator(session, async (migrator) => {
      const { colours, errorColours, note } = session.output
      const said = { done: session.settings.list('done'), undone: session.settings.list('undone') }
      const chosen = { ...(name === undefined ? {} : { name }), ...said }
      const found = await migrator.repair({ ...chosen, dryRun: true })
      if (session.settings.flag('dryRun') || found.findings.length === 0) {
        return { result: found, text: renderRepair(found, colours) }
      }
      if (mayAsk(session)) {
        note(renderRepair(found, errorColours))
        await ask(session, 'Mend these? Only `yes` does: ')
      }
      const result = await migrator.repair({ ...chosen, dryRun: false })
      return { result, text: renderRepair(result, colours) }
    }),
}
