import type { Connection } from 'mysql2/promise'
import type { Resolution } from '../check.ts'
import { isName, isWord, type Lexing, lex, type Token } from './lexer.ts'

/** What it takes to ask what names mean. */
export interface Asking {
  readonly connection: Connection
  readonly database: string
  readonly lexing: Lexing
  /** The statement may be explained: all that this calls only computes. */
  readonly explain: boolean
}

const view = 'bellows_check_view'

/**
 * What the names in a statement mean. What is read is made a view, which the servers keep with every name qualified and every join by
 * what it compares; the plan of another statement would be folded, but a note tells each name that is found in an outer query (1276).
 * Null where the server does not tell.
 */
export async function resolutionOf(asking: Asking, text: string): Promise<Resolution | null> {
  const { lexing } = asking
  const given = withValues(text, lexing)
  const select = selectIn(given, lexing)
  try {
    const printed = select === null ? null : await printView(asking, select)
    if (printed !== null) return readView(printed, given, asking)
    return asking.explain && select === null ? { columns: await outerNames(asking, given), joins: [] } : null
  } catch (error) {
    // What cannot be a view, or be explained, is not compared; a lost connection shows at the next statement.
    if ((error as { errno?: number }).errno === undefined) throw error
    return null
  }
}

/** A number takes every place that a placeholder can. */
function withValues(text: string, lexing: Lexing): string {
  const places = lex(text, lexing).filter((token) => token.kind === 'mark' && token.text === '?')
  return places.reduceRight((changed, { start, end }) => `${changed.slice(0, start)}1${changed.slice(end)}`, text)
}

/** What a SELECT, or an INSERT that takes its rows from one, reads. */
function selectIn(text: string, lexing: Lexing): string | null {
  const all = lex(text, lexing)
  const [first] = all
  if (isWord(first, 'select', 'with') || first?.text === '(') return text
  if (!isWord(first, 'insert', 'replace')) return null
  const from = all.findIndex((token, at) => at > 0 && isWord(token, 'select', 'with'))
  if (from === -1) return null
  const rest = all.slice(from)
  const end = rest.findIndex(
    (token, at) => isWord(token, 'returning') || (isWord(token, 'on') && isWord(rest[at + 1], 'duplicate')),
  )
  return text.slice(rest[0]?.start, end === -1 ? undefined : rest[end]?.start)
}

async function printView({ connection }: Asking, select: string): Promise<string | null> {
  const prepared = (await connection.prepare(select)) as unknown as { statement: { columns?: readonly unknown[] } }
  const names = (prepared.statement.columns ?? []).map((_, at) => `c${at}`).join(', ')
  connection.unprepare(select)
  try {
    await connection.query(`create or replace view ${view} (${names}) as ${select}`)
    const [rows] = await connection.query(
      'select view_definition as definition from information_schema.views where table_schema = database() and table_name = ?',
      [view],
    )
    return String((rows as unknown as readonly { definition: string }[])[0]?.definition)
  } finally {
    await connection.query(`drop view if exists ${view}`)
  }
}

/** Reads the text of a view, beside the statement that it was made of. Pure. */
export function readView(
  printed: string,
  statement: string,
  { database, lexing }: Pick<Asking, 'database' | 'lexing'>,
): Resolution {
  const own = lex(statement, lexing)
  const star = own.some((token, at) => token.text === '*' && isStar(own[at - 1]))
  // Only these join over columns that the statement does not name.
  const silent = own.some((token) => isWord(token, 'natural', 'using'))
  const all = lex(printed, lexing)
  const columns: string[] = []
  const joins: string[] = []
  const depths: number[] = []
  let depth = 0
  for (let at = 0; at < all.length; at++) {
    const token = all[at]
    if (token === undefined) break
    if (token.text === '(') depth++
    else if (token.text === ')') depth--
    else if (isWord(token, 'select')) depths.push(depth)
    else if (isWord(token, 'from') && depths.at(-1) === depth) depths.pop()
    while ((depths.at(-1) ?? -1) > depth) depths.pop()
    if (silent && isWord(token, 'on')) {
      const end = closing(all, at + 1)
      joins.push(chains(all.slice(at, end), database).join(', '))
      at = end
    } else if (isName(token) && all[at + 1]?.text === '.') {
      const chain = chainAt(all, at)
      // A star is printed as its columns, and that these change is told by the result.
      if (!(star && depths.length > 0)) columns.push(...chains(chain, database))
      at += chain.length - 1
    }
  }
  return { columns, joins }
}

const isStar = (before: Token | undefined): boolean =>
  before?.text === '.' || before?.text === ',' || isWord(before, 'select', 'distinct', 'all')

/** Where the parenthesis that opens here is closed. */
function closing(all: readonly Token[], from: number): number {
  let depth = 0
  for (let at = from; at < all.length; at++) {
    if (all[at]?.text === '(') depth++
    else if (all[at]?.text === ')' && --depth <= 0) return at
  }
  return all.length
}

function chainAt(all: readonly Token[], at: number): readonly Token[] {
  let end = at
  while (all[end + 1]?.text === '.' && isName(all[end + 2])) end += 2
  return all.slice(at, end + 1)
}

/** The qualified columns in a row of tokens, without the database. */
function chains(all: readonly Token[], database: string): readonly string[] {
  const found: string[] = []
  for (let at = 0; at < all.length; at++) {
    if (!isName(all[at]) || all[at + 1]?.text !== '.') continue
    const chain = chainAt(all, at)
    const names = chain.filter(isName).map(({ name }) => name)
    const own = names[0] === database ? names.slice(1) : names
    // Of the database and one name more, that is a table.
    if (own.length > 1) found.push(own.join('.'))
    at += chain.length - 1
  }
  return found
}

async function outerNames({ connection, database }: Asking, text: string): Promise<readonly string[]> {
  const [versions] = await connection.query("select version() like '%mariadb%' as mariadb")
  const mariadb = Number((versions as unknown as readonly { mariadb: number }[])[0]?.mariadb) === 1
  await connection.query(`explain ${mariadb ? 'extended' : 'format=traditional'} ${text}`)
  const [rows] = await connection.query('show warnings')
  return (rows as unknown as readonly { Code: number; Message: string }[]).flatMap(({ Code, Message }) => {
    const name = Code === 1276 ? /^[^']*'(.*)' .*?#\d+.*#\d+/.exec(Message)?.[1] : undefined
    return name === undefined ? [] : [name.startsWith(`${database}.`) ? name.slice(database.length + 1) : name]
  })
}
