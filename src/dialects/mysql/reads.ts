import type { OldShape } from '../statement-use.ts'
import { isName, isWord, lex, type Token } from './lexer.ts'

/** What defines something, keeps house, shows, or runs what is counted elsewhere; the rest is executed by itself, SET and CALL too. */
const idle = [
  ...[
    'alter',
    'drop',
    'rename',
    'truncate',
    'grant',
    'revoke',
    'lock',
    'unlock',
    'flush',
    'reset',
    'use',
    'kill',
    'help',
  ],
  ...[
    'show',
    'check',
    'checksum',
    'optimize',
    'repair',
    'cache',
    'prepare',
    'deallocate',
    'execute',
    'start',
    'commit',
  ],
  ...['rollback', 'savepoint', 'release', 'xa', 'import', 'install', 'uninstall', 'change', 'stop', 'purge', 'binlog'],
]

/** Does it execute what it says? EXPLAIN does with ANALYZE alone, and ANALYZE (MariaDB) does with a statement. */
function executes(all: readonly Token[]): boolean {
  const [first, ...rest] = all.filter(({ text }) => text !== '(')
  if (isWord(first, 'explain', 'desc', 'describe')) return isWord(rest[0], 'analyze')
  if (isWord(first, 'analyze')) return !isWord(rest[0], 'table', 'tables', 'local', 'no_write_to_binlog')
  // As a copy: a trigger and its kind hold more than one.
  if (isWord(first, 'create'))
    return rest.some((token, at) => isWord(token, 'select') || (at > 0 && isTableWord(rest, at)))
  return first?.kind === 'word' && !isWord(first, ...idle)
}

/** `TABLE users`, where a query may stand, and not `CREATE TABLE`. */
const isTableWord = (all: readonly Token[], at: number): boolean =>
  isWord(all[at], 'table') && !isWord(all[at - 1], 'create', 'replace', 'temporary')

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
  const said = isWord(all[0], 'execute') ? all.slice(1) : all
  if (!executes(said)) return null
  const places = all.flatMap((token, at) => (isTable(all, at, token, database, shape) ? [at] : []))
  if (places.length === 0) return null
  const aliases = places.flatMap((at) => [shape.table.name, ...aliasAt(all, at)])
  if (all.some((token, at) => shape.columns.some((column) => isColumn(all, at, token, column, aliases)))) return 'names'
  const byPlace = places.some((at) => fillsByPlace(all, at))
  const whole = all.some((token) => isWord(token, 'natural', 'handler'))
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
  return !isAlias(all, at) && !(isWord(before, 'by') && givenAs(all, at, column))
}

/** What a result is called: behind AS, or behind a name or a parenthesis. */
function isAlias(all: readonly Token[], at: number): boolean {
  const before = all[at - 1]
  if (isWord(before, ...beforeAlias)) return true
  return before?.kind === 'quoted' && !['.', '('].includes(all[at + 1]?.text ?? '')
}

/** In the same SELECT: between the parentheses that stand around this place, and in none within them. */
function givenAs(all: readonly Token[], place: number, name: string): boolean {
  let depth = 0
  for (let at = place - 1; at >= 0; at -= 1) {
    const token = all[at]
    if (token?.text === ')') depth += 1
    if (token?.text === '(') depth -= 1
    if (depth < 0) return false
    if (depth === 0 && isName(token) && same(token.name, name) && isAlias(all, at)) return true
  }
  return false
}

/** INSERT, REPLACE and LOAD without a list of columns, and `TABLE users` where a query stands. */
function fillsByPlace(all: readonly Token[], at: number): boolean {
  const qualified = all[at - 1]?.text === '.'
  const isTable = isWord(all[at - (qualified ? 3 : 1)], 'table')
  const loads = isWord(all[0], 'load') || isWord(all[1], 'load')
  const after = afterPartitions(all, at + 1)
  if (isTable) return !(loads && all.slice(after).some(({ text }) => text === '('))
  const next = all[after]
  if (isWord(next, 'values', 'value', 'select', 'table', 'with')) return true
  return (
    next?.text === '(' && ['(', 'select', 'with', 'table', 'values'].includes(all[after + 1]?.text.toLowerCase() ?? '')
  )
}

function afterPartitions(all: readonly Token[], at: number): number {
  if (!isWord(all[at], 'partition')) return at
  return all.findIndex((token, end) => end > at && token.text === ')') + 1
}

/** `SELECT *`, and not the star of COUNT or EXISTS, nor that of another table. */
function isStar(all: readonly Token[], at: number, aliases: readonly string[]): boolean {
  if (all[at]?.text !== '*') return false
  const before = all[at - 1]
  if (before?.text === '.') return aliases.some((alias) => same(all[at - 2]?.name, alias))
  // Behind a name in quotes, a value or a parenthesis it multiplies, or counts. SELECT has many words of its own before it.
  if (before?.kind !== 'word' && before?.text !== ',') return false
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
