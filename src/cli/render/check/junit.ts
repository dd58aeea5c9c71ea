import type { AppVersion } from '../../../compat/versions.ts'
import { type Content, type Markup, markup } from './markup.ts'
import { type Cell, type CheckReport, describePlace, placeOf, severityOf } from './problems.ts'

type Statement = AppVersion['statements'][number]

/**
 * A report as JUnit writes it, in the elements that Jenkins, GitLab, Azure and CircleCI read: a suite for each version in each
 * state, a test for each statement. What fails the check is a failure; what says nothing, or is not needed there, is skipped.
 */
export function junitReport(report: CheckReport): string {
  const suites = report.result.matrix.map((cell) => suite(cell, report))
  const all = suites.length === 0 ? [nothing(report)] : suites
  const total = (of: 'tests' | 'failures'): number => all.reduce((sum, each) => sum + each[of], 0)
  const name = `migrate check ${report.result.migration}`.trim()
  return `<?xml version="1.0" encoding="UTF-8"?>
${
  markup`<testsuites name="${name}" tests="${total('tests')}" failures="${total('failures')}" errors="0">
${all.map(({ xml }) => xml)}</testsuites>`.markup
}
`
}

interface Suite {
  readonly tests: number
  readonly failures: number
  readonly xml: Markup
}

/** Some readers take a file without a test for a broken one. */
function nothing({ result }: CheckReport): Suite {
  const why = result.notices[0] ?? 'nothing was checked'
  const xml = markup`  <testsuite name="migrate check" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="migrate check" name="nothing is pending"><skipped>${why}</skipped></testcase>
  </testsuite>
`
  return { tests: 1, failures: 0, xml }
}

function suite(cell: Cell, report: CheckReport): Suite {
  const { app, version, state } = cell
  const listed = report.versions.find((each) => each.app === app && each.version === version)?.statements ?? []
  const found = new Map<string, Cell['findings']>()
  for (const one of cell.findings) found.set(one.statement, [...(found.get(one.statement) ?? []), one])
  // A command, for example, is in no list.
  const others = [...found.keys()].filter((id) => !listed.some((each) => each.id === id)).map((id) => ({ id, sql: '' }))
  const cases = [...listed, ...others].map((statement) =>
    testcase(statement, cell, found.get(statement.id) ?? [], report.strict),
  )
  const failures = cases.filter(({ outcome }) => outcome === 'failed').length
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length
  const xml = markup`  <testsuite name="${`${app} ${version}: ${state}`}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">
${cases.map((each) => each.xml)}  </testsuite>
`
  return { tests: cases.length, failures, xml }
}

interface Case {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly xml: Markup
}

function testcase(statement: Statement, cell: Cell, findings: Cell['findings'], strict: boolean): Case {
  const place = placeOf(statement.source)
  const at: Content = place !== null && [
    markup` file="${place.file}"`,
    place.line !== null && markup` line="${place.line}"`,
  ]
  const failing = findings.filter((finding) => severityOf(cell, finding, strict) === 'error')
  const outcome = failing.length > 0 ? 'failed' : isSkipped(cell, findings) ? 'skipped' : 'passed'
  const rest = findings.filter((finding) => !failing.includes(finding))
  const said = rest.map(({ message, hint }) => (hint === null ? message : `${message}\n${hint}`)).join('\n')
  const body: Content =
    outcome === 'skipped'
      ? markup`<skipped>${said}</skipped>`
      : [failing.map((finding) => failure(finding, statement)), said !== '' && out(said)]
  // Jenkins takes what stands before the last dot for a package.
  const xml = markup`    <testcase classname="${`${cell.app} ${cell.version}.${cell.state}`}" name="${statement.id}"${at}>${body}</testcase>
`
  return { outcome, xml }
}

const isSkipped = ({ required }: Cell, findings: Cell['findings']): boolean =>
  findings.length > 0 && (!required || findings.some(({ verdict }) => verdict === 'unverifiable'))

const out = (text: string): Markup => markup`<system-out>${text}</system-out>`

function failure({ level, code, message, hint }: Cell['findings'][number], { sql, source }: Statement): Markup {
  const place = placeOf(source)
  const lines = [message, ...(hint === null ? [] : [hint]), ...(place === null ? [] : [`at ${describePlace(place)}`])]
  return markup`<failure type="${`${level} ${code}`}" message="${message}">${[...lines, '', sql].join('\n')}</failure>`
}
