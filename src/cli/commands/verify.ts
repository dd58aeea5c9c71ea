import { findings } from '../../errors.ts'
import { defined } from '../defined.ts'
import { connection, metrics } from '../options.ts'
import { plural } from '../render/format.ts'
import { renderVerify } from '../render/verify.ts'
import type { CommandFile } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate verify`: compares old and new shape row by row, and the objects with the plan. */
export const verify: CommandFile = {
  name: 'verify',
  summary: 'compares old and new shape row by row, and the objects with the plan',
  arguments: '[name]',
  options: [...metrics, ...connection],
  run: async (session, [name]) =>
    withMigrator(session, async (migrator) => {
      const result = await migrator.verify(defined({ name }))
      const wrong = result.migrations.filter(({ ok }) => !ok)
      const rows = wrong.flatMap(({ lenses }) => lenses).reduce((sum, lens) => sum + lens.mismatches, 0)
      const objects = wrong.reduce((sum, migration) => sum + migration.objects.length, 0)
      const failure =
        wrong.length === 0
          ? undefined
          : findings(
              'verify.mismatches',
              `${wrong.map((migration) => migration.name).join(', ')}: ${plural(rows, 'row')} and ${plural(objects, 'object')} are not as they should be`,
              {
                hint: 'Rows: until the backfill is over, `migrate backfill` fills them; after it, write the right value in either shape. Objects: `migrate repair --dry-run` shows what can be mended.',
              },
            )
      return { result, text: renderVerify(result, session.output.colours), failure }
    }),
}
