import { findings } from '../../errors.ts'
import { connection } from '../options.ts'
import { renderDoctor } from '../render/doctor.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate doctor`: what will not work with this server and user, and why. */
export const doctor: CommandFile = {
  name: 'doctor',
  summary: 'server, privileges, settings, long transactions: what will not work and why',
  options: [...connection],
  run: async (session) =>
    withMigrator(session, async (migrator) => {
      const result = await migrator.doctor()
      const failed = result.checks.filter(({ status }) => status === 'fail').map(({ name }) => name)
      const failure = failed.length === 0 ? undefined : findings('doctor.failed', `will not work: ${failed.join(', ')}`)
      return { result, text: renderDoctor(result, session.output.colours), failure }
    }),
}
