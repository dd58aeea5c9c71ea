import { isName, isWord, type Token } from '../lexer.ts'

/** Tokens that are taken one after the other. */
export interface Cursor {
  readonly peek: (ahead?: number) => Token | undefined
  /** Takes these words when they come next, one of them where they are divided by `|`. */
  readonly take: (...words: readonly string[]) => boolean
  /** Takes a mark when it comes next. */
  readonly mark: (text: string) => boolean
  /** Takes a name, `schema.name` too; `''` where none comes. */
  readonly name: () => string
  /** One name without a schema. */
  readonly part: () => string
  readonly skip: () => Token | undefined
  readonly rest: () => readonly Token[]
  readonly done: () => boolean
}

/** A cursor at the first of the tokens. */
export function cursorOf(tokens: readonly Token[]): Cursor {
  let at = 0
  const peek = (ahead = 0): Token | undefined => tokens[at + ahead]
  const take = (...words: readonly string[]): boolean => {
    if (!words.every((word, index) => isWord(tokens[at + index], ...word.split('|')))) return false
    at += words.length
    return true
  }
  const mark = (text: string): boolean => {
    if (peek()?.kind !== 'mark' || peek()?.text !== text) return false
    at++
    return true
  }
  const part = (): string => {
    const token = peek()
    // With ANSI_QUOTES a name, and nowhere else can a text stand where one is due.
    const named = nameOf(token)
    if (named !== '') at++
    return named
  }
  const name = (): string => {
    const first = part()
    return first !== '' && mark('.') ? `${first}.${part()}` : first
  }
  return {
    peek,
    take,
    mark,
    part,
    name,
    skip: () => tokens[at++],
    rest: () => tokens.slice(at),
    done: () => at >= tokens.length,
  }
}

const nameOf = (token: Token | undefined): string => {
  if (token?.kind === 'string') return token.text.slice(1, -1)
  return isName(token) ? token.name : ''
}

/** The parts of a list that commas divide, outside of parentheses. */
export function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const found: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'mark' && token.text === '(') depth++
    if (token.kind === 'mark' && token.text === ')') depth--
    if (token.kind === 'mark' && token.text === ',' && depth === 0) found.push([])
    else found.at(-1)?.push(token)
  }
  return found.filter((part) => part.length > 0)
}

/** The tokens outside of parentheses; a pair of them is left as `(` alone. */
export function outside(tokens: readonly Token[]): readonly Token[] {
  let depth = 0
  return tokens.filter((token) => {
    if (token.kind === 'mark' && token.text === '(') return depth++ === 0
    if (token.kind === 'mark' && token.text === ')') {
      depth--
      return false
    }
    return depth === 0
  })
}

/** What stands between the first parenthesis and the one that closes it. */
export function inParentheses(tokens: readonly Token[]): readonly Token[] {
  const open = tokens.findIndex(({ kind, text }) => kind === 'mark' && text === '(')
  if (open === -1) return []
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind !== 'mark') continue
    if (token.text === '(') depth++
    if (token.text === ')' && --depth === 0) return tokens.slice(open + 1, at)
  }
  return tokens.slice(open + 1)
}

/** The place of these words outside of parentheses, -1 where they do not stand. */
export function placeOf(tokens: readonly Token[], ...words: readonly string[]): number {
  return tokens.findIndex((_, at) => words.every((word, index) => isWord(tokens[at + index], ...word.split('|'))))
}
