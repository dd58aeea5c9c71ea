import { usageError } from '../../errors.ts'
import type { ReplicaStatus } from '../../runner/api.ts'
import { defined } from '../defined.ts'
import { connection, metrics } from '../options.ts'
import { bytes, duration } from '../render/format.ts'
import { renderStatus } from '../render/status.ts'
import { replicaUrls } from '../replicas.ts'
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
    { flags: '--replica-url <url>', help: 'a replica that has to have it too; again for each', many: true },
    { flags: '--replica-url-file <file>', help: 'a file that holds such URLs, one a line', many: true },
    ...metrics,
    ...connection,
  ],
  examples: [
    'migrate wait --for backfilled --timeout 30m',
    'migrate wait --for expanded --replica-url-file /run/secrets/replicas',
  ],
  run: async (session, [name]) => {
    const { settings } = session
    const target = targets.find((state) => state === settings.text('for'))
    if (target === undefined) {
      throw usageError('usage.wait-for', `--for needs one of ${targets.join(', ')}`)
    }
    const options = defined({ name, timeout: settings.duration('timeout'), interval: settings.duration('interval') })
    const replicas = await replicaUrls(session)
    return withMigrator(session, async (migrator) => {
      const result = await migrator.wait({ ...options, for: target, replicas })
      const text = [renderStatus(result, session.output.colours), ...(result.replicas ?? []).map(renderReplica)]
      return { result, text: text.join('\n') }
    })
  },
}

function renderReplica({ name, same, lagSeconds, lagBytes }: ReplicaStatus): string {
  if (same) return `${name}: the database itself`
  const lag = [
    ...(lagSeconds === null ? [] : [`${duration(lagSeconds * 1000)} behind`]),
    ...(lagBytes === null || lagBytes === 0 ? [] : [`${bytes(lagBytes)} not replayed`]),
  ]
  return `${name}: has it${lag.length === 0 ? '' : `, ${lag.join(', ')}`}`
}
