import { type Lexing, usual } from '../lexer.ts'

/** How texts of a session are read: '' as usual, else words: `ansi` (`"` quotes names), `plain` (a backslash escapes nothing). */
export function modeFrom(sqlMode: string): string {
  const modes = sqlMode.toUpperCase().split(/[^A-Z_]+/)
  const words = [
    modes.includes('ANSI_QUOTES') || modes.includes('ANSI') ? 'ansi' : '',
    modes.includes('NO_BACKSLASH_ESCAPES') ? 'plain' : '',
  ]
  return words.filter((word) => word !== '').join(' ')
}

/** What a statement makes of the mode: one that sets sql_mode, or leaves it to the server again. */
export function modeOf(sql: string, mode: string): string {
  if (sql.length > 2000 || !/^\s*(?:\/\*.*?\*\/\s*)*set\b/is.test(sql) || !/sql_mode/i.test(sql)) return mode
  const said = modeFrom(sql)
  // CONCAT(@@sql_mode, ...) adds to what there is; without REPLACE nothing of it goes.
  const adds = /@@(?:session\.|local\.|global\.)?`?sql_mode`?\s*[,)]/i.test(sql) && !/replace\s*\(/i.test(sql)
  return adds && mode !== said ? [...new Set(`${mode} ${said}`.trim().split(' '))].sort().join(' ') : said
}

/** How the text of this mode falls into pieces. */
export function lexingFor(mode: string): Lexing {
  return mode === '' ? usual : { ansiQuotes: mode.includes('ansi'), plainBackslash: mode.includes('plain') }
}
