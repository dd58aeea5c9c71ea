/** A piece of SQL text: where it stands, and what it is. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'mark' | 'comment'
  readonly text: string
  readonly start: number
  readonly end: number
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  // `--` begins a comment only before a space or the end (manual, 11.7).
  ['comment', /\/\*.*?(?:\*\/|$)|#[^\n]*|--(?=\s|$)[^\n]*/sy],
  ['quoted', /`(?:[^`]|``)*`/y],
  // A backslash escapes: our sessions, and what they create, are without NO_BACKSLASH_ESCAPES and ANSI_QUOTES.
  ['string', /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/sy],
  ['number', /0x[0-9a-f]+(?![\w$])|0b[01]+(?![\w$])|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$])/iy],
  ['word', /[\w$\u0080-\uffff]+/y],
  ['mark', /->>?|<=>|<=|>=|<>|!=|\|\||&&|<<|>>|:=|./sy],
]

/** SQL text of MySQL and MariaDB in pieces (manual, 11: Language Structure). A quote that is never closed comes out as a mark. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  for (let at = 0; at < text.length; ) {
    const next = match(text, at)
    at = next.end
    if (next.kind !== 'space') found.push(next as Token)
  }
  return found
}

function match(text: string, at: number): Omit<Token, 'kind'> & { readonly kind: Token['kind'] | 'space' } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) return { kind, text: found, start: at, end: at + found.length }
  }
  return { kind: 'mark', text: text.slice(at, at + 1), start: at, end: at + 1 }
}

/** The name that a token between backticks stands for. */
export function unquoted(token: Token): string {
  return token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('``', '`') : token.text
}
