import type { BellowsError } from '../errors.ts'

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** The GitHub Actions command that shows an error at its file, where it has one, and on the summary page. */
export function errorAnnotation(error: BellowsError): string {
  const { file, line } = error.details
  const properties = [
    typeof file === 'string' ? `file=${escapeProperty(file)}` : undefined,
    typeof line === 'number' ? `line=${line}` : undefined,
    `title=${escapeProperty(error.code)}`,
  ].filter((property) => property !== undefined)
  const text = error.hint === null ? error.message : `${error.message}\n${error.hint}`
  return `::error ${properties.join(',')}::${escapeData(text)}`
}

/** The same for a warning. */
export function warningAnnotation(message: string): string {
  return `::warning::${escapeData(message)}`
}
