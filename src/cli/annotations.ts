import type { BellowsError } from '../errors.ts'

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** What GitHub Actions shows a message at. */
interface Properties {
  readonly file?: string
  readonly line?: number
  readonly title?: string
}

/** The GitHub Actions command that shows a message at a file, and on the page of the run. */
export function annotation(kind: 'error' | 'warning' | 'notice', properties: Properties, text: string): string {
  const { file, line, title } = properties
  const given = [
    file === undefined ? undefined : `file=${escapeProperty(file)}`,
    line === undefined ? undefined : `line=${line}`,
    title === undefined ? undefined : `title=${escapeProperty(title)}`,
  ].filter((property) => property !== undefined)
  return `::${kind}${given.length === 0 ? '' : ` ${given.join(',')}`}::${escapeData(text)}`
}

/** An error at its file, where it has one, and on the summary page. */
export function errorAnnotation(error: BellowsError): string {
  const { file, line } = error.details
  const text = error.hint === null ? error.message : `${error.message}\n${error.hint}`
  return annotation(
    'error',
    {
      ...(typeof file === 'string' ? { file } : {}),
      ...(typeof line === 'number' ? { line } : {}),
      title: error.code,
    },
    text,
  )
}

/** The same for a warning. */
export function warningAnnotation(message: string): string {
  return annotation('warning', {}, message)
}
