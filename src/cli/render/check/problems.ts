import type { CheckResult, FullCheck } from '../../../compat/check.ts'
import { counts } from '../../../compat/matrix.ts'
import type { State } from '../../../compat/states.ts'

/** All that a report of a check is made from. */
export interface CheckReport extends FullCheck {
  /** What cannot be checked counts. */
  readonly strict: boolean
  /** The version of this tool. */
  readonly version: string
  /** When it was made, in ISO 8601. */
  readonly at: string
  /** The file of the migration, for findings whose statement says no place. */
  readonly file: string | null
  /** The path of a file as whoever shows annotations knows it: from the top of the repository. */
  readonly locate: (file: string) => string
}

/** One version in one state. */
export type Cell = CheckResult['matrix'][number]
type Finding = Cell['findings'][number]

/** `error`: it fails the check. `warning`: the version has to work there, and it is worth a look. `note`: it is as it should be. */
export type Severity = 'error' | 'warning' | 'note'

/** One finding about one statement, with all states in which it is the same. */
export interface Problem extends Omit<Finding, 'source'> {
  readonly severity: Severity
  readonly app: string
  readonly version: string
  readonly states: readonly State[]
  readonly sql: string | null
  readonly place: Place | null
}

/** Where the app says a statement. */
export interface Place {
  readonly file: string
  readonly line: number | null
}

const severities = ['error', 'warning', 'note'] as const
const verdicts = ['fails', 'changes', 'unverifiable'] as const

/** All findings, the worst first; the same finding in several states is one. */
export function problemsOf({ result, versions, strict }: CheckReport): readonly Problem[] {
  const texts = new Map(
    versions.flatMap(({ app, version, statements }) =>
      statements.map(({ id, sql }) => [JSON.stringify([app, version, id]), sql] as const),
    ),
  )
  const found = new Map<string, Problem>()
  for (const cell of result.matrix) {
    const { app, version, state } = cell
    for (const { source, ...finding } of cell.findings) {
      const { statement, verdict, level, code, message } = finding
      const severity = severityOf(cell, finding, strict)
      const key = JSON.stringify([app, version, statement, verdict, level, code, message])
      const known = found.get(key)
      const worse = known === undefined || severities.indexOf(severity) < severities.indexOf(known.severity)
      const sql = texts.get(JSON.stringify([app, version, statement])) ?? null
      const place = placeOf(source)
      found.set(key, {
        // What to do is said where it matters most.
        ...(worse ? { ...finding, severity, app, version, sql, place } : known),
        states: [...(known?.states ?? []), state],
      })
    }
  }
  const rank = ({ severity, verdict }: Problem): number =>
    severities.indexOf(severity) * verdicts.length + verdicts.indexOf(verdict)
  return [...found.values()].sort((a, b) => rank(a) - rank(b))
}

/** What a finding of a cell is to whoever reads the report. */
export function severityOf(
  { required }: Pick<Cell, 'required'>,
  finding: Parameters<typeof counts>[0],
  strict: boolean,
): Severity {
  if (!required) return 'note'
  return counts(finding, strict) ? 'error' : 'warning'
}

/** `file:line`, `file:line:column` or a file alone. */
export function placeOf(source: string | null | undefined): Place | null {
  if (source === null || source === undefined) return null
  const [, file = source, line] = /^(.+?):(\d{1,9})(?::\d+)?$/s.exec(source) ?? []
  return { file: file.replaceAll('\\', '/'), line: line === undefined || Number(line) === 0 ? null : Number(line) }
}

/** `users.ts:12`. */
export function describePlace({ file, line }: Place): string {
  return line === null ? file : `${file}:${line}`
}

/** How many there are of a severity. */
export const countOf = (problems: readonly Problem[], severity: Severity): number =>
  problems.filter((problem) => problem.severity === severity).length

/** `the check passes`, and how much was found, in one sentence. */
export function summaryOf(result: CheckResult, problems: readonly Problem[]): string {
  if (result.matrix.length === 0) return 'Nothing was checked.'
  const [errors, warnings] = [countOf(problems, 'error'), countOf(problems, 'warning')]
  const also = warnings === 0 ? '' : ` ${number(warnings, 'more is a warning', 'more are warnings')}.`
  const begin =
    errors === 0
      ? 'Every version works in every state in which it has to.'
      : `${number(errors, 'finding fails the check', 'findings fail the check')}.`
  if (errors === 0 && warnings > 0)
    return `${begin} ${number(warnings, 'finding is a warning', 'findings are warnings')}.`
  return begin + also
}

const number = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
