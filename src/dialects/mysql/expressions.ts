import { usageError } from '../../errors.ts'
import { lex, type Token } from './lexer.ts'
import {
  aggregates,
  bareFunctions,
  connectors,
  followers,
  openers,
  sessionFunctions,
  statementWords,
  typeWords,
  volatileFunctions,
} from './words.ts'

/** A scalar in pieces: where its columns stand, and whether its value changes by itself. */
export interface ParsedScalar {
  readonly text: string
  readonly columns: readonly { readonly name: string; readonly start: number; readonly end: number }[]
  readonly volatile: boolean
  /** It is one literal, or NULL. */
  readonly literal: boolean
}

/** An open parenthesis: what was called with it, and how many arguments are behind. */
interface Call {
  readonly name: string | null
  argument: number
  /** A type is being spelled: after AS in CAST, after the comma in CONVERT. */
  type: boolean
}

/**
 * Takes an `up`, `down`, `default` or `onError` apart, by tokens: the servers have no grammar to ask. A word is a column where a
 * value may begin and the row has a column of that name; every other word has to be one that an expression may hold.
 *
 * @throws BellowsError exit 2: not one scalar, an unknown column, a subquery, an aggregate, a session function, a variable.
 */
export function parseScalar(text: string, what: string, table: string, known: readonly string[]): ParsedScalar {
  const all = lex(text)
  const wrong = (why: string): Error =>
    usageError('migration.expression', `${what} cannot be used: ${why}\n  ${text}`, {
      hint: 'An expression is one SQL scalar over the columns of the row, in the dialect of the database.',
    })
  const columns: { name: string; start: number; end: number }[] = []
  const calls: Call[] = []
  let isVolatile = false
  if (between(text, all)) throw wrong('it holds a comment')
  if (all.length === 0) throw wrong('it is empty')
  const columnNamed = (name: string): string | undefined =>
    known.find((column) => column.toLowerCase() === name.toLowerCase())

  for (let index = 0; index < all.length; index++) {
    const token = all[index] as Token
    const before = all[index - 1]
    const after = all[index + 1]
    if (token.kind === 'mark') {
      mark(token, before, calls, wrong)
      continue
    }
    if (token.kind === 'variable') throw wrong('a variable depends on the session that asks')
    if (token.kind !== 'word' && token.kind !== 'quoted') continue
    const word = token.kind === 'word' ? token.text.toLowerCase() : ''
    const call = calls.at(-1)
    if (call?.type === true && (typeWords.has(word) || before?.text.toLowerCase() === 'set')) continue
    if (isNameOfSet(all, index)) continue
    if (after?.text === '.') {
      const end = all[index + 2]
      const name = end === undefined ? undefined : columnNamed(end.name)
      if (token.name !== table || end === undefined || name === undefined)
        throw wrong(`${token.text}.${end?.text ?? ''} is not a column of the row: ${known.join(', ')}`)
      columns.push({ name, start: token.start, end: end.end })
      index += 2
      continue
    }
    if (token.kind === 'quoted') {
      const name = columnNamed(token.name)
      if (name === undefined) throw wrong(`the row has no column ${token.text}. It has: ${known.join(', ')}`)
      columns.push({ name, start: token.start, end: token.end })
      continue
    }
    if (statementWords.has(word) && after?.text !== '(' && columnNamed(word) === undefined)
      throw wrong(`${word.toUpperCase()} belongs to a statement: other rows change without the trigger knowing`)
    if (word === 'select' || word === 'exists')
      throw wrong('a subquery reads other rows, which change without the trigger knowing')
    const operand = beginsValue(before, all[index - 2])
    // `_utf8mb4'x'`, `date '2020-01-01'`, `x'ff'`: the literal follows.
    if (operand && after?.kind === 'string' && !connectors.has(word)) continue
    if (after?.text === '(' && !connectors.has(word)) {
      isVolatile ||= judgeFunction(word, wrong)
      continue
    }
    if (bareFunctions.has(word) && operand) {
      isVolatile ||= judgeFunction(word, wrong)
      continue
    }
    if (operand && openers.has(word)) continue
    if (before?.text === '(' && takesUnit(call)) {
      if (!followers.has(word)) throw wrong(`${token.text} is no unit of time`)
      continue
    }
    const name = operand ? columnNamed(word) : undefined
    if (name !== undefined) {
      columns.push({ name, start: token.start, end: token.end })
      continue
    }
    if (word === 'as' && (call?.name === 'cast' || call?.name === 'convert')) call.type = true
    if (followers.has(word) && (!operand || connectors.has(word) || ['both', 'leading', 'trailing'].includes(word)))
      continue
    throw wrong(`the row has no column ${token.text}. It has: ${known.join(', ')}`)
  }
  if (calls.length > 0) throw wrong('a parenthesis is not closed')
  return { text, columns, volatile: isVolatile, literal: isLiteral(all) }
}

/** What the pieces leave out is space, or a comment. */
function between(text: string, all: readonly Token[]): boolean {
  const starts = [...all.map(({ start }) => start), text.length]
  return starts.some((start, index) => text.slice(all[index - 1]?.end ?? 0, start).trim() !== '')
}

function mark(token: Token, before: Token | undefined, calls: Call[], wrong: (why: string) => Error): void {
  const call = calls.at(-1)
  switch (token.text) {
    case '(': {
      const name = before?.kind === 'word' ? before.text.toLowerCase() : null
      // Digits of a type: DECIMAL(10,2).
      calls.push({ name, argument: 0, type: call?.type === true })
      return
    }
    case ')':
      if (calls.pop() === undefined) throw wrong('a parenthesis is closed that was not opened')
      return
    case ',':
      if (call === undefined) throw wrong('it is more than one value')
      call.argument++
      if (call.name === 'convert') call.type = true
      return
    case ';':
      throw wrong('it is more than one statement')
    case '?':
      throw wrong('there is nothing to bind a parameter to')
    case ':=':
    case '\\':
    case '`':
    case "'":
    case '"':
      throw wrong(`${token.text} has no place in it`)
    default:
  }
}

/** Does a value begin after this token? */
function beginsValue(before: Token | undefined, earlier: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'mark') return before.text !== ')'
  if (before.kind !== 'word') return false
  // `x MOD y`, and not the end of `mod`.
  return connectors.has(before.text.toLowerCase()) && earlier?.text !== '.'
}

/** `COLLATE name`, `USING name`, `CHARACTER SET name`: the name of a character set or a collation. */
function isNameOfSet(all: readonly Token[], index: number): boolean {
  const before = all[index - 1]?.text.toLowerCase()
  if (before === 'collate' || before === 'using' || before === 'charset') return true
  return before === 'set' && all[index - 2]?.text.toLowerCase() === 'character'
}

/** `EXTRACT(DAY FROM x)`, `TIMESTAMPDIFF(DAY, x, y)`: the first argument is a word. */
function takesUnit(call: Call | undefined): boolean {
  return call?.argument === 0 && ['extract', 'timestampdiff', 'timestampadd'].includes(call.name ?? '') && !call.type
}

/** Tells whether a function changes by itself; refuses what cannot be in a scalar. */
function judgeFunction(name: string, wrong: (why: string) => Error): boolean {
  if (aggregates.has(name)) throw wrong(`${name}() is an aggregate or a window function: it reads other rows`)
  if (sessionFunctions.has(name)) throw wrong(`${name}() depends on the session that asks`)
  return volatileFunctions.has(name)
}

function isLiteral(all: readonly Token[]): boolean {
  const [first, second, third] = all
  const signed = first?.text === '-' || first?.text === '+' ? second : first
  const rest = signed === first ? second : third
  if (signed === undefined || rest !== undefined) return false
  return signed.kind === 'string' || signed.kind === 'number' || /^(null|true|false)$/i.test(signed.text)
}

/** The expression with every column replaced by what `place` gives for it. */
export function bindScalar(scalar: Pick<ParsedScalar, 'text' | 'columns'>, place: (column: string) => string): string {
  let out = ''
  let at = 0
  for (const column of scalar.columns) {
    out += scalar.text.slice(at, column.start) + place(column.name)
    at = column.end
  }
  return out + scalar.text.slice(at)
}

const typeShape =
  /^[a-z]\w*( precision)?( varying)?\s*(\(\s*(\d+\s*(,\s*\d+\s*)?|'(?:[^'\\]|\\.|'')*'(\s*,\s*'(?:[^'\\]|\\.|'')*')*)\s*\))?(\s+(unsigned|signed|zerofill|binary|ascii|unicode|charset \w+|character set \w+|collate \w+))*$/i

/**
 * A type as an author writes it.
 *
 * @throws BellowsError exit 2 when it is not the name of one type.
 */
export function parseType(text: string, what: string): { readonly text: string; readonly ownCharset: boolean } {
  const plain = text.trim()
  if (!typeShape.test(plain)) {
    throw usageError('migration.type', `${what} cannot be used: it is not the name of one type\n  ${text}`, {
      hint: 'Write it as in CREATE TABLE, without DEFAULT, NOT NULL or COMMENT.',
    })
  }
  const outside = plain.replace(/'(?:[^'\\]|\\.|'')*'/g, '')
  return {
    text: plain,
    ownCharset: /\b(charset|character set|collate|binary|ascii|unicode)\b/i.test(outside.replace(/^\w+/, '')),
  }
}
