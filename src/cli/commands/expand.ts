import { resolve } from 'node:path'
import { usageError } from '../../errors.ts'
import { defined } from '../defined.ts'
import { accepting, appVersions, connection, metrics, pace, writing } from '../options.ts'
import { readJsonFile } from '../read-json-file.ts'
import { renderRun } from '../render/outcomes.ts'
import type { CommandFile } from '../session.ts'
import { whichMigrations } from '../which.ts'
import { paceOptions, runOptions, withMigrator } from '../with-migrator.ts'

/** `migrate expand`: additive DDL and the dual-write triggers; the running app never notices. */
export const expand: CommandFile = {
  name: 'expand',
  summary: 'adds the new shape and keeps both in sync; seconds long',
  arguments: '[name]',
  options: [
    { flags: '--backfill', help: 'go on with the backfill' },
    { flags: '--plan <file>', help: 'run exactly what `plan --out` kept, or refuse with 6' },
    {
      flags: '--require-check',
      help: 'refuse (3) what has no recorded check that passed, of this plan and these versions',
    },
    ...appVersions,
    ...accepting,
    ...pace,
    ...writing,
    ...metrics,
    ...connection,
  ],
  examples: ['migrate expand', 'migrate expand 20260102030405_rename_name --backfill'],
  run: async (session, [name]) => {
    const { settings, io, output } = session
    const backfill = settings.flag('backfill')
    const file = settings.text('plan')
    const given = file === undefined ? undefined : await readJsonFile(resolve(io.cwd, file), '--plan')
    if (given !== undefined && name !== undefined) {
      throw usageError('usage.plan-and-name', 'give a name or --plan, not both: the file says which migrations run')
    }
    const options = { ...runOptions(session, name), ...paceOptions(session), ...defined({ planFile: given }), backfill }
    return withMigrator(
      session,
      async (migrator) => {
        if (given === undefined) await whichMigrations(session, migrator, 'expand', name)
        const result = await migrator.expand(options)
        const next = backfill ? 'deploy the new version, then `migrate contract`' : 'next: `migrate backfill`'
        return {
          result,
          text: renderRun(result, output.colours, { next, phases: backfill ? ['expand', 'backfill'] : ['expand'] }),
        }
      },
      { dialect: 'by url' },
    )
  },
}
