import { type Token, tokens } from '../parser.ts'
import type { Constant } from './constants.ts'

/** A text in which parameters have taken the place of its literals. */
export interface Piece {
  readonly sql: string
  /** How many parameters it had, or the client declared. */
  readonly given: number
  readonly literals: readonly { readonly literal: string | number; readonly type: string | null }[]
}

const numbers = /^(ICONST|FCONST)$/

/**
 * Puts a parameter in the place of each literal, and leaves comments out. A number is declared as what the server takes it for, a
 * text is left open, which is what the server does with a literal too, except where any type will do. Null where that cannot be done: a literal stands where the
 * grammar takes nothing else.
 */
export function withoutValues(text: string, constants: readonly Constant[], bound: number): Piece | null {
  const source = Buffer.from(text)
  const all = tokens(text)
  const byPlace = new Map(constants.map((constant) => [constant.at, constant]))
  const given = Math.max(bound, ...all.map((token) => Number(/^\$(\d+)$/.exec(token.text)?.[1] ?? 0)))
  const literals: { literal: string | number; type: string | null }[] = []
  const known = new Map<string, number>()
  const shared = sharedTexts(all, byPlace)
  const pieces: string[] = []
  let end = 0
  const between = (to: number): void => {
    const gap = source.subarray(end, to).toString('utf8')
    pieces.push(/^\s*$/.test(gap) ? gap : ' ')
  }
  let copied = false
  for (const [index, token] of all.entries()) {
    between(token.start)
    end = token.end
    const word = source.subarray(token.start, token.end).toString('utf8')
    if (/^(stdin|stdout)$/i.test(word)) copied = true
    const kind = kindOf(token)
    const constant = kind === null ? undefined : constantAt(byPlace, all, index)
    if (kind === null || constant?.role === 'code' || (copied && constant === undefined)) {
      pieces.push(word)
      continue
    }
    // The strings of COPY's options come after STDIN; any other literal that is no expression is not for us to change.
    if (constant === undefined) return null
    const isShared = shared.has(word)
    let number = isShared ? known.get(word) : undefined
    if (number === undefined) {
      literals.push(literalOf(kind, word, constant.anyType === true))
      number = given + literals.length
      if (isShared) known.set(word, number)
    }
    if (constant.typedFrom === null) pieces.push(`$${number}`)
    else if (!typed(pieces, source.subarray(constant.typedFrom, token.start).toString('utf8').trim(), `$${number}`))
      return null
  }
  return { sql: pieces.join('').trim(), given, literals }
}

function kindOf({ kind }: Token): 'text' | 'number' | null {
  if (kind === 'SCONST') return 'text'
  return numbers.test(kind) ? 'number' : null
}

/** A negative number begins at its sign. */
function constantAt(
  byPlace: ReadonlyMap<number, Constant>,
  all: readonly Token[],
  index: number,
): Constant | undefined {
  const [before, token] = [all[index - 1], all[index]]
  const own = byPlace.get(token?.start ?? -1)
  return own ?? (before?.text === '-' ? byPlace.get(before.start) : undefined)
}

function sharedTexts(all: readonly Token[], byPlace: ReadonlyMap<number, Constant>): ReadonlySet<string> {
  return new Set(all.flatMap((token, at) => (constantAt(byPlace, all, at)?.role === 'shared' ? [token.text] : [])))
}

/** `date '...'` becomes `cast($1 as date)`: a parameter may not stand behind the name of a type. */
function typed(pieces: string[], type: string, parameter: string): boolean {
  // With something in parentheses, or a comment, it is more than a name.
  if (!/^[\w\s."]+$/.test(type)) return false
  let taken = ''
  while (pieces.length > 0 && taken.trim() !== type) taken = `${pieces.pop()}${taken}`
  if (taken.trim() !== type) return false
  pieces.push(taken.slice(0, taken.length - taken.trimStart().length), `cast(${parameter} as ${type})`)
  return true
}

function literalOf(kind: 'text' | 'number', word: string, anyType: boolean): { literal: string; type: string | null } {
  if (kind === 'text') return { literal: unquoted(word), type: anyType ? 'text' : null }
  const plain = word.replaceAll('_', '')
  if (!/^(\d+|0[xob][0-9a-f]+)$/i.test(plain)) return { literal: plain, type: 'numeric' }
  const value = BigInt(plain)
  const type = value < 2n ** 31n ? 'integer' : value < 2n ** 63n ? 'bigint' : 'numeric'
  return { literal: String(value), type }
}

/** What a string stands for, in the quotes that are in use; an escape that we do not read stays as it is. */
function unquoted(word: string): string {
  const dollar = /^\$([^$]*)\$/.exec(word)
  if (dollar !== null) return word.slice(dollar[0].length, -dollar[0].length)
  const body = word
    .replace(/^(?:[enbx]|u&)?'/i, '')
    .replace(/'$/, '')
    .replace(/'\s*\n\s*'/g, '')
    .replaceAll("''", "'")
  return /^e/i.test(word) ? body.replace(/\\(n|t|r|\\|')/g, (_, letter: string) => escapes[letter] ?? letter) : body
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
