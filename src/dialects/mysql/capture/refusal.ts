import { isWord, lex } from '../lexer.ts'
import { lexingFor } from './mode.ts'

/** ER_PARSE_ERROR */
const parseError = 1064

/**
 * Whether an error says that the server cannot parse a text. Not of what a procedure puts together, nor where one statement of several
 * may have been executed before.
 */
export function isRefused(errno: unknown, sql: string, mode: string): boolean {
  if (errno !== parseError) return false
  const all = lex(sql, lexingFor(mode))
  const end = all.findIndex(({ text }) => text === ';')
  return !isWord(all[0], 'call', 'execute', 'prepare', 'begin') && (end < 0 || end === all.length - 1)
}
