import type { VerifyResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { count, indent } from './format.ts'

/** What was compared, and the keys of some rows that differ. */
export function renderVerify(result: VerifyResult, { green, red, bold }: Colours): string {
  if (result.migrations.length === 0) return 'nothing to verify'
  return result.migrations
    .map((migration) => {
      const lines = [`${migration.ok ? green('✓') : red('✗')} ${bold(migration.name)}`]
      for (const lens of migration.lenses) {
        const what = `${lens.table} (${lens.columns.join(', ')}): ${count(lens.rows)} rows compared`
        lines.push(
          indent(lens.mismatches === 0 ? `${what}, all agree` : red(`${what}, ${count(lens.mismatches)} differ`)),
        )
        if (lens.keys.length > 0) lines.push(indent(`keys: ${lens.keys.join(', ')}`, '    '))
      }
      for (const object of migration.objects) lines.push(indent(red(`${object.name}: ${object.problem}`)))
      return lines.join('\n')
    })
    .join('\n')
}
