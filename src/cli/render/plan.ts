import type { Hazard } from '../../planner/hazards/hazard.ts'
import { type Phase, phases } from '../../planner/steps.ts'
import type { PlanResult, PlanView, PointOfNoReturn, StepView } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { bytes, count, indent } from './format.ts'

/** What of a plan is shown. */
export interface PlanDetail {
  /** Only these phases; all of them otherwise. */
  readonly only?: readonly Phase[] | undefined
  /** Long statements (the bodies of triggers) in full; `--sql` and `--json` always have them. */
  readonly full?: boolean
}

/** Plans for people: phases, steps, statements, locks, sizes, hazards. */
export function renderPlan(plan: PlanResult, colours: Colours, detail: PlanDetail = {}): string {
  const left = (plan.notices ?? []).map((notice) => colours.yellow(notice))
  if (plan.migrations.length === 0) return [...left, 'nothing is planned: there are no migrations to run'].join('\n')
  const parts = [...left, ...plan.migrations.map((migration) => renderMigration(migration, colours, detail))]
  if (plan.session.length > 0) {
    parts.push(
      [colours.dim('beside these, each session runs'), ...plan.session.map((line) => indent(colours.dim(line)))].join(
        '\n',
      ),
    )
  }
  return parts.join('\n\n')
}

function renderMigration(plan: PlanView, colours: Colours, { only = phases, full = false }: PlanDetail): string {
  const { bold, dim } = colours
  const lines = [`${bold(plan.name)} ${dim(`${plan.state}, ${plan.checksum.slice(0, 12)}`)}`]
  for (const { name, rows, bytes: size } of plan.tables)
    lines.push(indent(`table ${name}: about ${count(rows)} rows, ${bytes(size)}`))
  for (const hazard of plan.hazards) lines.push(indent(renderHazard(hazard, colours)))
  for (const phase of only) {
    const steps = plan.phases[phase]
    if (steps.length === 0) continue
    lines.push('', indent(bold(colours.cyan(phase))))
    lines.push(...steps.map((step) => indent(renderStep(step, colours, full), '    ')))
  }
  lines.push('', indent(`the new version may be deployed once it is ${bold(plan.newVersionReady)}`))
  lines.push(...renderPoints(plan.pointsOfNoReturn, colours).map((line) => indent(line)))
  return lines.join('\n')
}

/** From when on there is no way back. */
export function renderPoints(points: readonly PointOfNoReturn[], { bold, dim, yellow }: Colours): readonly string[] {
  if (points.length === 0) return []
  const lines = points.map(({ when, why, untilThen, passed }) => {
    const told = `${passed ? yellow('passed') : 'ahead'} ${when}: ${why}`
    return indent(passed ? told : `${told} ${dim(`(until then a rollback may lose ${untilThen})`)}`)
  })
  return [bold('no way back from'), ...lines]
}

function renderStep(step: StepView, colours: Colours, full: boolean): string {
  const traits = [
    ...step.locks.map((lock) => `${lock.relation}: ${lock.mode}${blocks(lock)}`),
    ...(step.transaction ? [] : ['outside of a transaction']),
    ...(step.rewrites ? [colours.yellow('rewrites the table')] : []),
    ...(step.scans ? ['scans the table'] : []),
    ...(step.reversible ? [] : [colours.yellow('cannot be undone')]),
  ]
  const lines = [`${step.description} ${colours.dim(step.id)}`]
  if (traits.length > 0) lines.push(indent(colours.dim(traits.join('; '))))
  const weaker = (step.otherwise ?? []).flatMap(({ statements }) => statements)
  const probe = step.probe === undefined ? [] : [indent(colours.dim(`-- asked before: ${step.probe};`))]
  return [
    ...lines,
    ...probe,
    ...step.statements.map((statement) => indent(renderStatement(statement, colours, full))),
    ...weaker.map((statement) => indent(colours.dim(`-- or, where the server refuses that: ${statement};`))),
  ].join('\n')
}

const longest = 12

function renderStatement(statement: string, colours: Colours, full: boolean): string {
  const lines = `${statement.trimEnd().replace(/;$/, '')};`.split('\n')
  if (full || lines.length <= longest) return lines.join('\n')
  const folded = colours.dim(`  -- ${lines.length - 3} more lines: --verbose, --sql or --json`)
  return [...lines.slice(0, 2), folded, ...lines.slice(-1)].join('\n')
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
