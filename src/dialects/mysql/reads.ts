import type { OldShape } from '../statement-use.ts'
import { isName, isWord, lex, type Token } from './lexer.ts'

/** What is executed by itself; the rest defines something, or runs what is counted elsewhere. */
const executed = [
  'select',
  'insert',
  'replace',
  'update',
  'delete',
  'with',
  'table',
  'values',
  'do',
  'handler',
  'load',
  'create',
]
/** After these a name is none of a column. */
const beforeAlias = ['as']

const same = (left: string | undefined, right: string): boolean => left?.toLowerCase() === right.toLowerCase()

/**
 * Does a digest text (manual, "Performance Schema Statement Digests and Sampling") name a column of the old shape, or take all columns
 * of its table? By tokens: names that are also keywords stand there without quotes, in capitals. A name that may be one of the old shape
 * is taken for it. Null where it has nothing of it.
 *
 * @param database that in which it was executed
 */
export function readsOf(text: string, database: string | null, shape: OldShape): 'names' | 'all' | null {
  const all = lex(text)
  const from = isWord(all[0], 'execute') ? 1 : 0
  const first = all.slice(from).find((token) => token.text !== '(')
  if (!isWord(first, ...executed)) return null
  if (isWord(first, 'create') && !all.some((token) => isWord(token, 'select'))) return null
  const places = all.flatMap((token, at) => (isTable(all, at, token, database, shape) ? [at] : []))
  if (places.length === 0) return null
  const aliases = places.flatMap((at) => [shape.table.name, ...aliasAt(all, at)])
  if (all.some((token, at) => shape.columns.some((column) => isColumn(all, at, token, column, aliases)))) return 'names'
  const byPlace = isWord(first, 'insert', 'replace', 'load') && places.some((at) => fillsByPlace(all, at))
  const whole = isWord(first, 'table', 'handler') || all.some((token) => isWord(token, 'natural'))
  return byPlace || whole || all.some((_, at) => isStar(all, at, aliases)) ? 'all' : null
}

/** With a database before it, that of the shape; without one, in that database. */
function isTable(
  all: readonly Token[],
  at: number,
  token: Token,
  database: string | null,
  { table }: OldShape,
): boolean {
  if (!isName(token) || !same(token.name, table.name)) return false
  if (all[at - 1]?.text === '.') return same(all[at - 2]?.name, table.schema)
  return database !== null && same(database, table.schema)
}

function aliasAt(all: readonly Token[], at: number): readonly string[] {
  const next = isWord(all[at + 1], 'as') ? all[at + 2] : all[at + 1]
  // A digest has its names in quotes, but for those that are keywords too.
  return next?.kind === 'quoted' || (isWord(all[at + 1], 'as') && isName(next)) ? [next.name] : []
}

function isColumn(
  all: readonly Token[],
  at: number,
  token: Token,
  column: string,
  aliases: readonly string[],
): boolean {
  if (!isName(token) || !same(token.name, column)) return false
  const [before, after] = [all[at - 1], all[at + 1]]
  // A function, or the qualifier of another name.
  if (after?.text === '(' && token.kind === 'word') return false
  if (after?.text === '.') return false
  if (before?.text === '.') return aliases.some((alias) => same(all[at - 2]?.name, alias))
  return !isAlias(all, at) && !(isWord(before, 'by') && givenAs(all, column))
}

/** What a result is called: behind AS, or behind a name or a parenthesis. */
function isAlias(all: readonly Token[], at: number): boolean {
  const before = all[at - 1]
  if (isWord(before, ...beforeAlias)) return true
  return before?.kind === 'quoted' && !['.', '('].includes(all[at + 1]?.text ?? '')
}

const givenAs = (all: readonly Token[], name: string): boolean =>
  all.some((token, at) => isName(token) && same(token.name, name) && isAlias(all, at))

function fillsByPlace(all: readonly Token[], at: number): boolean {
  const next = all[at + 1]
  if (isWord(next, 'values', 'value', 'select', 'table', 'with')) return true
  return next?.text === '(' && isWord(all[at + 2], 'select', 'with')
}

/** `SELECT *`, and not the star of COUNT or EXISTS, nor that of another table. */
function isStar(all: readonly Token[], at: number, aliases: readonly string[]): boolean {
  if (all[at]?.text !== '*') return false
  const before = all[at - 1]
  if (before?.text === '.') return aliases.some((alias) => same(all[at - 2]?.name, alias))
  if (!isWord(before, 'select', 'distinct', 'all', 'returning') && before?.text !== ',') return false
  return !(isWord(before, 'select') && all[at - 2]?.text === '(' && isWord(all[at - 3], 'exists'))
}

/**
 * May the server have cut this text off? It keeps so many bytes of tokens, two for each and the letters of names, and does not say
 * when there are more. A name that did not fit has 64 letters at most.
 */
export function mayBeCut(text: string, most: number): boolean {
  const kept = lex(text).reduce(
    (sum, token) => sum + (token.kind === 'quoted' ? 4 + Buffer.byteLength(token.name) : 2),
    0,
  )
  return kept > most - 68
}
