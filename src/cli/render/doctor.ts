import type { DoctorResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { indent } from './format.ts'

/** Every check with what to do about it. */
export function renderDoctor(result: DoctorResult, colours: Colours): string {
  const mark = { ok: colours.green('✓'), warn: colours.yellow('!'), fail: colours.red('✗') }
  const lines = [`server ${result.server}, bellows ${result.version}, node ${result.node}`]
  for (const check of result.checks) {
    lines.push(`${mark[check.status]} ${check.name}: ${check.message}`)
    if (check.hint !== null) lines.push(indent(`${colours.cyan('→')} ${check.hint}`))
  }
  return lines.join('\n')
}
