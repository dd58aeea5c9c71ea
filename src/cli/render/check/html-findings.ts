import { badge, named, sqlBlock } from './html-words.ts'
import { type Markup, markup } from './markup.ts'
import { describePlace, type Problem, type Severity } from './problems.ts'

/** What was found, the worst first; what is as it should be is folded away. */
export function findingsSection(problems: readonly Problem[]): Markup {
  if (problems.length === 0) return markup`<p>Nothing was found.</p>`
  const of = (severity: Severity): readonly Problem[] => problems.filter((problem) => problem.severity === severity)
  const [errors, warnings, notes] = [of('error'), of('warning'), of('note')]
  return markup`${group('Fails the check', errors)}${group('Warnings', warnings)}${
    notes.length > 0 &&
    markup`<details><summary>As it should be (${notes.length}): where a version need not work</summary>\n${notes.map(article)}</details>`
  }`
}

const group = (title: string, problems: readonly Problem[]): Markup | false =>
  problems.length > 0 && markup`<h3>${title} (${problems.length})</h3>\n${problems.map(article)}`

function article(problem: Problem): Markup {
  const { severity, verdict, statement, app, version, states, message, hint, level, code, place, sql } = problem
  return markup`<article class="finding ${severity}">
<h4>${badge(verdict, verdict, severity === 'note' ? 'unneeded' : '')} <code>${statement}</code> of ${named(`${app} ${version}`)} in ${states.join(', ')}</h4>
<p><bdi>${message}</bdi></p>
<p class="soft">${level} <code>${code}</code>${place !== null && markup`, at <code>${describePlace(place)}</code>`}</p>
${hint !== null && markup`<p class="todo">${severity !== 'note' && markup`<strong>What to do:</strong> `}<bdi>${hint}</bdi></p>`}
${sql !== null && sqlBlock(sql, `Statement ${statement}`)}
</article>
`
}
