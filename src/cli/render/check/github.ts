import { annotation } from '../../annotations.ts'
import { type CheckReport, type Problem, problemsOf } from './problems.ts'

/**
 * GitHub shows ten errors and ten warnings of a step, and hides the rest without a word. One of each is left to the command
 * itself: the error that it ends with, and a warning of its own.
 */
const most = 9

/** The annotations of a check, at the lines that the statements come from; the worst first. What is as it should be has none. */
export function githubAnnotations(report: CheckReport): readonly string[] {
  const problems = problemsOf(report)
  const of = (severity: Problem['severity']): readonly Problem[] =>
    problems.filter((each) => each.severity === severity)
  const [errors, warnings] = [of('error'), of('warning')]
  const cut = [said(errors.length - most, 'error'), said(warnings.length - most, 'warning')].filter(
    (text) => text !== null,
  )
  return [
    ...errors.slice(0, most).map((problem) => at(problem, 'error', report)),
    ...warnings.slice(0, most).map((problem) => at(problem, 'warning', report)),
    ...(cut.length === 0
      ? []
      : [
          annotation(
            'notice',
            { title: 'migrate check' },
            `not shown as annotations: ${cut.join(', ')}; the summary of the step has more`,
          ),
        ]),
  ]
}

const said = (count: number, what: string): string | null =>
  count <= 0 ? null : `${count} more ${what}${count === 1 ? '' : 's'}`

function at(problem: Problem, kind: 'error' | 'warning', { file, locate }: CheckReport): string {
  const place = problem.place ?? (file === null ? null : { file, line: null })
  const { app, version, statement, states, verdict, level, code, message, hint } = problem
  const properties = {
    ...(place === null ? {} : { file: locate(place.file) }),
    ...(place === null || place.line === null ? {} : { line: place.line }),
    title: `${statement} of ${app} ${version} ${verdict} in ${states.join(', ')}`,
  }
  return annotation(kind, properties, `${message} (${level} ${code})${hint === null ? '' : `\n${hint}`}`)
}
