import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How deep an app's own frame may lie under those of its libraries. */
const depth = 100
/** This package where it is not in node_modules. */
const own = fileURLToPath(new URL('..', import.meta.url))

/**
 * Where the app is, as `file:line` relative to a folder: the innermost frame that is of no package and not of Node itself.
 * Undefined where there is none, as behind a promise that nobody awaits.
 *
 * @param behindPackage what lies before the first frame of a package is no call either: a function that the package calls
 */
export function callSite(folder: string, behindPackage = false): string | undefined {
  const lines = stackLines()
  const from = behindPackage ? lines.findIndex(isOfPackage) : 0
  if (from < 0) return undefined
  for (const line of lines.slice(from)) {
    const site = siteOf(line)
    if (site === null || isOfPackage(site.file) || site.file.startsWith(own)) continue
    return `${relative(folder, site.file).split(sep).join('/')}:${site.line}`
  }
  return undefined
}

/** As the app sees its stacks: with source maps, where it has them. */
function stackLines(): readonly string[] {
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = depth
    const { stack } = new Error('call site')
    return typeof stack === 'string' ? stack.split('\n').slice(1) : []
  } finally {
    Error.stackTraceLimit = limit
  }
}

const isOfPackage = (line: string): boolean => /[\\/]node_modules[\\/]/.test(line)

/** `at name (file:line:column)`, `at async file:line:column`; null for what has no file. */
export function siteOf(line: string): { readonly file: string; readonly line: number } | null {
  const frame = /^\s*at (.*)$/.exec(line)?.[1] ?? ''
  const place = frame.endsWith(')') ? frame.slice(frame.indexOf(' (') + 2, -1) : frame.replace(/^async /, '')
  const found = /^(file:\/\/\/.*?|\/.*?|[a-z]:[\\/].*?)(?:\?[^?:]*)?:(\d+):\d+$/i.exec(place)
  if (found?.[1] === undefined) return null
  const file = found[1].startsWith('file:') ? fileURLToPath(found[1]) : found[1]
  return { file, line: Number(found[2]) }
}
