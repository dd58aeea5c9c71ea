import type { AppVersion } from '../../../compat/versions.ts'
import { badge, named } from './html-words.ts'
import { clip, type Markup, markup } from './markup.ts'
import type { Cell, CheckReport } from './problems.ts'
import { rowsOf } from './table.ts'

/** More rows than these nobody reads, and browsers are slow with: then only what something was found about. */
const most = 1000

/** Every statement of every version by states. */
export function statementsSection(report: CheckReport): Markup | null {
  const rows = rowsOf(report)
  if (rows.length === 0) return null
  return markup`${report.versions.map((version) => {
    const cells = rows.find((row) => row.app === version.app && row.version === version.version)?.cells ?? []
    return versionTable(version, cells, report.result.states)
  })}`
}

function versionTable(
  { app, version, statements }: AppVersion,
  cells: readonly (Cell | undefined)[],
  states: readonly string[],
): Markup {
  const verdicts = cells.map((cell) => verdictsOf(cell))
  const found = statements.filter(({ id }) => verdicts.some((of) => of.has(id)))
  const shown = (statements.length <= most ? statements : found).slice(0, most)
  const left = statements.length - shown.length
  return markup`<details>
<summary>${named(`${app} ${version}`)}: ${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}</summary>
${left > 0 && markup`<p class="soft">${left} of them are not listed here.</p>`}
<div class="scroll" tabindex="0" role="region" aria-label="Statements of ${app} ${version}">
<table class="wide">
<thead><tr><th scope="col">Statement</th>${states.map((state) => markup`<th scope="col">${state}</th>`)}</tr></thead>
<tbody>
${shown.map(
  ({ id, sql, source }) =>
    markup`<tr><th scope="row"><code>${id}</code>${
      source !== undefined && markup`<span class="soft">${source}</span>`
    }<span class="soft"><code>${clip(sql.replaceAll(/\s+/g, ' ').trim(), 300)}</code></span></th>${cells.map(
      (cell, index) => {
        const verdict = verdicts[index]?.get(id) ?? 'ok'
        return markup`<td>${badge(verdict, verdict, cell?.required === true ? '' : 'unneeded')}</td>`
      },
    )}</tr>\n`,
)}</tbody>
</table>
</div>
</details>
`
}

const order = ['fails', 'changes', 'unverifiable'] as const

/** The worst of each statement that something was found about. */
function verdictsOf(cell: Cell | undefined): ReadonlyMap<string, Cell['verdict']> {
  const worst = new Map<string, Cell['verdict']>()
  for (const verdict of order.toReversed()) {
    for (const finding of cell?.findings ?? []) if (finding.verdict === verdict) worst.set(finding.statement, verdict)
  }
  return worst
}
