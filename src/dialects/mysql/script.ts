import { isWord, lex, type Token } from './lexer.ts'

// What stands before a statement and says nothing. A comment that is code (`/*! */`) belongs to the statement.
const before = /^(?:\s+|#[^\n]*|--(?=\s|$)[^\n]*|\/\*(?!M?!).*?(?:\*\/|$))*/s

/**
 * The statements of a script, each as its own text, without the comments around it. No DELIMITER is needed: the semicolons
 * inside the body of a trigger or a routine end none.
 */
export function splitStatements(
  script: string,
  _what = '',
): readonly { readonly text: string; readonly start: number }[] {
  const tokens = lex(script)
  const found: { text: string; start: number }[] = []
  let from = 0
  let first = 0
  let depth = 0
  tokens.forEach((token, at) => {
    if (token.text !== ';') depth = Math.max(0, depth + step(tokens, first, at, depth))
    else if (depth === 0) {
      add(found, script.slice(from, token.start), tokens.slice(first, at), from)
      from = token.end
      first = at + 1
    }
  })
  add(found, script.slice(from), tokens.slice(first), from)
  return found
}

function add(found: { text: string; start: number }[], piece: string, tokens: readonly Token[], from: number): void {
  const last = tokens.at(-1)
  if (last === undefined) return
  const start = before.exec(piece)?.[0].length ?? 0
  const end = last.end - from
  const close = /^\s*\*\//.exec(piece.slice(end))?.[0].length ?? 0
  found.push({ text: piece.slice(start, end + close), start: from + start })
}

/** Whether a word of a body opens a block or ends one. Only what makes a trigger, routine or event has a body. */
function step(tokens: readonly Token[], first: number, at: number, depth: number): -1 | 0 | 1 {
  const token = tokens[at]
  if (token?.kind !== 'word' || !hasBody(tokens, first)) return 0
  const [last, next] = [tokens[at - 1], tokens[at + 1]]
  if (last?.text === '.') return 0
  if (isWord(token, 'end')) return -1
  // `END IF` and its like end what the first of the two words ends.
  if (at > first && isWord(last, 'end')) return 0
  if (isWord(token, 'case')) return 1
  if (isWord(token, 'begin')) return depth === 0 || begins(last) ? 1 : 0
  if (isWord(token, 'if')) return isBlock(tokens, at, depth) ? 1 : 0
  if (!begins(last)) return 0
  return isWord(token, 'loop', 'while') || (isWord(token, 'repeat') && next?.text !== '(') ? 1 : 0
}

const bodies = ['trigger', 'procedure', 'function', 'event']

/** `CREATE [OR REPLACE] [DEFINER = ...] PROCEDURE`: the kind stands among the first words. */
function hasBody(tokens: readonly Token[], first: number): boolean {
  if (!isWord(tokens[first], 'create', 'alter')) return false
  const stop = ['table', 'view', 'index', 'database', 'schema', 'user', 'role', 'server', 'sequence']
  const head = tokens.slice(first + 1, first + 14).find((token) => isWord(token, ...bodies, ...stop))
  return isWord(head, ...bodies)
}

/** A statement of a body may begin after this. */
const begins = (token: Token | undefined): boolean =>
  token === undefined ||
  [';', ':'].includes(token.text) ||
  isWord(token, 'begin', 'then', 'else', 'do', 'loop', 'repeat', 'row')

/** IF is a statement, a function, or a part of IF NOT EXISTS. */
function isBlock(tokens: readonly Token[], at: number, depth: number): boolean {
  const [last, next, after] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]]
  if (isWord(next, 'exists') || (isWord(next, 'not') && isWord(after, 'exists'))) return false
  if (depth > 0 && !begins(last)) return false
  if (next?.text !== '(') return true
  let open = 0
  for (const token of tokens.slice(at + 1)) {
    if (token.text === '(') open++
    else if (token.text === ')') open--
    else if (open === 0 && isWord(token, 'then')) return true
    else if (open === 0 && (token.text === ';' || isWord(token, 'end', 'when', 'else'))) return false
  }
  return false
}
