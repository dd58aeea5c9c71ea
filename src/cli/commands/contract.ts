import { usageError } from '../../errors.ts'
import { confirmDestruction } from '../confirm.ts'
import { defined } from '../defined.ts'
import { accepting, connection, consenting, gates, metrics, reasoning, writing } from '../options.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import type { Settings } from '../settings.ts'
import { whichMigrations } from '../which.ts'
import { gateOptions, runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate contract`: hides the old shape, once nobody uses it any more. */
export const contract: CommandFile = {
  name: 'contract',
  summary: 'hides the old shape behind its gates; dropped after the retention',
  arguments: '[name]',
  options: [
    { flags: '--wait <duration>', help: 'keep trying so long until the gates open' },
    ...gates,
    { flags: '--retention <duration>', help: 'how long the old shape is kept, undoable (24h); 0 drops at once' },
    { flags: '--brown-out <duration>', help: 'hide the old shape on trial, and bring it back if somebody uses it' },
    { flags: '--force-gate <gate>', help: 'go on though this gate is closed; again for each', many: true },
    ...reasoning,
    ...consenting,
    ...accepting,
    ...writing,
    ...metrics,
    ...connection,
  ],
  examples: [
    'migrate contract --wait 30m',
    'migrate contract --fence shop_v1 --quiet-period 0',
    'migrate contract --brown-out 5m',
    "migrate contract --force-gate legacy-writes --reason 'cron job is retired' --yes",
  ],
  run: async (session, [name]) => {
    const { settings } = session
    const forceGates = settings.list('forceGate')
    const fence = settings.list('fence')
    const retention = settings.duration('retention')
    const reason = settings.text('reason')
    if (forceGates.length > 0 && reason === undefined) {
      throw usageError('usage.reason', '--force-gate needs --reason, which is kept in the history')
    }
    const options = {
      ...runOptions(session, name),
      ...gateOptions(session),
      ...defined({ retention, wait: settings.duration('wait'), brownOut: askedBrownOut(settings), reason }),
      ...(forceGates.length > 0 ? { forceGates } : {}),
    }
    return withMigrator(session, async (migrator) => {
      const names = await whichMigrations(session, migrator, 'contract', name)
      if (names.length > 0 && (retention === 0 || forceGates.length > 0 || fence.length > 0)) {
        const forcing = forceGates.length > 0 ? [`forcing ${forceGates.join(', ')}`] : []
        const locking = fence.length > 0 ? [`locking out ${fence.join(', ')}`] : []
        const how = [...forcing, ...locking].join(', ')
        const hides = how === '' ? 'contract drops the old shape of' : `${how}, contract hides the old shape of`
        const lost = [
          ...(retention === 0 ? ['the old columns and tables, at once: no rollback after this'] : []),
          ...(retention !== 0 && forceGates.length > 0 ? ['what clients that still use the old shape write'] : []),
          ...(fence.length > 0 ? ['the sessions of those users, with their transactions in flight'] : []),
        ]
        await confirmDestruction(session, migrator, { what: hides, lost: lost.join('; '), names })
      }
      const result = await migrator.contract(options)
      const next = retention === 0 ? undefined : 'after the retention `migrate purge` drops the old shape'
      return { result, text: renderRun(result, session.output.colours, { next, phases: ['contract'] }) }
    })
  },
}

/** That of the config is for what has something to hide; who says it for this run means these migrations. */
const askedBrownOut = (settings: Settings): number | undefined =>
  settings.find('brownOut')?.from === 'config' ? undefined : settings.duration('brownOut')
