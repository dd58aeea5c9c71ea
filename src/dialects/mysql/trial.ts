import { isWord, type Lexing, lex, lexingOf } from './lexer.ts'
import { callsIn, mayBeDatabases, namesIn } from './names.ts'
import { harmless } from './pure-functions.ts'
import type { SchemaCopy } from './schema-copy.ts'

/*
 * Some errors show only when a statement is executed: a column without a default that is not given, a trigger that names what is
 * gone. On a shadow a statement may be executed, if all that it does is undone by a rollback.
 */

const changing = ['insert', 'replace', 'update', 'delete']

/** Tells which statements can be executed and undone: those that change rows, and call nothing but what only computes. */
export function tryable(
  copy: SchemaCopy,
  lexing: Lexing,
  verbs: readonly string[] = changing,
): (statement: string) => boolean {
  const tables = new Set(copy.pieces.flatMap(({ kind, name }) => (kind === 'trigger' ? [] : [name.toLowerCase()])))
  const unsafe = new Set(copy.lasting.map((name) => name.toLowerCase()))
  const calls = (text: string, by: Lexing): boolean =>
    [...callsIn(text, by)].every((name) => harmless.has(name) || tables.has(name))
  const uses = (text: string, by: Lexing): boolean => [...namesIn(text, by)].some((name) => unsafe.has(name))
  for (let before = -1; before !== unsafe.size; ) {
    before = unsafe.size
    for (const { kind, name, table, text, sqlMode } of copy.pieces) {
      if (kind === 'table' || kind === 'sequence') continue
      const by = lexingOf(sqlMode ?? '')
      if (!calls(text, by) || uses(text, by)) unsafe.add((table ?? name).toLowerCase())
    }
  }
  return (statement) => {
    const all = lex(statement, lexing)
    const fits = isWord(all[0], ...verbs)
    const leaves = all.some((token) => isWord(token, 'outfile', 'dumpfile', 'delayed'))
    const stays = mayBeDatabases(statement, copy.known, lexing).length === 0
    return fits && stays && !leaves && calls(statement, lexing) && !uses(statement, lexing)
  }
}

/** Tells which of those that only read have to be executed too: the body of a function is looked at when it is called only. */
export function telling(copy: SchemaCopy, lexing: Lexing): (statement: string) => boolean {
  const own = new Set(copy.pieces.flatMap(({ kind, name }) => (kind === 'function' ? [name.toLowerCase()] : [])))
  const undone = tryable(copy, lexing, ['select', 'with'])
  return (statement) => [...callsIn(statement, lexing)].some((name) => own.has(name)) && undone(statement)
}

/** A value for each parameter. */
export type Values = readonly (string | null)[]

/** Lists of values: the author's, and those made up, to be tried in turn. */
export interface Candidates {
  readonly given: readonly Values[]
  readonly made: readonly Values[]
}

const day = '2020-01-02'
const moments: Readonly<Record<string, string>> = {
  date: day,
  datetime: `${day} 03:04:05`,
  timestamp: `${day} 03:04:05`,
  time: '03:04:05',
  year: '2020',
  uuid: '00000000-0000-4000-8000-000000000001',
  inet4: '127.0.0.1',
  inet6: '::1',
}

/** A value that a column of this type takes. */
function sampleOf(type: string | null): string {
  const member = type === null ? undefined : /^(?:enum|set)\s*\(\s*'((?:[^']|'')*)'/i.exec(type)?.[1]
  if (member !== undefined) return member.replaceAll("''", "'")
  return moments[/^\w+/.exec(type ?? '')?.[0].toLowerCase() ?? ''] ?? '1'
}

/** Lists of values: the author's, which stand in the statement where it has no parameters; those that fit the types, and what fits most. */
export function candidates(
  count: number,
  types: readonly (string | null)[],
  samples: readonly (readonly unknown[])[],
): Candidates {
  if (count === 0) return { given: [[]], made: [] }
  const all = (value: string | null): Values => Array.from({ length: count }, () => value)
  const given = samples.filter((list) => list.length === count).map((list) => list.map((value) => givenValue(value)))
  const typed = Array.from({ length: count }, (_, at) => sampleOf(types[at] ?? null))
  return { given, made: [typed, all('1'), all(day), all(null)] }
}

/** A value of the author's, as the server reads it. */
export function givenValue(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The table that an INSERT without a list of columns fills; null for every other statement. */
export function filledByPlace(statement: string, lexing: Lexing): string | null {
  const all = lex(statement, lexing)
  if (!isWord(all[0], 'insert', 'replace')) return null
  let at = 1
  while (isWord(all[at], 'low_priority', 'delayed', 'high_priority', 'ignore', 'into')) at++
  const from = all[at]
  while (all[at + 1]?.text === '.') at += 2
  const to = all[at]
  if (from === undefined || to === undefined) return null
  if (isWord(all[at + 1], 'partition')) {
    while (at < all.length && all[at + 1]?.text !== ')') at++
    at++
  }
  const next = all[at + 1]
  const inner = next?.text === '(' ? all[at + 2] : next
  const byPlace =
    inner?.text === '(' ||
    isWord(inner, 'select', 'table', 'with') ||
    (inner === next && isWord(next, 'values', 'value'))
  return byPlace ? statement.slice(from.start, to.end) : null
}
