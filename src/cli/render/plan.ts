import type { Hazard } from '../../planner/hazards/hazard.ts'
import { phases } from '../../planner/steps.ts'
import type { PlanResult, PlanView, StepView } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { bytes, count, indent } from './format.ts'

/** Plans for people: phases, steps, statements, locks, sizes, hazards. */
export function renderPlan(plan: PlanResult, colours: Colours): string {
  if (plan.migrations.length === 0) return 'nothing is planned: there are no migrations to run'
  const parts = plan.migrations.map((migration) => renderMigration(migration, colours))
  if (plan.session.length > 0) {
    parts.push(
      [colours.dim('beside these, each session runs'), ...plan.session.map((line) => indent(colours.dim(line)))].join(
        '\n',
      ),
    )
  }
  return parts.join('\n\n')
}

function renderMigration(plan: PlanView, colours: Colours): string {
  const { bold, dim } = colours
  const lines = [`${bold(plan.name)} ${dim(`${plan.state}, ${plan.checksum.slice(0, 12)}`)}`]
  for (const { name, rows, bytes: size } of plan.tables)
    lines.push(indent(`table ${name}: about ${count(rows)} rows, ${bytes(size)}`))
  for (const hazard of plan.hazards) lines.push(indent(renderHazard(hazard, colours)))
  for (const phase of phases) {
    const steps = plan.phases[phase]
    if (steps.length === 0) continue
    lines.push('', indent(bold(colours.cyan(phase))))
    lines.push(...steps.map((step) => indent(renderStep(step, colours), '    ')))
  }
  lines.push('', indent(`the new version may be deployed once it is ${bold(plan.newVersionReady)}`))
  return lines.join('\n')
}

function renderStep(step: StepView, colours: Colours): string {
  const traits = [
    ...step.locks.map((lock) => `${lock.relation}: ${lock.mode}${blocks(lock)}`),
    ...(step.transaction ? [] : ['outside of a transaction']),
    ...(step.rewrites ? [colours.yellow('rewrites the table')] : []),
    ...(step.scans ? ['scans the table'] : []),
    ...(step.reversible ? [] : [colours.yellow('cannot be undone')]),
  ]
  const lines = [`${step.description} ${colours.dim(step.id)}`]
  if (traits.length > 0) lines.push(indent(colours.dim(traits.join('; '))))
  return [...lines, ...step.statements.map((statement) => indent(`${statement.trimEnd().replace(/;$/, '')};`))].join(
    '\n',
  )
}

function blocks(lock: StepView['locks'][number]): string {
  if (lock.blocksReads) return ' (blocks reads and writes)'
  return lock.blocksWrites ? ' (blocks writes)' : ''
}

function renderHazard(hazard: Hazard, colours: Colours): string {
  const paint = { info: colours.dim, warn: colours.yellow, stop: colours.red }[hazard.severity]
  const lines = [`${paint(hazard.severity)} ${hazard.code}: ${hazard.message}`]
  if (hazard.hint !== '') lines.push(indent(`${colours.cyan('→')} ${hazard.hint}`))
  return lines.join('\n')
}
