import { setTimeout as sleep } from 'node:timers/promises'
import { findings, usageError } from '../../errors.ts'
import type { Migrator, StatusResult } from '../../runner/api.ts'
import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import type { Answer } from '../output.ts'
import { renderStatus } from '../render/status.ts'
import type { CommandFile, Session } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate status`: every migration's phase, progress and age, and who holds a lease. */
export const status: CommandFile = {
  name: 'status',
  summary: 'every migration: phase, progress, time left, holder of the lease, age',
  arguments: '[name]',
  options: [
    { flags: '--watch', help: 'again and again, until interrupted' },
    { flags: '--interval <duration>', help: 'with --watch: how often (2s)' },
    { flags: '--exit-code', help: 'exit 4 unless all are completed' },
    ...connection,
  ],
  run: async (session, [name]) => {
    const watch = session.settings.flag('watch')
    if (watch && session.output.json) {
      throw usageError('usage.watch-json', '--watch and --json do not go together: --json is exactly one document')
    }
    return withMigrator(session, async (migrator) => {
      if (watch) return watchStatus(session, migrator, name)
      const result = await migrator.status(defined({ name }))
      return withExitCode(session, { result, text: renderStatus(result, session.output.colours) }, result)
    })
  },
}

function withExitCode(session: Session, answer: Answer, result: StatusResult): Answer {
  const open = result.migrations
    .filter(({ state, gone }) => state !== 'completed' && gone !== true)
    .map((migration) => migration.name)
  if (!session.settings.flag('exitCode') || open.length === 0) return answer
  return { ...answer, failure: findings('status.open', `not completed: ${open.join(', ')}`) }
}

/** Draws over what it drew on a terminal; elsewhere it prints only what has changed. */
async function watchStatus(session: Session, migrator: Migrator, name: string | undefined): Promise<Answer> {
  const { io, output, settings } = session
  const interval = settings.duration('interval') ?? 2000
  let before = ''
  for (;;) {
    io.signal.throwIfAborted()
    const status = await migrator.status(defined({ name }))
    const text = renderStatus(status, output.colours)
    const now = JSON.stringify(status.migrations.map((migration) => ({ ...migration, ageSeconds: null })))
    if (io.stdout.isTTY) output.print(`\u001b[H\u001b[2J${text}\n`)
    else if (now !== before) output.print(`${text}\n`)
    before = now
    await sleep(interval, undefined, { signal: io.signal })
  }
}
