import { plural } from '../format.ts'
import { findingsSection } from './html-findings.ts'
import { plansSection } from './html-plan.ts'
import { statementsSection } from './html-statements.ts'
import { style } from './html-style.ts'
import { badge, breakable, named } from './html-words.ts'
import { type Markup, markup } from './markup.ts'
import { type Cell, type CheckReport, problemsOf, summaryOf } from './problems.ts'
import { failing, rowsOf } from './table.ts'

/**
 * A page by itself: it loads nothing and runs nothing, which its own policy makes sure of should an escape ever be forgotten.
 */
export function htmlReport(report: CheckReport): string {
  const { result } = report
  const problems = problemsOf(report)
  const title = result.migration === '' ? 'nothing is pending' : result.migration
  const sections = [
    { id: 'matrix', title: 'Versions by state', body: matrix(report) },
    { id: 'findings', title: 'Findings', body: findingsSection(problems) },
    { id: 'statements', title: 'Statements', body: statementsSection(report) },
    { id: 'plan', title: 'Plan', body: plansSection(report.plans) },
    { id: 'notices', title: 'Notices', body: notices(result.notices) },
  ].flatMap(({ body, ...section }) => (body === null ? [] : [{ ...section, body }]))
  const page = markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${result.ok ? 'Passes' : 'Does not pass'}: ${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<div class="page">
<header>
<p class="eyebrow">Compatibility check</p>
<h1>${breakable(title)}</h1>
<p>${badge(result.ok ? 'ok' : 'fails', outcome(report), 'big')}</p>
<p>${summaryOf(result, problems)}</p>
${facts(report)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title, body }) => markup`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${body}\n</section>\n`)}
</main>
<footer>Made by bellows ${report.version}, ${time(report.at)}.</footer>
</div>
</body>
</html>
`
  return `<!doctype html>\n${page.markup}`
}

function outcome({ result }: CheckReport): string {
  if (result.matrix.length === 0) return 'nothing to check'
  return result.ok ? 'passes' : 'does not pass'
}

function facts(report: CheckReport): Markup {
  const { result, strict, versions } = report
  const list = (role: 'old' | 'new'): readonly string[] =>
    versions.filter((each) => each.role === role).map(({ app, version }) => `${app} ${version}`)
  const rows: readonly (readonly [string, string])[] = [
    ['Runs now', list('old').join(', ')],
    [
      'Is to come',
      list('new')
        .map((each) => `${each}, once the migration is ${result.ready}`)
        .join('; '),
    ],
    ['Checked on', result.matrix.length === 0 ? '' : result.shadow],
    ['What cannot be checked', strict ? 'counts as a failure' : 'is a warning'],
  ]
  return markup`<dl class="facts">${rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => markup`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>`
}

function matrix(report: CheckReport): Markup | null {
  const rows = rowsOf(report)
  if (rows.length === 0) return null
  return markup`<p class="soft">What each version finds in each state of the migration. Dashed: the version need not work there.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Versions by state">
<table class="matrix" aria-labelledby="matrix">
<thead><tr><th scope="col">Version</th>${report.result.states.map((state) => markup`<th scope="col">${state}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ app, version, role, cells }) =>
    markup`<tr><th scope="row">${named(`${app} ${version}`)}<span class="soft">${role === 'old' ? 'runs now' : 'is to come'}</span></th>${cells.map(
      (cell) => markup`<td>${cell !== undefined && inTable(cell, report)}</td>`,
    )}</tr>\n`,
)}</tbody>
</table>
</div>`
}

function inTable(cell: Cell, report: CheckReport): Markup {
  const count = cell.findings.length
  const fatal = failing(cell, report)
  const found = count === 0 ? '' : plural(count, 'finding')
  const verdict = badge(cell.verdict, cell.verdict, cell.required ? (fatal > 0 ? 'counts' : '') : 'unneeded')
  return markup`${verdict}${found !== '' && markup`<span class="soft">${found}</span>`}${
    fatal > 0 &&
    markup`<span class="fatal">${fatal === count ? '' : `${fatal} `}${fatal === 1 ? 'fails' : 'fail'} the check</span>`
  }${!cell.required && markup`<span class="soft">need not work</span>`}`
}

const notices = (list: readonly string[]): Markup | null =>
  list.length === 0
    ? null
    : markup`<ul class="list">${list.map((notice) => markup`<li><bdi>${notice}</bdi></li>`)}</ul>`

const time = (at: string): Markup => markup`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`
