import { usageError } from '../../errors.ts'
import type { RawStatement } from '../shared/raw-sql.ts'
import { isWord, lex, type Token } from './lexer.ts'
import { splitStatements } from './script.ts'

/** What the servers commit together with what stands around it. Everything else commits by itself, before and after. */
const rows = ['insert', 'replace', 'update', 'delete', 'select', 'with', 'values', 'table', 'do', 'load']
/** Said twice they do what they do once. */
const harmless = [
  'grant',
  'analyze',
  'optimize',
  'check',
  'checksum',
  'flush',
  'show',
  'describe',
  'desc',
  'explain',
  'set',
]
/** Done whole or not at all (atomic DDL). */
const whole = ['create', 'alter', 'drop', 'rename', 'truncate', 'revoke']

const ofClient: Readonly<Record<string, string>> = {
  delimiter:
    'It is a word of the mysql client, not of the server. Leave it out: the body of a trigger or routine is found by its BEGIN and END.',
  source: 'It is a word of the mysql client, not of the server. Put the statements of that file here.',
}
const ofTransaction = ['begin', 'start', 'commit', 'rollback', 'savepoint', 'release', 'xa', 'lock', 'unlock']
const ofSession = ['use', 'prepare', 'execute', 'deallocate', 'handler']

/**
 * A script of an author's, in statements, each with what a crash between it and its record means.
 *
 * @param engines of the tables by lower-case name: rows of some are in no transaction
 * @throws BellowsError exit 2 for what only a client or a session of one's own understands
 */
export function rawStatements(
  script: string,
  what: string,
  engines: ReadonlyMap<string, string>,
): readonly RawStatement[] {
  return splitStatements(script, what).map(({ text }) => {
    const tokens = lex(text)
    refuse(tokens, what)
    const own = statementOf(tokens)
    const inNone = own.some((token) => !/^(innodb)?$/i.test(engines.get(token.name.toLowerCase()) ?? ''))
    if (isWord(own[0], ...rows))
      return inNone ? { text, transaction: false, once: 'partial' } : { text, transaction: true }
    if (isHarmless(own)) return { text, transaction: false }
    const comma = isWord(own[0], 'drop') && own.some((token) => token.text === ',')
    return { text, transaction: false, once: isWord(own[0], ...whole) && !comma ? 'whole' : 'partial' }
  })
}

/** An ALTER of the author's that leaves it to the server whether writers wait. */
export function leavesLockOpen(text: string): boolean {
  const tokens = lex(text)
  const isAlter = isWord(tokens[0], 'alter') && tokens.slice(1, 4).some((token) => isWord(token, 'table'))
  return isAlter && !tokens.some((token) => isWord(token, 'lock', 'instant', 'nocopy'))
}

function refuse(tokens: readonly Token[], what: string): void {
  const [first, second] = tokens
  const word = first?.text.toLowerCase() ?? ''
  const no = (why: string, hint: string): Error =>
    usageError('migration.raw-sql', `${what}: ${word.toUpperCase()} ${why}`, { hint })
  const hint = first?.kind === 'word' ? ofClient[word] : undefined
  if (hint !== undefined) throw no('is not SQL', hint)
  if (isWord(first, ...ofTransaction))
    throw no('is not for a migration', 'What changes rows is in a transaction with its record already; leave it out.')
  const setting = isWord(first, 'set') && !isGlobal(second)
  if (setting || isWord(first, ...ofSession))
    throw no(
      'is about the session',
      'Each statement is a step of its own, and may be run on another connection than the one before. On MariaDB SET STATEMENT ... FOR is possible.',
    )
}

const isGlobal = (token: Token | undefined): boolean =>
  isWord(token, 'global', 'persist', 'persist_only', 'statement', 'password', 'default') ||
  /^@@(global|persist|persist_only)\./i.test(token?.text ?? '')

/** What SET STATEMENT of MariaDB is for, else the statement itself. */
function statementOf(tokens: readonly Token[]): readonly Token[] {
  if (!isWord(tokens[0], 'set') || !isWord(tokens[1], 'statement')) return tokens
  return tokens.slice(tokens.findIndex((token) => isWord(token, 'for')) + 1)
}

/** By its own words it may be said again: IF EXISTS, IF NOT EXISTS, OR REPLACE where nothing is in what it replaces. */
function isHarmless(tokens: readonly Token[]): boolean {
  const [first, second, third] = tokens
  const ofKind = tokens.findIndex((token) => isWord(token, ...kinds, ...holding))
  const kind = tokens[ofKind]
  if (isWord(first, ...harmless)) return true
  if (isWord(first, 'create') && isWord(second, 'or') && isWord(third, 'replace')) return isWord(kind, ...kinds)
  if (isWord(first, 'create', 'drop')) return ofKind > 0 && saysIf(tokens.slice(ofKind + 1, ofKind + 4))
  if (!isWord(first, 'alter') || !isWord(kind, 'table')) return false
  return clauses(tokens, ofKind).every((clause) => saysIf(clause) || isWord(clause[0], 'algorithm', 'lock'))
}

const kinds = ['view', 'index', 'trigger', 'procedure', 'function', 'event']
/** What is in these is lost when they are made anew. */
const holding = ['table', 'sequence', 'database', 'schema', 'user', 'role', 'server', 'tablespace']

const saysIf = (tokens: readonly Token[]): boolean =>
  tokens.some(
    (token, at) =>
      isWord(token, 'if') &&
      (isWord(tokens[at + 1], 'exists') || (isWord(tokens[at + 1], 'not') && isWord(tokens[at + 2], 'exists'))),
  )

/** What an ALTER TABLE does, part by part, without the name of the table. */
function clauses(tokens: readonly Token[], table: number): readonly (readonly Token[])[] {
  const named = isWord(tokens[table + 1], 'if') ? table + 3 : table + 1
  const from = tokens[named + 1]?.text === '.' ? named + 3 : named + 1
  const found: Token[][] = [[]]
  let depth = 0
  for (const token of tokens.slice(from)) {
    if (token.text === '(') depth++
    if (token.text === ')') depth--
    if (token.text === ',' && depth === 0) found.push([])
    else found.at(-1)?.push(token)
  }
  return found
}
