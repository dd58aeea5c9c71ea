import type { Operation } from '../../../planner/lint/operations.ts'
import { isWord, type Token } from '../lexer.ts'
import { cursorOf, outside, placeOf } from './cursor.ts'

/** A statement that changes rows. */
export function writeOf(tokens: readonly Token[]): readonly Operation[] {
  const verb = isWord(tokens[0], 'update') ? 'update' : isWord(tokens[0], 'delete') ? 'delete' : 'insert'
  const at = cursorOf(tokens.slice(1))
  while (at.take('low_priority|quick|ignore|delayed|high_priority|into|from'));
  return [{ do: 'write', verb, table: at.name(), rows: rowsOf(verb, outside(tokens)), texts: [] }]
}

function rowsOf(verb: string, words: readonly Token[]): 'all' | 'lacking' | 'some' {
  // A LIMIT, or another table, picks rows.
  if (verb === 'insert' || placeOf(words, 'limit') !== -1 || placeOf(words, 'join') !== -1) return 'some'
  const where = placeOf(words, 'where')
  if (where === -1) return 'all'
  const condition = words.slice(where + 1)
  const picks = condition.some(
    (token) =>
      ['=', '<', '>', '<=', '>=', '<=>', '('].includes(token.text) ||
      isWord(token, 'in', 'like', 'between', 'exists', 'regexp', 'rlike'),
  )
  return picks ? 'some' : 'lacking'
}
