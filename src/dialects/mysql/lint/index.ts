import { linesOf } from '../../../planner/lint/lines.ts'
import type { Operation, ReadStatement } from '../../../planner/lint/operations.ts'
import type { LintDialect, Unparsable } from '../../lint.ts'
import { isWord, lex, type Token } from '../lexer.ts'
import { piecesOf } from './scripts.ts'
import { operationsOf } from './statement.ts'

/** Reads files by their words: there is no grammar of these servers to be had. */
export function mysqlLint(): LintDialect {
  return { read: readMysql }
}

/** The statements of a text. */
export function readMysql(script: string): readonly ReadStatement[] | Unparsable {
  const found: ReadStatement[] = []
  const lineAt = linesOf(script)
  for (const { text, start } of piecesOf(script)) {
    const tokens = lex(text)
    const open = tokens.find((token) => token.kind === 'mark' && ["'", '"', '`'].includes(token.text))
    const line = lineAt(start)
    if (open !== undefined) return { line: lineAt(start + open.start), why: `a quote (${open.text}) is never closed` }
    found.push({
      text,
      line,
      lastLine: line + text.split('\n').length - 1,
      operations: operationsOf(tokens).map(whole),
      tooLong: [],
      algorithm: asked(tokens, 'algorithm'),
      lock: asked(tokens, 'lock'),
    })
  }
  return found
}

/** A name that did not stand where it is looked for: then nothing of the statement is sure. */
const whole = (operation: Operation): Operation =>
  Object.entries(operation).some(([key, value]) => value === '' && named.includes(key))
    ? { do: 'unread', why: 'a name was not found where it should stand' }
    : operation
const named = ['table', 'column', 'name', 'to']

/** `LOCK=NONE`, `LOCK NONE`; not LOCK TABLES. */
function asked(tokens: readonly Token[], word: string): string | undefined {
  if (!isWord(tokens[0], 'alter', 'create', 'drop', 'set')) return undefined
  const at = tokens.findIndex(
    (token, index) =>
      isWord(token, word) && index > 0 && isWord(tokens[index + (tokens[index + 1]?.text === '=' ? 2 : 1)], ...values),
  )
  if (at === -1) return undefined
  return tokens[at + (tokens[at + 1]?.text === '=' ? 2 : 1)]?.text.toLowerCase()
}

const values = ['instant', 'inplace', 'nocopy', 'copy', 'none', 'shared', 'exclusive', 'default']
