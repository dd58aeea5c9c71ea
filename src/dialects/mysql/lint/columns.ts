import type { NewColumn, NewConstraint } from '../../../planner/lint/operations.ts'
import { isWord, type Token } from '../lexer.ts'
import { type Cursor, cursorOf, outside, placeOf } from './cursor.ts'

/** A column by its definition: what stands behind its name. */
export function columnOf(name: string, definition: readonly Token[]): NewColumn {
  const words = outside(definition)
  const says = (...looked: readonly string[]): boolean => placeOf(words, ...looked) !== -1
  const type = words[0]?.text.toLowerCase() ?? ''
  const generated = says('as') && !says('identity')
  const stored = generated && says('stored|persistent')
  const key = placeOf(words, 'references')
  const primary = says('primary') || placeOfKey(words)
  return {
    name,
    type,
    nullable: !says('not', 'null') && !primary && type !== 'serial',
    fill: generated ? 'none' : fillOf(words),
    made: stored ? 'stored' : generated ? 'virtual' : says('auto_increment') || type === 'serial' ? 'identity' : 'no',
    check: says('check'),
    unique: says('unique') || type === 'serial',
    primary,
    references: key === -1 ? null : cursorOf(words.slice(key + 1)).name(),
  }
}

/** `KEY` alone means PRIMARY KEY; behind UNIQUE it is a part of that. */
function placeOfKey(words: readonly Token[]): boolean {
  const at = placeOf(words, 'key')
  return at > 0 && !isWord(words[at - 1], 'unique', 'primary', 'foreign')
}

function fillOf(words: readonly Token[]): NewColumn['fill'] {
  const at = placeOf(words, 'default')
  if (at === -1) return 'none'
  const [value, next] = [words[at + 1], words[at + 2]]
  if (isWord(value, 'null')) return 'none'
  if (isWord(value, 'current_timestamp', 'now', 'localtime', 'localtimestamp', 'curdate', 'current_date'))
    return 'constant'
  const expression = value?.text === '(' || (value?.kind === 'word' && next?.text === '(')
  return expression ? 'each' : 'constant'
}

/** What a constraint says behind ADD, or in CREATE TABLE; null for an index and for a column. */
export function constraintOf(tokens: readonly Token[]): NewConstraint | null {
  const at = cursorOf(tokens)
  const named = at.take('constraint')
  const anonymous = isWord(at.peek(), 'primary', 'foreign', 'check', 'unique')
  const name = named && !anonymous ? at.part() : null
  at.take('if', 'not', 'exists')
  const kind = kindOf(at)
  if (kind === null) return null
  const words = outside(tokens)
  const key = placeOf(words, 'references')
  return {
    kind,
    name,
    notValid: kind === 'check' && placeOf(words, 'not', 'enforced') !== -1,
    usingIndex: false,
    references: key === -1 ? null : cursorOf(words.slice(key + 1)).name(),
    proves: [],
  }
}

function kindOf(at: Cursor): NewConstraint['kind'] | null {
  if (at.take('primary', 'key')) return 'primary key'
  if (at.take('foreign', 'key')) return 'foreign key'
  if (at.take('check')) return 'check'
  return at.take('unique') ? 'unique' : null
}
