import { isName, isWord, type Lexing, lex, type Token } from './lexer.ts'

/** Text as SHOW CREATE gives it, without the account that owns the object: on the shadow that is whoever makes it. */
export function withoutDefiner(text: string): string {
  const all = lex(text)
  const at = all.findIndex((token) => isWord(token, 'definer'))
  // Only in the head, before what the object is: a body may have its own.
  const head = all.findIndex((token) => isWord(token, 'view', 'procedure', 'function', 'trigger'))
  if (at < 0 || at > head || all[at + 1]?.text !== '=') return text
  const next = all[at + 3]
  // `user`@`host`: the host is quoted, so it is one variable to the lexer.
  const end = next?.kind === 'variable' ? next : all[at + 2]
  const from = all[at]
  if (from === undefined || end === undefined) return text
  return `${text.slice(0, from.start)}${text.slice(end.end).trimStart()}`
}

/** The engine of a table, of its own definition. */
export function engineOf(text: string): string {
  const all = lex(text)
  const at = all.findLastIndex((token, index) => isWord(token, 'engine') && all[index + 1]?.text === '=')
  return all[at + 2]?.name ?? ''
}

/** A table's definition without the foreign keys that point at another database, and their names. */
export function withoutForeignKeysElsewhere(
  text: string,
  isElsewhere: (database: string) => boolean,
): { readonly text: string; readonly gone: readonly string[] } {
  const gone: string[] = []
  const all = lex(text)
  let kept = text
  // From the end, so that what stands before keeps its place.
  for (const part of parts(all).reverse()) {
    const to = part.findIndex((token) => isWord(token, 'references'))
    const database = part[to + 1]
    if (!isWord(part[0], 'constraint') || !part.some((token) => isWord(token, 'foreign'))) continue
    if (to < 0 || part[to + 2]?.text !== '.' || database === undefined || !isElsewhere(database.name)) continue
    const before = all[all.indexOf(part[0] as Token) - 1]
    const [first, last] = [part[0], part.at(-1)]
    if (first === undefined || last === undefined) continue
    gone.push(part[1]?.name ?? '')
    // With the comma before it: a table has columns first.
    kept = kept.slice(0, before?.text === ',' ? before.start : first.start) + kept.slice(last.end)
  }
  return { text: kept, gone: gone.reverse() }
}

/** What stands between the commas of the outermost parentheses. */
function parts(all: readonly Token[]): Token[][] {
  const found: Token[][] = []
  let depth = 0
  for (const token of all) {
    const mark = token.kind === 'mark' ? token.text : ''
    if (mark === ')' && --depth === 0) return found
    if (depth === 1 && (mark === ',' || found.length === 0)) found.push([])
    if (depth >= 1 && !(depth === 1 && mark === ',')) found.at(-1)?.push(token)
    if (mark === '(') depth++
  }
  return found
}

/** What a trigger does, without its head and its place among others: they are made in order. */
export function triggerBody(text: string, lexing: Lexing): string | null {
  const all = lex(text, lexing)
  const each = all.findIndex(
    (token, at) => isWord(token, 'for') && isWord(all[at + 1], 'each') && isWord(all[at + 2], 'row'),
  )
  if (each < 0) return null
  const first = all[isWord(all[each + 3], 'follows', 'precedes') ? each + 5 : each + 3]
  return first === undefined ? null : text.slice(first.start)
}

/** Whether a routine makes statements from text, in which no name can be found. */
export function makesStatements(text: string): boolean {
  const all = lex(text)
  return all.some(
    (token, at) =>
      (isWord(token, 'prepare') && isName(all[at + 1]) && isWord(all[at + 2], 'from')) ||
      (isWord(token, 'execute') && isWord(all[at + 1], 'immediate')),
  )
}
