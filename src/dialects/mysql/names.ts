import { isName, isWord, type Lexing, lex, type Token, usual } from './lexer.ts'

/** What is known of a database, for telling what a qualified name in a text means. Names are in lower case. */
export interface Known {
  readonly database: string
  /** Whether names of databases and tables tell case apart. */
  readonly exact: boolean
  /** Of each table and view its columns. */
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>
  /** Databases of the servers at hand. */
  readonly databases: ReadonlySet<string>
}

/** What a text says about databases. */
export interface Reading {
  /** Where the database itself is named. */
  readonly own: readonly Token[]
  /** Other databases that it names. */
  readonly others: readonly string[]
  /** Names that may be the database or a table, and nothing tells which. */
  readonly unclear: readonly string[]
}

const lower = (text: string): string => text.toLowerCase()

// After these a table is named, so what stands before its dot is a database.
const beforeTables = ['join', 'into', 'update', 'table', 'references']
// Every server has these, and they are only read.
const described = new Set(['information_schema', 'performance_schema'])

/** Reads a text for the databases that it names. Literals and comments are none of it. */
export function readNames(text: string, known: Known, lexing: Lexing = usual): Reading {
  const all = lex(text, lexing)
  const own: Token[] = []
  const others = new Set<string>()
  const unclear = new Set<string>()
  const alone = new Set(all.filter((token, at) => isName(token) && standsAlone(all, at)).map(({ name }) => lower(name)))
  for (const [at, token] of all.entries()) {
    if (!isName(token) || all[at + 1]?.text !== '.' || all[at - 1]?.text === '.') continue
    const meaning = meaningOf(all, at, alone, known)
    if (meaning === 'table') continue
    if (isOwn(token.name, known)) {
      if (meaning === 'unclear') unclear.add(token.name)
      else own.push(token)
    } else if (!described.has(lower(token.name))) others.add(token.name)
  }
  return { own, others: [...others], unclear: [...unclear] }
}

const isOwn = (name: string, { database, exact }: Known): boolean =>
  exact ? name === database : lower(name) === lower(database)

/** Not a part of a qualified name: an alias, a table, a column or a keyword. */
const standsAlone = (all: readonly Token[], at: number): boolean =>
  all[at - 1]?.text !== '.' && all[at + 1]?.text !== '.'

function meaningOf(
  all: readonly Token[],
  at: number,
  alone: ReadonlySet<string>,
  known: Known,
): 'database' | 'table' | 'unclear' {
  const [before, first, second, after] = [all[at - 1], all[at], all[at + 2], all[at + 3]]
  if (first === undefined || !isName(second)) return 'table'
  // database.table.column; database.routine(...) and database.table (column, ...).
  if ((after?.text === '.' && isName(all[at + 4])) || after?.text === '(') return 'database'
  const [name, member] = [lower(first.name), lower(second.name)]
  const columns = known.tables.get(name)
  const aliased = alone.has(name) || name === 'new' || name === 'old'
  if (columns === undefined && !aliased) return 'database'
  const table = isWord(before, ...beforeTables) && !isWord(all[at - 2], 'key')
  if (!isOwn(first.name, known)) return table && known.databases.has(name) ? 'database' : 'table'
  const asTable = aliased || columns?.has(member) === true
  const asDatabase = known.tables.has(member)
  if (asTable && asDatabase) return table ? 'database' : 'unclear'
  if (asDatabase) return 'database'
  return asTable ? 'table' : 'unclear'
}

/** Why a text cannot be taken over. */
export interface Refused {
  readonly why: string
}

/** The text for a database of another name; or why there is none. */
export function retarget(text: string, to: string, known: Known, lexing: Lexing = usual): string | Refused {
  const { own, others, unclear } = readNames(text, known, lexing)
  if (others.length > 0) return { why: `it names the database ${others.join(', ')}, which is not part of the copy` }
  if (unclear.length > 0) return { why: `${unclear.join(', ')} in it may mean the database or a table` }
  const quoted = `\`${to.replaceAll('`', '``')}\``
  return own.reduceRight((changed, token) => changed.slice(0, token.start) + quoted + changed.slice(token.end), text)
}

/** A message of the server's about a scratch database, with the database that it stands for: another check has another name for it. */
export const inTarget = (message: string, { database }: Known): string =>
  message.replaceAll(/\bbellows_check_[0-9a-f]{12}\b/g, () => database)

/** The names in a text, in lower case: whatever it uses is among them. */
export function namesIn(text: string, lexing: Lexing = usual): ReadonlySet<string> {
  return new Set(
    lex(text, lexing)
      .filter(isName)
      .map(({ name }) => lower(name)),
  )
}

/** The names in a text that are followed by a parenthesis, in lower case: functions, and what looks like them. */
export function callsIn(text: string, lexing: Lexing = usual): ReadonlySet<string> {
  const all = lex(text, lexing)
  return new Set(all.filter((token, at) => isName(token) && all[at + 1]?.text === '(').map(({ name }) => lower(name)))
}

/** Names before a dot that are also those of a database, and not of a table that has such a column. */
export function mayBeDatabases(text: string, { tables, databases }: Known, lexing: Lexing = usual): readonly string[] {
  const all = lex(text, lexing)
  return all.flatMap((token, at) => {
    if (!isName(token) || all[at + 1]?.text !== '.' || all[at - 1]?.text === '.') return []
    const columns = tables.get(lower(token.name))
    const isColumn = all[at + 3]?.text !== '.' && columns?.has(lower(all[at + 2]?.name ?? '')) === true
    return databases.has(lower(token.name)) && !isColumn ? [token.name] : []
  })
}
