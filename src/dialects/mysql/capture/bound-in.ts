import { lex, type Token } from '../lexer.ts'
import { unquoted } from './literals.ts'

const usual = { ansiQuotes: false, plainBackslash: false }

/**
 * The values of an execution, from its text in a log, in which they have taken the places of the `?`. Null where that is the text of
 * another statement, or a value cannot be told.
 */
export function boundIn(prepared: string, executed: string): readonly unknown[] | null {
  const [marks, said] = [lex(prepared), lex(executed)]
  const values: unknown[] = []
  let at = 0
  for (const [index, token] of marks.entries()) {
    if (token.kind !== 'mark' || token.text !== '?') {
      if (said[at]?.text !== token.text) return null
      at++
      continue
    }
    const next = marks[index + 1]
    const from = at++
    // A sign, or a word that says of what kind it is, stands before a value.
    while (at < said.length && said[at]?.text !== next?.text && at - from < 3) at++
    const value = valueIn(said.slice(from, at))
    if (value === undefined) return null
    values.push(value)
  }
  return at === said.length ? values : null
}

function valueIn(tokens: readonly Token[]): unknown {
  const text = tokens.map((token) => token.text).join('')
  const [token] = tokens
  if (/^null$/i.test(text)) return null
  if (/^-?[\d.]+(?:e[+-]?\d+)?$/i.test(text)) return text
  return tokens.length === 1 && token?.kind === 'string' ? unquoted(token.text, usual) : undefined
}
