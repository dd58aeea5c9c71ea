import { isName, isWord, lex, type Token } from '../lexer.ts'

/**
 * A digest text as a statement that a server takes again: a list of values is `(...)` there, several rows `/* , ... *\/`, and a
 * parenthesis stands apart from the function before it. What else the digest leaves out stays out, and is judged as it is.
 */
export function spoken(digest: string): string {
  const all = lex(digest.replace(/^\s*EXECUTE\s+/, ''))
  const pieces: string[] = []
  for (let at = 0; at < all.length; at++) {
    const token = all[at]
    if (token === undefined) break
    if (isElision(all, at)) {
      pieces.push(` (${Array.from({ length: valuesAt(all, at) }, () => '?').join(', ')})`)
      at += 4
      continue
    }
    const [before] = [all[at - 1]]
    // `COUNT (` is no call of the function.
    const close = token.text === '(' && isName(before) && !isWord(before, 'in', 'values', 'value')
    const tight = close || token.text === '.' || before?.text === '.'
    pieces.push(at === 0 || tight ? token.text : ` ${token.text}`)
  }
  return pieces.join('')
}

/** `(...)` */
const isElision = (all: readonly Token[], at: number): boolean =>
  all[at]?.text === '(' && [1, 2, 3].every((step) => all[at + step]?.text === '.') && all[at + 4]?.text === ')'

/** Of an INSERT so many as it names columns; of any other list one. */
function valuesAt(all: readonly Token[], at: number): number {
  if (!isWord(all[at - 1], 'values', 'value')) return 1
  const end = all[at - 2]?.text === ')' ? at - 2 : -1
  const begin = all.findLastIndex((token, index) => index < end && token.text === '(')
  const columns = all.slice(begin + 1, Math.max(end, 0)).filter((token) => token.text === ',').length + 1
  return end === -1 || begin === -1 ? 1 : columns
}
