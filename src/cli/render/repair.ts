import type { RepairResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'

/** What was found, and what was or would be done about it. */
export function renderRepair(result: RepairResult, { green, yellow, dim }: Colours): string {
  if (result.findings.length === 0) return 'nothing to repair'
  return result.findings
    .map(
      ({ problem, action, done }) =>
        `${done ? green('✓') : yellow('•')} ${problem}\n  ${dim(done ? `done: ${action}` : action)}`,
    )
    .join('\n')
}
