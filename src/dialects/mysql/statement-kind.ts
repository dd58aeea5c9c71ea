import type { StatementKind } from '../check.ts'
import { isWord, lex } from './lexer.ts'

const analysed = ['select', 'insert', 'replace', 'update', 'delete', 'with', 'table', 'values', 'do', 'explain', 'desc']
const ofSession = ['set', 'begin', 'start', 'commit', 'rollback', 'savepoint', 'release', 'use', 'kill', 'unlock']
const settings = [
  'variables',
  'status',
  'warnings',
  'errors',
  'session',
  'global',
  'databases',
  'engines',
  'processlist',
]

/** By its first words: the servers do not tell what a statement is. What is not known is looked at when it is executed only. */
export function statementKind(text: string): StatementKind {
  const all = lex(text).filter(({ text: piece }) => piece !== '(')
  const [first, second] = all
  const kind = (): StatementKind['kind'] => {
    if (isWord(first, ...analysed)) return 'analysed'
    if (isWord(first, ...ofSession)) return 'session'
    // What is a word here may also be a text that no server takes: that is the server's to say.
    if (isWord(first, 'show')) return isWord(second, ...settings) ? 'session' : 'utility'
    return isWord(first, ...later) ? 'utility' : 'analysed'
  }
  // The servers prepare a statement anew when its columns have changed, so a star breaks nothing by itself.
  return { kind: kind(), star: false }
}

const later = [
  ...['call', 'create', 'alter', 'drop', 'rename', 'truncate', 'grant', 'revoke', 'load', 'lock', 'handler', 'analyze'],
  ...[
    'optimize',
    'check',
    'repair',
    'checksum',
    'flush',
    'reset',
    'prepare',
    'execute',
    'deallocate',
    'xa',
    'describe',
  ],
  ...['install', 'uninstall', 'import', 'binlog', 'cache', 'purge', 'change', 'stop', 'shutdown', 'signal', 'resignal'],
  ...['get', 'help', 'backup', 'restart', 'clone', 'declare', 'if', 'while', 'loop', 'repeat', 'case', 'return'],
]
