import { isName, isWord, lex, type Token, usual } from './lexer.ts'
import { filledByPlace } from './trial.ts'

/** Whether this INSERT fills the table without a list of columns. */
export function writesByPlace(statement: string, table: string): boolean {
  const filled = filledByPlace(statement, usual)
  return filled !== null && isNamed(lex(filled).at(-1), table)
}

/** Whether a star of this statement stands for columns of the table; any star where it names the table may. */
export function readsStar(statement: string, table: string): boolean {
  const all = lex(statement)
  const stars = all.some((token, at) => token.text === '*' && standsForColumns(all[at - 1], all[at + 1]))
  return stars && all.some((token) => isNamed(token, table))
}

const isNamed = (token: Token | undefined, table: string): boolean =>
  isName(token) && token.name.toLowerCase() === table.toLowerCase()

/** Not a product, and not what COUNT counts. */
function standsForColumns(before: Token | undefined, after: Token | undefined): boolean {
  if (after?.text === ')') return false
  return (
    before?.text === '.' ||
    before?.text === ',' ||
    isWord(
      before,
      'select',
      'distinct',
      'all',
      'distinctrow',
      'returning',
      'sql_calc_found_rows',
      'straight_join',
      'high_priority',
    )
  )
}
