/** An error as `--json` shows it. */
export interface ErrorDocument {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly retryable: boolean
  readonly exitCode: number
  readonly details?: unknown
}

/** What Kubernetes keeps of a container's message (kubernetes.io, "Determine the Reason for Pod Failure"). */
const most = 4096

/**
 * Why a command ended, in one line of JSON that fits into a termination message. The details go first, then the end of the message: code and
 * exit code are always there.
 */
export function lastWords({ details, ...error }: ErrorDocument & { readonly command: string }): string {
  const whole = JSON.stringify({ ...error, details })
  if (fits(whole)) return whole
  const plain = JSON.stringify(error)
  if (fits(plain)) return plain
  const cut = (length: number): string =>
    JSON.stringify({ ...error, message: shorter(error.message, length), hint: shorter(error.hint, length) })
  let length = most
  while (length > 0 && !fits(cut(length))) length = Math.floor(length * 0.8)
  return cut(length)
}

const fits = (text: string): boolean => Buffer.byteLength(text) <= most

function shorter<T extends string | null>(text: T, length: number): T | string {
  if (text === null || text.length <= length) return text
  // Not between the halves of a character.
  return `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`
}
