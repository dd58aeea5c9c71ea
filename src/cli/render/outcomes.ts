import type { Phase } from '../../planner/steps.ts'
import type { BrownOutView, Outcome, RunResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { count, duration } from './format.ts'
import { renderPlan } from './plan.ts'

/** How the result of a command is told. */
export interface RunStory {
  /** What to run next. */
  readonly next?: string | undefined
  /** The phases that a dry run of this command is about. */
  readonly phases?: readonly Phase[]
}

/** What a command did, a line a migration, and what to run next; of a dry run, what it would have done. */
export function renderRun(result: RunResult, colours: Colours, { next, phases }: RunStory = {}): string {
  const left = (result.notices ?? []).map((notice) => colours.yellow(notice))
  const lines = [
    ...result.migrations.flatMap((outcome) => renderOutcome(outcome, colours, result.dryRun)),
    ...(result.migrations.length === 0 && !result.dryRun ? [] : left),
  ]
  if (result.dryRun) {
    const planned = result.plan === undefined || result.plan.migrations.length === 0 ? [] : [result.plan]
    const plans = planned.map((plan) => `${renderPlan(plan, colours, { only: phases })}\n`)
    return [...plans, ...lines, colours.yellow('dry run: nothing was touched')].join('\n')
  }
  if (lines.length === 0) return [...left, 'nothing to do'].join('\n')
  return next === undefined ? lines.join('\n') : [...lines, `${colours.cyan('→')} ${next}`].join('\n')
}

function renderOutcome(outcome: Outcome, { green, bold, dim, yellow }: Colours, dryRun: boolean): readonly string[] {
  const did = [`${outcome.steps} ${outcome.steps === 1 ? 'step' : 'steps'}`]
  if (outcome.rows !== undefined) did.push(`${count(outcome.rows)} ${outcome.rows === 1 ? 'row' : 'rows'}`)
  const change = outcome.from === outcome.state ? outcome.state : `${outcome.from} → ${bold(outcome.state)}`
  const lines = [`${dryRun ? yellow('•') : green('✓')} ${outcome.name}: ${change} ${dim(`(${did.join(', ')})`)}`]
  if (typeof outcome.quarantinedUntil === 'string') {
    lines.push(
      dim(`  the old shape is kept until ${outcome.quarantinedUntil}; until then \`migrate rollback\` brings it back`),
    )
  }
  if (outcome.brownOut !== undefined) lines.push(...renderBrownOut(outcome.brownOut).map((line) => dim(`  ${line}`)))
  return [...lines, ...outcome.notices.map((notice) => yellow(`  ${notice}`))]
}

function renderBrownOut({ seconds, looks, counted }: BrownOutView): readonly string[] {
  const seen = `brown-out of ${duration(seconds * 1000)}: nobody used the old shape, in ${count(looks)} looks`
  if (counted.length === 0) return [seen]
  return [`${seen}; counted meanwhile:`, ...counted.map((each) => `  ${count(each.count)} ${each.what}`)]
}
