import type { CheckResult } from '../../compat/check.ts'
import type { Colours } from '../colours.ts'
import { printable } from './check/markup.ts'
import { indent } from './format.ts'
import { table } from './table.ts'

type Cell = CheckResult['matrix'][number]
type Finding = Cell['findings'][number]

/** The matrix of versions and states, then every finding with its hint; the same one in several states is one. */
export function renderCheck(result: CheckResult, colours: Colours): string {
  const versions = [...new Set(result.matrix.map(versionOf))]
  const rows = versions.map((version) => [
    version,
    ...result.states.map((state) => {
      const cell = result.matrix.find((entry) => versionOf(entry) === version && entry.state === state)
      return cell === undefined ? '' : paint(cell.verdict, colours)
    }),
  ])
  const matrix = rows.length === 0 ? '' : table([['', ...result.states], ...rows])
  const lines = [colours.bold(oneLine(result.migration)), matrix]
  for (const { finding, version, states, statements } of foundIn(result)) {
    const { verdict, level, code, message, hint } = finding
    const [first = '', ...more] = statements
    const which = more.length === 0 ? oneLine(first) : `${statements.length} statements`
    lines.push(
      `${paint(verdict, colours)} ${version} ${states.join(', ')}: ${which}: ${quoted(message)} ${colours.dim(`${level} ${code}`)}`,
    )
    if (hint) lines.push(indent(`${colours.cyan('→')} ${oneLine(hint)}`))
  }
  if (result.unverifiable > 0) lines.push(`${result.unverifiable} statements could not be verified`)
  if (result.recorded.length > 0) lines.push(`recorded for ${result.recorded.map(oneLine).join(', ')}`)
  lines.push(...result.notices.map((notice) => colours.dim(quoted(notice))))
  return lines.filter((line) => line !== '').join('\n')
}

interface Found {
  readonly finding: Finding
  readonly version: string
  readonly states: Cell['state'][]
  readonly statements: string[]
}

/** In the order of the matrix. What is said of all statements alike, that a state was not reached, is said once. */
function foundIn({ matrix }: CheckResult): readonly Found[] {
  const found = new Map<string, Found>()
  for (const cell of matrix) {
    const version = versionOf(cell)
    for (const finding of cell.findings) {
      const { statement, source, ...same } = finding
      const alike = finding.code === 'not-reached'
      const key = JSON.stringify([version, same, alike ? cell.state : [statement, source]])
      const known = found.get(key)
      if (known === undefined) found.set(key, { finding, version, states: [cell.state], statements: [statement] })
      else if (alike) known.statements.push(statement)
      else known.states.push(cell.state)
    }
  }
  return [...found.values()]
}

const versionOf = (cell: Cell): string => oneLine(`${cell.app} ${cell.version}`)

/** Names and messages hold names of others, with whatever is in them: no line of theirs begins here, and no terminal obeys them. */
const oneLine = (text: string): string => printable(text).replaceAll('\n', '⏎').replaceAll('\t', ' ')

/** A message may have lines, such as the last ones that a command printed. GitHub obeys lines that begin with `::`. */
const quoted = (text: string): string => printable(text).replaceAll('\n', '\n  | ')

function paint(verdict: Cell['verdict'], { green, red, yellow }: Colours): string {
  if (verdict === 'ok') return green(verdict)
  return verdict === 'fails' ? red(verdict) : yellow(verdict)
}
