import type { Hazard } from '../../../planner/hazards/hazard.ts'
import { phases } from '../../../planner/steps.ts'
import type { LockView, PlanView, StepView } from '../../../runner/api.ts'
import { bytes, count, plural } from '../format.ts'
import { breakable, sqlBlock } from './html-words.ts'
import { type Markup, markup } from './markup.ts'

/** Each migration: its tables, its hazards, and its phases with every statement and its locks. */
export function plansSection(plans: readonly PlanView[]): Markup | null {
  return plans.length === 0 ? null : markup`${plans.map(onePlan)}`
}

function onePlan(plan: PlanView): Markup {
  const sized = plan.tables.filter(({ rows, bytes: size }) => rows > 0 || size > 0)
  return markup`<h3>${breakable(plan.name)}</h3>
${
  sized.length > 0 &&
  markup`<ul class="list">${sized.map(
    ({ name, rows, bytes: size }) =>
      markup`<li><code>${name}</code>: about ${count(rows)} ${rows === 1 ? 'row' : 'rows'}, ${bytes(size)}</li>`,
  )}</ul>`
}
<p>The new version may be deployed once it is ${plan.newVersionReady}.</p>
${plan.hazards.length > 0 && markup`<h4>Hazards (${plan.hazards.length})</h4>\n${plan.hazards.map(hazard)}`}
${phases.map((phase) => phaseTable(phase, plan.phases[phase]))}
`
}

const hazard = ({ code, severity, message, hint }: Hazard): Markup =>
  markup`<div class="hazard ${severity}"><p><strong>${severity === 'stop' ? 'stops until consented to' : severity}:</strong> <code>${code}</code></p>
<p><bdi>${message}</bdi></p>
<p class="todo"><strong>What to do:</strong> <bdi>${hint}</bdi></p></div>
`

function phaseTable(phase: string, steps: readonly StepView[]): Markup | false {
  if (steps.length === 0) return false
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Phase ${phase}">
<table class="plan">
<caption><strong>${phase}</strong>: ${plural(steps.length, 'step')}</caption>
<thead><tr><th scope="col">Step</th><th scope="col">Locks</th><th scope="col">Of note</th></tr></thead>
${steps.map(stepRows)}</table>
</div>
`
}

function stepRows(step: StepView): Markup {
  const traits = [
    step.transaction ? 'in a transaction' : 'outside of a transaction',
    ...(step.rewrites ? ['rewrites the table'] : []),
    ...(step.scans ? ['scans the table'] : []),
    ...(step.reversible ? [] : ['cannot be undone']),
  ]
  const weaker = (step.otherwise ?? []).flatMap(({ statements }) => statements)
  return markup`<tbody>
<tr class="step"><th scope="row">${step.description}<span class="soft"><code>${step.id}</code></span></th><td>${
    step.locks.length === 0 ? 'none' : markup`<ul class="list">${step.locks.map(lock)}</ul>`
  }</td><td>${traits.join('; ')}</td></tr>
<tr class="statements"><td colspan="3">${step.probe !== undefined && sqlBlock(`-- asked before\n${ended(step.probe)}`, `Asked before ${step.id}`)}${step.statements.map(
    (statement) => sqlBlock(ended(statement), `Statement of ${step.id}`),
  )}${weaker.map((statement) => sqlBlock(`-- or, where the server refuses that\n${ended(statement)}`, `Or, of ${step.id}`))}</td></tr>
</tbody>
`
}

const ended = (statement: string): string => `${statement.trimEnd().replace(/;$/, '')};`

function lock({ relation, mode, blocksReads, blocksWrites }: LockView): Markup {
  const blocks = [blocksReads ? 'reads' : '', blocksWrites ? 'writes' : ''].filter((text) => text !== '')
  const what = blocks.length === 0 ? 'blocks neither reads nor writes' : `blocks ${blocks.join(' and ')}`
  return markup`<li><code>${relation}</code> ${mode}<span class="soft">${what}</span></li>`
}
