import { lineFinder } from '../../../planner/lint/lines.ts'
import type { ReadStatement } from '../../../planner/lint/operations.ts'
import type { LintDialect, Unparsable } from '../../lint.ts'
import { loadParser, parse, type Token, tokens } from '../parser.ts'
import { operationsOf } from './statement.ts'

/** Reads files with PostgreSQL's own grammar. */
export async function postgresLint(): Promise<LintDialect> {
  await loadParser()
  return { read: readPostgres }
}

/** The same where the grammar is loaded already. */
export function readPostgres(script: string): readonly ReadStatement[] | Unparsable {
  // The parser takes nothing at all for an error.
  if (script.trim() === '') return []
  const source = Buffer.from(script, 'utf8')
  const lineAt = linesOf(source)
  // For the parser, which is written in C, the text would end there, and what follows be passed over in silence.
  const nothing = source.indexOf(0)
  if (nothing !== -1) return { line: lineAt(nothing), why: 'a character of number 0, which no SQL has' }
  try {
    return (parse(script).stmts ?? []).map(({ stmt, stmt_location = 0, stmt_len }) => {
      const end = stmt_len === undefined ? source.length : stmt_location + stmt_len
      const piece = source.subarray(stmt_location, end).toString('utf8')
      const all = tokens(piece)
      // What stands before a statement, comments too, is given to it by the parser.
      const from = stmt_location + (all[0]?.start ?? 0)
      const to = stmt_location + (all.at(-1)?.end ?? piece.length)
      return {
        text: source.subarray(from, to).toString('utf8'),
        line: lineAt(from),
        lastLine: lineAt(to),
        operations: operationsOf(stmt),
        tooLong: all.filter(isTooLong).map(({ text }) => text),
      }
    })
  } catch (error) {
    const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition?: number } }
    // In characters, and not from 0.
    const at = [...script].slice(0, Math.max(0, sqlDetails?.cursorPosition ?? 0)).join('')
    return { line: at.split('\n').length, why: message }
  }
}

/** The line of a place in bytes. */
function linesOf(source: Buffer): (at: number) => number {
  const breaks: number[] = []
  for (let at = source.indexOf(10); at !== -1; at = source.indexOf(10, at + 1)) breaks.push(at)
  return lineFinder(breaks)
}

/** The parser cuts names off as the server does, the scanner leaves them as they are written. */
const isTooLong = ({ kind, text }: Token): boolean =>
  kind === 'IDENT' && Buffer.byteLength(text.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"')) > 63
