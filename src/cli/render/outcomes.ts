import type { Outcome, RunResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { count } from './format.ts'
import { renderPlan } from './plan.ts'

/** What a command did, a line a migration, and what to run next. */
export function renderRun(result: RunResult, colours: Colours, next?: string): string {
  if (result.dryRun) {
    const plan = result.plan === undefined ? '' : renderPlan(result.plan, colours)
    return [plan, colours.yellow('dry run: nothing was touched')].filter((part) => part !== '').join('\n\n')
  }
  if (result.migrations.length === 0) return 'nothing to do'
  const lines = result.migrations.flatMap((outcome) => renderOutcome(outcome, colours))
  return next === undefined ? lines.join('\n') : [...lines, `${colours.cyan('→')} ${next}`].join('\n')
}

function renderOutcome(outcome: Outcome, { green, bold, dim, yellow }: Colours): readonly string[] {
  const did = [`${outcome.steps} ${outcome.steps === 1 ? 'step' : 'steps'}`]
  if (outcome.rows !== undefined) did.push(`${count(outcome.rows)} ${outcome.rows === 1 ? 'row' : 'rows'}`)
  const change = outcome.from === outcome.state ? outcome.state : `${outcome.from} → ${bold(outcome.state)}`
  const lines = [`${green('✓')} ${outcome.name}: ${change} ${dim(`(${did.join(', ')})`)}`]
  if (typeof outcome.quarantinedUntil === 'string') {
    lines.push(
      dim(`  the old shape is kept until ${outcome.quarantinedUntil}; until then \`migrate rollback\` brings it back`),
    )
  }
  return [...lines, ...outcome.notices.map((notice) => yellow(`  ${notice}`))]
}
