import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import { renderHistory } from '../render/history.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate history`: the ledger. With `--verbose` the statements too. */
export const history: CommandFile = {
  name: 'history',
  summary: 'who ran what, when, how long, which statements (--verbose), what error',
  arguments: '[name]',
  options: [...connection],
  run: async (session, [name]) =>
    withMigrator(session, async (migrator) => {
      const result = await migrator.history(defined({ name }))
      return { result, text: renderHistory(result, session.output.colours, session.settings.flag('verbose')) }
    }),
}
