import { basename, extname } from 'node:path'
import type { CheckDialect } from '../dialects/check.ts'
import { usageError } from '../errors.ts'
import type { ListedStatement, StatementList } from './statement-list.ts'

interface Part {
  readonly id: string
  /** The line of its name, from 1. */
  readonly line: number
  readonly lines: string[]
}

/**
 * A list in SQL: a `-- name: <id>` line, then one statement that ends with `;`. Above the first, `-- app: x`, `-- version: y`
 * and `-- prepared: false` may stand; the version is the file's name otherwise.
 *
 * @throws BellowsError exit 2 that names file and line.
 */
export function parseSqlList(
  content: string,
  file: string,
  { splitStatements }: Pick<CheckDialect, 'splitStatements'>,
): StatementList {
  const { header, parts } = split(content.replace(/^\uFEFF/, ''), file)
  const seen = new Set<string>()
  const statements = parts.map((part): ListedStatement => {
    if (seen.has(part.id)) throw wrong(file, part.line, `a second statement is called ${part.id}`)
    seen.add(part.id)
    const sql = statementOf(part, file, splitStatements)
    const kept = header.get('prepared') === 'false' ? { prepared: false } : {}
    return { id: part.id, sql, source: `${file}:${part.line}`, ...kept }
  })
  return {
    app: header.get('app') ?? 'app',
    version: header.get('version') ?? basename(file, extname(file)),
    statements,
  }
}

function split(content: string, file: string): { header: ReadonlyMap<string, string>; parts: readonly Part[] } {
  const header = new Map<string, string>()
  const parts: Part[] = []
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    // sqlc writes `-- name: GetUser :one`.
    const name = /^\s*--\s*name:\s*(.+?)(?:\s+:\w+)?\s*$/i.exec(line)?.[1]
    const part = parts.at(-1)
    if (name !== undefined) parts.push({ id: name, line: index + 1, lines: [] })
    else if (part !== undefined) part.lines.push(line)
    else {
      const [, key, value] = /^\s*--\s*(app|version|prepared):\s*(.+?)\s*$/i.exec(line) ?? []
      if (key !== undefined && value !== undefined) header.set(key.toLowerCase(), value)
      else if (!/^\s*(--|$)/.test(line))
        throw wrong(file, index + 1, 'a statement stands above the first `-- name:` line')
    }
  }
  return { header, parts }
}

function statementOf(part: Part, file: string, splitStatements: CheckDialect['splitStatements']): string {
  const found = (() => {
    try {
      return splitStatements(part.lines.join('\n'), `${file}:${part.line}`)
    } catch (cause) {
      throw wrong(file, part.line, `${part.id} cannot be read as one statement: ${(cause as Error).message}`, cause)
    }
  })()
  const [statement] = found
  if (statement === undefined || found.length > 1) {
    throw wrong(file, part.line, `${part.id} has ${found.length} statements; give each its own \`-- name:\` line`)
  }
  return statement.text
}

function wrong(file: string, line: number, message: string, cause?: unknown): Error {
  return usageError('statements.invalid', `${file}:${line}: ${message}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'docs/check.md shows what a statement list looks like.',
    details: { file, line },
  })
}
