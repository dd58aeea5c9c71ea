import { usageError } from '../../errors.ts'
import { confirmDestruction } from '../confirm.ts'
import { defined } from '../defined.ts'
import { connection, consenting, metrics, reasoning, writing } from '../options.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import { runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate rollback`: one phase back, losing nothing. */
export const rollback: CommandFile = {
  name: 'rollback',
  summary: 'one phase back, losing nothing; without a name the newest migration',
  arguments: '[name]',
  options: [
    { flags: '--all', help: 'every migration, newest first' },
    { flags: '--accept-loss', help: 'go back though some rows cannot be represented in the old shape' },
    { flags: '--quiet-period <duration>', help: 'how long nobody must have used the new shape' },
    { flags: '--force-gate <gate>', help: 'go on though this gate is closed; again for each', many: true },
    ...reasoning,
    ...consenting,
    ...writing,
    ...metrics,
    ...connection,
  ],
  run: async (session, [name]) => {
    const { settings } = session
    const all = settings.flag('all')
    const acceptLoss = settings.flag('acceptLoss')
    const forceGates = settings.list('forceGate')
    const reason = settings.text('reason')
    if (all && name !== undefined) throw usageError('usage.all-and-name', 'give a name or --all, not both')
    if ((acceptLoss || forceGates.length > 0) && reason === undefined) {
      const flag = acceptLoss ? '--accept-loss' : '--force-gate'
      throw usageError('usage.reason', `${flag} needs --reason, which is kept in the history`)
    }
    const options = {
      ...runOptions(session, name),
      ...defined({ reason, quietPeriod: settings.duration('quietPeriod') }),
      ...(forceGates.length > 0 ? { forceGates } : {}),
      all,
      acceptLoss,
    }
    return withMigrator(session, async (migrator) => {
      if (acceptLoss || forceGates.length > 0) {
        const lost = acceptLoss
          ? 'what was written in the new shape and the old one cannot hold'
          : 'what clients that still use the new shape write'
        const names = name === undefined ? [all ? 'every migration' : 'the newest migration'] : [name]
        await confirmDestruction(session, migrator, { what: 'rollback takes back', lost, names })
      }
      const result = await migrator.rollback(options)
      return { result, text: renderRun(result, session.output.colours) }
    })
  },
}
