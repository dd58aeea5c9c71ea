/** A piece of a statement. */
export interface Token {
  /** `word`: a keyword or a name; `quoted`: a name between quotes; `variable`: `@x`, `@@x`. Comments are left out. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'mark'
  readonly text: string
  /** What a name stands for; of the others their text. */
  readonly name: string
  readonly start: number
  readonly end: number
}

/** What of sql_mode changes how a text falls into pieces. */
export interface Lexing {
  /** `"` quotes names. */
  readonly ansiQuotes: boolean
  /** A backslash escapes nothing. */
  readonly plainBackslash: boolean
}

/** The servers' defaults. */
export const usual: Lexing = { ansiQuotes: false, plainBackslash: false }

/** By a value of sql_mode. */
export function lexingOf(sqlMode: string): Lexing {
  const modes = sqlMode.toUpperCase().split(',')
  return { ansiQuotes: modes.includes('ANSI_QUOTES'), plainBackslash: modes.includes('NO_BACKSLASH_ESCAPES') }
}

type Kind = Token['kind'] | 'space'

// `--` begins a comment only before a space or the end. What stands in `/*! */` is code (manual, "Comments").
const space = /\s+|#[^\n]*|--(?=\s|$)[^\n]*|\/\*(?!M?!).*?(?:\*\/|$)|\/\*M?!\d*/sy
const spaceInCode = new RegExp(`${space.source}|\\*\\/`, 'sy')
// Usual characters as one run: for a choice at each of them a literal of some millions is too long.
const strings = {
  escaped: /[nN]?'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'|"[^"\\]*(?:(?:\\.|"")[^"\\]*)*"/sy,
  plain: /[nN]?'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"/y,
}
const namesInQuotes = { backtick: /`(?:[^`]|``)*`/y, both: /`(?:[^`]|``)*`|"(?:[^"]|"")*"/y }
const number = /0x[0-9a-f]+(?![\w$])|0b[01]+(?![\w$])|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$])/iy
const variable = /@@?(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|"(?:[^"]|"")*"|[\w$.\u0080-\uffff]*)/y
const word = /[\w$\u0080-\uffff]+/y
const mark = /->>?|<=>|<=|>=|<>|!=|\|\||&&|<<|>>|:=|./suy

/** A text in pieces (manual, "Language Structure"). A quote that is never closed is a mark. */
export function lex(text: string, { ansiQuotes, plainBackslash }: Lexing = usual): readonly Token[] {
  const patterns = (inCode: boolean): readonly (readonly [Kind, RegExp])[] => [
    ['space', inCode ? spaceInCode : space],
    ['quoted', ansiQuotes ? namesInQuotes.both : namesInQuotes.backtick],
    ['string', plainBackslash ? strings.plain : strings.escaped],
    ['variable', variable],
    ['number', number],
    ['word', word],
    ['mark', mark],
  ]
  const [outside, inside] = [patterns(false), patterns(true)]
  const found: Token[] = []
  let inCode = false
  for (let at = 0; at < text.length; ) {
    const [kind, piece] = next(inCode ? inside : outside, text, at)
    if (kind === 'space' && /^\/\*M?!/.test(piece)) inCode = true
    if (kind === 'space' && piece === '*/') inCode = false
    // After a dot there is a name, whatever it looks like: `t.1st`, and `t.2` is column 2.
    const named = kind === 'number' && found.at(-1)?.text === '.' && found.at(-1)?.end === at
    if (kind !== 'space') found.push(token(named ? 'word' : kind, piece, at))
    at += piece.length
  }
  return found
}

function next(patterns: readonly (readonly [Kind, RegExp])[], text: string, at: number): readonly [Kind, string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined && found !== '') return [kind, found]
  }
  return ['mark', text.slice(at, at + 1)]
}

function token(kind: Token['kind'], text: string, start: number): Token {
  const quote = text.slice(0, 1)
  const name = kind === 'quoted' ? text.slice(1, -1).replaceAll(`${quote}${quote}`, quote) : text
  return { kind, text, name, start, end: start + text.length }
}

/** A name, in or out of quotes. */
export const isName = (token: Token | undefined): token is Token => token?.kind === 'word' || token?.kind === 'quoted'

/** This keyword. */
export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text.toLowerCase())
