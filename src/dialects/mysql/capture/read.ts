import type { LeftOut, Origin, ReadStatement } from '../../capture.ts'
import { isName, isWord, type Lexing, lex, type Token } from '../lexer.ts'
import { splitStatements } from '../script.ts'
import { statementKind } from '../statement-kind.ts'
import { filledByPlace } from '../trial.ts'
import { fatesOf, unquoted } from './literals.ts'
import { lexingFor } from './mode.ts'

/** What touches rows though its names are looked up at execution only. */
const worthKeeping = ['call', 'truncate', 'load', 'handler', 'lock']
const ofSession = ['prepare', 'execute', 'deallocate']

/** The statements of a text. */
export function readStatements(sql: string, _bound: number, mode = ''): readonly (ReadStatement | LeftOut)[] {
  const lexing = lexingFor(mode)
  // Scripts are split as usual; a text of another mode comes alone, as drivers send it.
  const parts = mode === '' ? splitStatements(sql).map(({ text }) => text) : [sql]
  let passed = 0
  return parts.map((text) => {
    const read = readOne(text, passed, lexing)
    passed += lex(text, lexing).filter(isMark).length
    return read
  })
}

const isMark = ({ kind, text }: Token): boolean => kind === 'mark' && text === '?'

function readOne(text: string, passed: number, lexing: Lexing): ReadStatement | LeftOut {
  const all = lex(text, lexing)
  const first = all.find((token) => token.text !== '(')
  const what = whatOf(all)
  const { kind } = statementKind(text)
  if (kind === 'session' || isWord(first, ...ofSession)) return { kind: 'left out', why: 'session', what }
  if (kind === 'utility' && !isWord(first, ...worthKeeping)) return { kind: 'left out', why: 'definition', what }
  if (first?.kind !== 'word') return { kind: 'left out', why: 'unreadable', what }
  const table = tableOf(all)
  const words = [first.text.toLowerCase(), ...(table === null ? [] : [table])]
  return replaced(text, all, passed, lexing, words)
}

/** The text with parameters for its literals; with all that it says, where it cannot be told what one of them is. */
function replaced(
  text: string,
  all: readonly Token[],
  passed: number,
  lexing: Lexing,
  words: readonly string[],
): ReadStatement {
  const fates = fatesOf(all)
  const raw = [...fates.values()].some(({ kind }) => kind === 'unclear')
  const parameters: Origin[] = []
  const pieces: string[] = []
  let end = 0
  for (const [at, token] of all.entries()) {
    const gap = text.slice(end, token.start)
    const next = all[at + 1]
    const fate = raw ? undefined : fates.get(token)
    const after = raw || next === undefined ? undefined : fates.get(next)
    end = token.end
    if (fate?.kind === 'more') continue
    pieces.push(between(gap))
    // The word that says of what type the literal is goes with it.
    if (after?.kind === 'typed') continue
    if (isMark(token)) parameters.push({ bound: passed + parameters.filter((origin) => 'bound' in origin).length })
    if (fate === undefined || fate.kind === 'code') {
      pieces.push(token.text)
      continue
    }
    parameters.push(originOf(token, lexing))
    pieces.push(fate.kind === 'typed' && fate.as !== null ? `cast(? as ${fate.as})` : '?')
  }
  pieces.push(between(text.slice(end)))
  const sql = pieces.join('').trim()
  return { kind: 'statement', sql, parameters, words, ...(raw ? { raw } : {}) }
}

/** Comments go; what is code in a comment stays code. */
function between(gap: string): string {
  const code = [...gap.matchAll(/\/\*M?!\d*|\*\//g)].map(([mark]) => mark)
  const opens = code.filter((mark) => mark !== '*/')
  if (opens.length > 0 || (code.length > 0 && !gap.includes('/*'))) return ` ${code.at(-1)} `
  return /^\s*$/.test(gap) ? gap : ' '
}

function originOf(token: Token, lexing: Lexing): Origin {
  if (token.kind === 'string') return { literal: unquoted(token.text, lexing), type: null }
  if (/^0[xb]/i.test(token.text)) return { literal: token.text, type: null }
  return {
    literal: token.text,
    type: /^\d+$/.test(token.text) ? 'bigint' : /e/i.test(token.text) ? 'double' : 'decimal(65,30)',
  }
}

/** What a person calls it: `INSERT`, `CREATE TABLE`. Never a name or a value. */
function whatOf(all: readonly Token[]): string {
  const [first, second] = all.filter(({ text }) => text !== '(')
  if (first?.kind !== 'word') return 'STATEMENT'
  const kinds = isWord(first, 'create', 'alter', 'drop', 'show', 'rename', 'grant', 'revoke') && second?.kind === 'word'
  return [first.text, ...(kinds && second.text.length < 12 ? [second.text] : [])].join(' ').toUpperCase()
}

/** The first table that it names. */
function tableOf(all: readonly Token[]): string | null {
  const leading = ['from', 'into', 'update', 'join', 'table', 'truncate', 'call', 'replace', 'insert']
  const passing = ['low_priority', 'ignore', 'delayed', 'high_priority', 'into', 'table', 'quick', 'from']
  for (const [at, token] of all.entries()) {
    if (!isWord(token, ...leading)) continue
    let next = at + 1
    while (isWord(all[next], ...passing)) next++
    while (all[next + 1]?.text === '.' && isName(all[next + 2])) next += 2
    const found = all[next]
    if (isName(found) && !isWord(found, 'select', 'values', 'set')) return found.name
  }
  return null
}

/** Whether a statement names a column of this name, or may fill it without naming it. */
export function mentions(sql: string, column: string): boolean {
  const all = lex(sql)
  const wanted = column.toLowerCase()
  // In quotes of a mode that we do not know any more here, a name is a text.
  if (all.some(({ name }) => name.replace(/^"|"$/g, '').toLowerCase() === wanted)) return true
  return isWord(all[0], 'call', 'load') || filledByPlace(sql, { ansiQuotes: false, plainBackslash: false }) !== null
}
