import { LineCounter, type Node, parseDocument } from 'yaml'
import { usageError } from '../errors.ts'
import type { Origin } from './invalid.ts'
import type { Path } from './path.ts'

/** A YAML or JSON text as a value, with the lines of its parts. */
export interface Data {
  readonly value: unknown
  readonly origin: Origin
}

/** @throws BellowsError exit 2 with file and line when the text is no YAML. */
export function readYaml(text: string, file: string): Data {
  const lines = new LineCounter()
  const document = parseDocument(withoutMark(text), { lineCounter: lines, prettyErrors: false })
  const [problem] = document.errors
  if (problem !== undefined) throw syntaxError(file, lines.linePos(problem.pos[0]).line, problem.message, problem)
  return { value: document.toJS() as unknown, origin: { file, lineOf: lineFinder(document, lines) } }
}

/** @throws BellowsError exit 2 with file and line when the text is no JSON. */
export function readJson(text: string, file: string): Data {
  const source = withoutMark(text)
  // JSON.parse judges; the YAML parser, which reads a superset, only tells where things stand.
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false })
  try {
    return { value: JSON.parse(source) as unknown, origin: { file, lineOf: lineFinder(document, lines) } }
  } catch (error) {
    const message = (error as Error).message
    const position = /position (\d+)/.exec(message)?.[1]
    const before = source.slice(0, position === undefined ? source.length : Number(position))
    throw syntaxError(file, before.split('\n').length, message, error)
  }
}

const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '')

function syntaxError(file: string, line: number, message: string, cause: unknown): Error {
  return usageError('migration.syntax', `${file}:${line}: ${message}`, { cause, details: { file, line } })
}

type Document = ReturnType<typeof parseDocument>

/** Finds the line of the key at a path, or of the innermost part around it that is there. */
function lineFinder(document: Document, lines: LineCounter): (path: Path) => number | null {
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const start = startOf(document, path.slice(0, length))
      if (start !== null) return lines.linePos(start).line
    }
    return null
  }
}

function startOf(document: Document, path: Path): number | null {
  const last = path.at(-1)
  const parent: unknown = document.getIn(path.slice(0, -1), true)
  if (typeof last === 'string' && hasItems(parent)) {
    const pair = parent.items.find((item) => item.key?.value === last)
    return pair?.key?.range?.[0] ?? null
  }
  const node = document.getIn(path, true) as Node | undefined
  return node?.range?.[0] ?? null
}

interface Pairs {
  readonly items: readonly { readonly key?: { readonly value?: unknown; readonly range?: readonly number[] } }[]
}

const hasItems = (node: unknown): node is Pairs => typeof node === 'object' && node !== null && 'items' in node
