import { code, fenced, prose } from './markdown-text.ts'
import {
  type Cell,
  type CheckReport,
  describePlace,
  type Problem,
  problemsOf,
  type Severity,
  summaryOf,
} from './problems.ts'
import { failing, type Row, rowsOf } from './table.ts'

/** How much a place takes, and how it counts. */
export interface Limit {
  readonly size: number
  readonly measure: (text: string) => number
  /** For people: `65,536 characters`. */
  readonly name: string
}

/** A comment on GitHub. */
export const commentLimit: Limit = { size: 65_536, measure: (text) => text.length, name: '65,536 characters' }

/** What is left of the summary of a step on GitHub, when so many bytes stand there already. */
export function summaryLimit(taken: number): Limit {
  return { size: 1_048_576 - taken, measure: (text) => Buffer.byteLength(text), name: '1 MiB' }
}

/** By this line a bot finds its comment again, to write it anew instead of adding one. */
export const marker = '<!-- bellows-check -->'

const longest = { name: 200, inTable: 80, inNote: 300, message: 2000, sql: 4000 } as const

/** A report in Markdown, for a comment or a summary page; what has no room is left out at the end, which is said. */
export function markdownReport(report: CheckReport, limit: Limit = commentLimit): string {
  const { result } = report
  const problems = problemsOf(report)
  const sign = result.matrix.length === 0 ? '➖' : result.ok ? '✅' : '❌'
  const what = result.migration === '' ? 'nothing is pending' : result.ok ? 'passes' : 'does not pass'
  const name = result.migration === '' ? '' : ` ${code(result.migration, longest.name)}`
  const head = [marker, `## ${sign} Compatibility check:${name} ${what}`, summaryOf(result, problems)].join('\n\n')
  const blocks: Block[] = [
    { text: matrix(report), problems: 0 },
    ...section('Fails the check', 'error', problems),
    ...section('Warnings', 'warning', problems),
    ...notes(problems),
    ...result.notices.map((notice) => ({ text: `- ${prose(notice, longest.message)}`, problems: 0 })),
  ]
  return fitted(
    head,
    blocks.filter(({ text }) => text !== ''),
    limit,
  )
}

interface Block {
  readonly text: string
  readonly problems: number
}

/** The worst stands first, so nothing is shown after the first that has no room. */
function fitted(head: string, blocks: readonly Block[], limit: Limit): string {
  const tail = (left: readonly Block[]): string => {
    const count = left.reduce((sum, each) => sum + each.problems, 0)
    const what = count === 0 ? 'the notices' : count === 1 ? '1 finding' : `${count} findings`
    return `\n\n_Left out: ${what}. This may have ${limit.name} at most; \`--report html=check.html\` has everything._\n`
  }
  const room = limit.size - limit.measure(tail([{ text: '', problems: 1_000_000_000 }]))
  let text = head
  for (const [index, block] of blocks.entries()) {
    const next = `${text}\n\n${block.text}`
    const last = index === blocks.length - 1
    if (limit.measure(next) > (last ? limit.size - 1 : room)) return text + tail(blocks.slice(index))
    text = next
  }
  return `${text}\n`
}

const mostVersions = 50

function matrix(report: CheckReport): string {
  const { states } = report.result
  const all = rowsOf(report)
  if (all.length === 0) return ''
  const shown = all.length <= mostVersions ? all : [...all].sort((a, b) => wrong(b) - wrong(a)).slice(0, mostVersions)
  const rows = shown.map(({ app, version, role, cells }) => {
    const name = `${code(`${app} ${version}`, longest.inTable)} ${role === 'old' ? 'runs now' : 'is to come'}`
    return `| ${[name, ...cells.map((cell) => (cell === undefined ? '' : inTable(cell, report)))].join(' | ')} |`
  })
  const more = all.length - shown.length
  return [
    `| version | ${states.join(' | ')} |`,
    `|---|${states.map(() => '---|').join('')}`,
    ...rows,
    ...(more === 0 ? [] : ['', `${more} more versions are not in this table.`]),
  ].join('\n')
}

const wrong = ({ cells }: Row): number =>
  cells.filter((cell) => cell?.required === true && cell.verdict !== 'ok').length

function inTable(cell: Cell, report: CheckReport): string {
  if (!cell.required) return `➖ ${cell.verdict} (need not work)`
  const count = failing(cell, report)
  return count === 0 ? `${emoji[cell.verdict]} ${cell.verdict}` : `❌ ${cell.verdict}`
}

const emoji = { ok: '✅', fails: '❌', changes: '⚠️', unverifiable: '❔' } as const

function section(title: string, severity: Severity, problems: readonly Problem[]): readonly Block[] {
  const of = problems.filter((problem) => problem.severity === severity)
  return of.map((problem, index) => {
    const heading = index === 0 ? `### ${title} (${of.length})\n\n` : ''
    return { text: heading + full(problem), problems: 1 }
  })
}

const mostNotes = 50

/** Folded, and whole or not at all: an end that is cut off would fold what follows. */
function notes(problems: readonly Problem[]): readonly Block[] {
  const of = problems.filter(({ severity }) => severity === 'note')
  if (of.length === 0) return []
  const lines = of.slice(0, mostNotes).map((problem) => `- ${who(problem)}: ${prose(problem.message, longest.inNote)}`)
  const more = of.length - lines.length
  const text = [
    `<details><summary>As it should be (${of.length}): where a version need not work</summary>`,
    [...lines, ...(more === 0 ? [] : [`- and ${more} more`])].join('\n'),
    '</details>',
  ].join('\n\n')
  return [{ text, problems: of.length }]
}

const who = ({ statement, app, version, states, verdict, place }: Problem): string =>
  [
    `${code(statement, longest.name)} of ${code(`${app} ${version}`, longest.name)} **${verdict}** in ${states.join(', ')}`,
    ...(place === null ? [] : [`(${code(describePlace(place), longest.name)})`]),
  ].join(' ')

function full(problem: Problem): string {
  const { verdict, message, hint, level, sql } = problem
  return [
    `${emoji[verdict]} ${who(problem)}`,
    `${prose(message, longest.message)} (${level} ${code(problem.code, longest.name)})`,
    ...(hint === null ? [] : [`**What to do:** ${prose(hint, longest.message)}`]),
    ...(sql === null ? [] : [fenced(sql, 'sql', longest.sql)]),
  ].join('\n\n')
}
