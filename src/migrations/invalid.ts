import { type BellowsError, usageError } from '../errors.ts'
import { formatPath, type Path } from './path.ts'
import type { Problem } from './problems.ts'

/** Where a value comes from: its name for messages, and the line of a path where the format has lines. */
export interface Origin {
  readonly file: string
  readonly lineOf?: (path: Path) => number | null
}

/** One error for all problems of a file: `file:line: path: what`, a line each. */
export function invalidFile(code: string, origin: Origin, problems: readonly Problem[]): BellowsError {
  const located = problems.map(({ path, message }) => ({
    line: origin.lineOf?.(path) ?? null,
    path: formatPath(path),
    message,
  }))
  const lines = located.map(({ line, path, message }) => {
    const place = line === null ? origin.file : `${origin.file}:${line}`
    return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`
  })
  return usageError(code, lines.join('\n'), {
    hint: '`migrate schema` prints the JSON Schema of the file, for editors.',
    details: { file: origin.file, line: located[0]?.line ?? null, problems: located },
  })
}
