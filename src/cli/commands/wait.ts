import { usageError } from '../../errors.ts'
import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import { renderStatus } from '../render/status.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

const targets = ['expanded', 'backfilled', 'contracted'] as const

/** `migrate wait`: read-only, for init containers. */
export const wait: CommandFile = {
  name: 'wait',
  summary: 'waits, read-only, until migrations have reached a state; exit 75 when the time is over',
  arguments: '[name]',
  options: [
    { flags: '--for <state>', help: 'the state to wait for; later ones count', choices: targets },
    { flags: '--timeout <duration>', help: 'how long (10m)' },
    { flags: '--interval <duration>', help: 'how often to look (2s)' },
    ...connection,
  ],
  examples: ['migrate wait --for backfilled --timeout 30m'],
  run: async (session, [name]) => {
    const { settings } = session
    const target = targets.find((state) => state === settings.text('for'))
    if (target === undefined) {
      throw usageError('usage.wait-for', `--for needs one of ${targets.join(', ')}`)
    }
    const options = defined({ name, timeout: settings.duration('timeout'), interval: settings.duration('interval') })
    return withMigrator(session, async (migrator) => {
      const result = await migrator.wait({ ...options, for: target })
      return { result, text: renderStatus(result, session.output.colours) }
    })
  },
}
