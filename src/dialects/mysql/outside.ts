import { isWord, lex } from './lexer.ts'
import { type Known, mayBeDatabases, readNames } from './names.ts'

// What is about the schema or its rows; everything else may be about the server, or lead anywhere.
const first = [
  'insert',
  'replace',
  'update',
  'delete',
  'select',
  'with',
  'truncate',
  'alter',
  'create',
  'drop',
  'rename',
]
const about = [
  ...['table', 'index', 'unique', 'fulltext', 'spatial', 'view', 'or', 'trigger', 'function', 'procedure', 'sequence'],
  ...['temporary', 'definer', 'algorithm', 'sql', 'ignore', 'online', 'offline', 'if'],
]
const needsObject = ['alter', 'create', 'drop', 'rename']
const leaving = ['outfile', 'dumpfile', 'load_file', 'infile']

/** Why a statement of a migration may do something outside the database that it is run in; null when it stays there. */
export function outside(statement: string, known: Known): string | null {
  const all = lex(statement)
  const word = all[0]?.text.toUpperCase() ?? ''
  if (!isWord(all[0], ...first)) return `${word} is not run on a shadow`
  if (isWord(all[0], ...needsObject) && !isWord(all[1], ...about))
    return `${word} ${all[1]?.text.toUpperCase() ?? ''} is about the server`
  const leaves = all.find((token) => isWord(token, ...leaving))
  if (leaves !== undefined) return `${leaves.text.toUpperCase()} reads or writes files`
  const { own, others, unclear } = readNames(statement, known)
  const named = [...own.map(({ name }) => name), ...others, ...unclear, ...mayBeDatabases(statement, known)]
  return named.length === 0 ? null : `it names the database ${[...new Set(named)].join(', ')}`
}
