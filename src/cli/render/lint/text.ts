import type { FileFinding, LintResult } from '../../../runner/lint/api.ts'
import type { Colours } from '../../colours.ts'

/** What was found, file by file, for people. */
export function renderLint(result: LintResult, colours: Colours): string {
  const parts = [
    ...result.unreadable.map(
      ({ file, line, message }) => `${colours.bold(placeOf(file, line))}  ${colours.red('unreadable')}\n  ${message}`,
    ),
    ...result.findings.map((finding) => render(finding, colours)),
    summaryOf(result),
  ]
  return parts.join('\n\n')
}

function render({ rule, severity, file, line, message, hint, statement }: FileFinding, colours: Colours): string {
  const paint = { error: colours.red, warning: colours.yellow, note: colours.dim }[severity]
  return [
    `${colours.bold(placeOf(file, line))}  ${paint(severity)}  ${rule}`,
    ...(statement === '' ? [] : [colours.dim(`  ${statement}`)]),
    `  ${message}`,
    `  → ${hint}`,
  ].join('\n')
}

const placeOf = (file: string, line: number | null): string => (line === null ? file : `${file}:${line}`)

/** `1 error, 2 warnings and 0 notes in 3 files`. */
function summaryOf({ errors, warnings, notes, files, statements, ignored, unreadable }: LintResult): string {
  const found = [number(errors, 'error'), number(warnings, 'warning'), number(notes, 'note')].join(', ')
  const also = [
    ...(ignored === 0 ? [] : [`${ignored} ignored with a reason`]),
    ...(unreadable.length === 0 ? [] : [`${number(unreadable.length, 'file')} could not be read`]),
  ]
  const where = `in ${number(statements, 'statement')} of ${number(files, 'file')}`
  return `${found} ${where}${also.map((text) => `; ${text}`).join('')}`
}

const number = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
