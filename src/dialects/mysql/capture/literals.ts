import { isWord, type Lexing, type Token } from '../lexer.ts'

/** What is done with a literal: a parameter takes its place, or it says how and not what, or nobody can tell. */
export type Fate =
  | { readonly kind: 'value' }
  /** Typed by a word before it, which goes: `date '...'`, `x'...'`; `as` is the type that it then is cast to. */
  | { readonly kind: 'typed'; readonly as: string | null }
  /** A piece of the literal before it: `'a' 'b'`. */
  | { readonly kind: 'more' }
  | { readonly kind: 'code' }
  | { readonly kind: 'unclear' }

/** What may stand before an expression. A text behind any other word is an alias. */
const beforeValue = new Set(
  [
    'select distinct all where and or not xor like rlike regexp in between then else when case values value limit offset interval div',
    'mod is by having set on return binary call as against using straight_join sql_calc_found_rows distinctrow row any some',
    'do from both leading trailing returning high_priority sql_no_cache sql_cache sql_small_result sql_big_result sql_buffer_result',
  ]
    .join(' ')
    .split(' '),
)
const casts: Readonly<Record<string, string>> = { date: 'date', time: 'time(6)', timestamp: 'datetime(6)' }
const endOfList = [
  'limit',
  'having',
  'for',
  'into',
  'union',
  'with',
  'rows',
  'range',
  'groups',
  'separator',
  'lock',
  'window',
  'procedure',
]

interface Level {
  /** The name before the parenthesis. */
  readonly name: string
  /** A type in it has no expressions: `char(10)`. */
  readonly ofType: boolean
  list: 'order' | 'group' | null
}

/** Decides for each token that is a literal. By tokens: the servers have no grammar that can be asked. */
export function fatesOf(all: readonly Token[]): ReadonlyMap<Token, Fate> {
  const fates = new Map<Token, Fate>()
  const levels: Level[] = [{ name: '', ofType: false, list: null }]
  for (const [at, token] of all.entries()) {
    const level = levels.at(-1) ?? { name: '', ofType: false, list: null }
    if (token.text === '(') levels.push({ name: wordBefore(all, at), ofType: isType(all, at, level), list: null })
    else if (token.text === ')') levels.length > 1 ? levels.pop() : undefined
    else if (isWord(token, 'by')) level.list = isWord(all[at - 1], 'group') ? 'group' : 'order'
    else if (isWord(token, ...endOfList)) level.list = null
    else if (token.kind === 'string' || token.kind === 'number') fates.set(token, fateOf(all, at, levels, fates))
  }
  return keptWithTheirLike(fates)
}

const wordBefore = (all: readonly Token[], at: number): string =>
  all[at - 1]?.kind === 'word' ? (all[at - 1]?.text.toLowerCase() ?? '') : ''

/** `cast(x as char(10))`, `convert(x, decimal(10,2))`, `json_value(x, '$' returning char(3))`. */
function isType(all: readonly Token[], at: number, { name }: Level): boolean {
  const before = all[at - 2]
  return isWord(before, 'as', 'returning')
    ? ['cast', 'json_value', 'weight_string'].includes(name)
    : name === 'convert' && before?.text === ','
}

function fateOf(all: readonly Token[], at: number, levels: readonly Level[], fates: ReadonlyMap<Token, Fate>): Fate {
  const [before, token, after] = [all[at - 1], all[at], all[at + 1]]
  const level = levels.at(-1)
  if (token === undefined || level?.ofType) return { kind: 'code' }
  if (levels.some(({ list }) => list === 'group')) return { kind: 'code' }
  if (level?.list === 'order' && token.kind === 'number' && isItem(before, after)) return { kind: 'code' }
  if (before?.text === '->' || before?.text === '->>') return { kind: 'code' }
  if (token.kind === 'number') return { kind: 'value' }
  if (/^json_/.test(level?.name ?? '') && /^['"]\$/.test(token.text)) return { kind: 'code' }
  if (levels.some(({ name }) => name === 'json_table')) return { kind: 'unclear' }
  if (isWord(before, 'separator', 'escape', 'collate')) return { kind: 'code' }
  if (isWord(before, 'outfile', 'dumpfile', 'infile')) return { kind: 'unclear' }
  if (before !== undefined && before.kind === 'string') return continued(before, fates)
  return typedBy(all, at, level?.name === 'cast')
}

const isItem = (before: Token | undefined, after: Token | undefined): boolean =>
  (isWord(before, 'by') || before?.text === ',') &&
  (after === undefined || [',', ')', ';'].includes(after.text) || isWord(after, 'asc', 'desc', ...endOfList))

/** Two texts beside each other are one; beside an alias it is none. */
function continued(before: Token, fates: ReadonlyMap<Token, Fate>): Fate {
  const kind = fates.get(before)?.kind
  return kind === 'value' || kind === 'typed' || kind === 'more' ? { kind: 'more' } : { kind: 'unclear' }
}

function typedBy(all: readonly Token[], at: number, inCast: boolean): Fate {
  const [before, token] = [all[at - 1], all[at]]
  if (before === undefined || token === undefined) return { kind: 'unclear' }
  if (before.kind === 'word') {
    const word = before.text.toLowerCase()
    if (isWord(before, 'as') && !inCast) return { kind: 'code' }
    if (beforeValue.has(word)) return { kind: 'value' }
    // `{d '...'}` takes no parameter.
    if (all[at - 2]?.text === '{') return { kind: 'unclear' }
    if (casts[word] !== undefined) return { kind: 'typed', as: casts[word] }
    if (/^(x|b|_\w+)$/.test(word) && (word.startsWith('_') || before.end === token.start))
      return { kind: 'typed', as: null }
  }
  // Behind a name or a parenthesis no expression can begin.
  const { kind, text } = before
  return ['word', 'quoted', 'number'].includes(kind) || text === ')' ? { kind: 'code' } : { kind: 'value' }
}

/** What is grouped by has to be what is selected, and two parameters are never the same. */
function keptWithTheirLike(fates: ReadonlyMap<Token, Fate>): ReadonlyMap<Token, Fate> {
  const kept = new Set(
    [...fates].flatMap(([{ kind, text }, fate]) => (fate.kind === 'code' && kind === 'string' ? [text] : [])),
  )
  return new Map(
    [...fates].map(([token, fate]) => [token, fate.kind === 'value' && kept.has(token.text) ? { kind: 'code' } : fate]),
  )
}

/** What a text in quotes stands for. */
export function unquoted(text: string, { plainBackslash }: Lexing): string {
  const body = text.replace(/^[nN](?=')/, '')
  const quote = body.slice(0, 1)
  const inner = body.slice(1, -1).replaceAll(quote + quote, quote)
  if (plainBackslash) return inner
  return inner.replace(
    /\\(.)/gs,
    (_, letter: string) => ({ n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', Z: '\x1a' })[letter] ?? letter,
  )
}
