import type { CheckResult } from '../../compat/check.ts'
import type { Colours } from '../colours.ts'
import { indent } from './format.ts'
import { table } from './table.ts'

type Cell = CheckResult['matrix'][number]

/** The matrix of versions and states, then every finding with its hint. */
export function renderCheck(result: CheckResult, colours: Colours): string {
  const versions = [...new Set(result.matrix.map(versionOf))]
  const rows = versions.map((version) => [
    version,
    ...result.states.map((state) => {
      const cell = result.matrix.find((entry) => versionOf(entry) === version && entry.state === state)
      return cell === undefined ? '' : paint(cell.verdict, colours)
    }),
  ])
  const lines = [colours.bold(result.migration), table([['', ...result.states], ...rows])]
  for (const cell of result.matrix) {
    for (const finding of cell.findings) {
      lines.push(
        `${paint(cell.verdict, colours)} ${versionOf(cell)} ${cell.state}: ${finding.statement}: ${finding.message} ${colours.dim(`${finding.level} ${finding.code}`)}`,
      )
      if (finding.hint) lines.push(indent(`${colours.cyan('→')} ${finding.hint}`))
    }
  }
  if (result.unverifiable > 0) lines.push(`${result.unverifiable} statements could not be verified`)
  if (result.recorded.length > 0) lines.push(`recorded for ${result.recorded.join(', ')}`)
  lines.push(...result.notices.map((notice) => colours.dim(notice)))
  return lines.filter((line) => line !== '').join('\n')
}

const versionOf = (cell: Cell): string => `${cell.app} ${cell.version}`

function paint(verdict: Cell['verdict'], { green, red, yellow }: Colours): string {
  if (verdict === 'ok') return green(verdict)
  return verdict === 'fails' ? red(verdict) : yellow(verdict)
}
