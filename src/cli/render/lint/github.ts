import type { FileFinding } from '../../../runner/lint/api.ts'
import { annotation } from '../../annotations.ts'
import type { LintReport } from './sarif.ts'

/** GitHub shows ten of a kind of a step; one of each is left to the command itself. */
const most = 9

/** The annotations of a run, at the lines of the statements; the errors first. */
export function lintAnnotations({ result, locate }: LintReport): readonly string[] {
  const of = (severity: FileFinding['severity']): readonly FileFinding[] =>
    result.findings.filter((finding) => finding.severity === severity)
  const [errors, warnings] = [of('error'), of('warning')]
  const cut = Math.max(0, errors.length - most) + Math.max(0, warnings.length - most)
  return [
    ...result.unreadable
      .slice(0, most)
      .map(({ file, line, message }) =>
        annotation('error', { file: locate(file), ...(line === null ? {} : { line }), title: 'unreadable' }, message),
      ),
    ...[...errors.slice(0, most), ...warnings.slice(0, most)].map(({ rule, severity, file, line, message, hint }) =>
      annotation(
        severity === 'error' ? 'error' : 'warning',
        { file: locate(file), line, title: rule },
        `${message}\n${hint}`,
      ),
    ),
    ...(cut === 0
      ? []
      : [annotation('notice', { title: 'migrate lint' }, `${cut} more are not shown as annotations; the log has all`)]),
  ]
}
