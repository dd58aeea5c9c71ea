import type { Operation } from '../../../planner/lint/operations.ts'
import { isWord, type Token } from '../lexer.ts'
import { clauseOf, indexNamed } from './alter.ts'
import { columnOf, constraintOf } from './columns.ts'
import { type Cursor, cursorOf, inParentheses, outside, partsOf, placeOf } from './cursor.ts'
import { settingsOf } from './settings.ts'
import { writeOf } from './write.ts'

const nothing: readonly Operation[] = [{ do: 'other' }]
const unread = (why: string): readonly Operation[] => [{ do: 'unread', why }]

/** Known, and nothing is held against them. */
const harmless =
  'select with values table show describe desc explain analyze check checksum optimize repair flush grant revoke use load do help kill reset purge change stop install uninstall signal handler savepoint release xa unlock' // prettier-ignore
    .split(' ')

/** What a statement does, by its words. What is not understood says so. */
export function operationsOf(tokens: readonly Token[]): readonly Operation[] {
  const at = cursorOf(tokens)
  if (at.take('set')) return settings(at)
  if (at.take('alter')) return alter(at)
  if (at.take('create')) return create(at)
  if (at.take('drop')) return drop(at)
  if (at.take('rename')) return rename(at)
  if (at.take('truncate')) {
    at.take('table')
    return [{ do: 'truncate', table: at.name(), cascade: false }]
  }
  if (at.take('start', 'transaction') || isBegin(at)) return [{ do: 'transaction', word: 'begin' }]
  if (at.take('commit')) return [{ do: 'transaction', word: 'commit' }]
  if (at.take('rollback')) return isWord(at.peek(), 'to') ? nothing : [{ do: 'transaction', word: 'rollback' }]
  if (at.take('lock', 'table|tables')) return partsOf(at.rest()).map(lockOf)
  if (isWord(at.peek(), 'update', 'delete', 'insert', 'replace')) return writeOf(tokens)
  if (isWord(at.peek(), 'call', 'prepare', 'execute', 'deallocate'))
    return unread(`${at.peek()?.text.toUpperCase()} runs what is worked out as it runs`)
  if (isWord(at.peek(), ...harmless)) return nothing
  return unread(`a statement that begins with ${at.peek()?.text ?? 'nothing'} is not known here`)
}

const isBegin = (at: Cursor): boolean => at.take('begin') && (at.done() || at.take('work'))

function settings(at: Cursor): readonly Operation[] {
  // SET STATEMENT ... FOR ... of MariaDB.
  const end = isWord(at.peek(), 'statement') ? placeOf(at.rest(), 'for') : -1
  if (end === -1) return settingsOf(at.rest())
  return [...settingsOf(at.rest().slice(1, end)), ...operationsOf(at.rest().slice(end + 1))]
}

function alter(at: Cursor): readonly Operation[] {
  at.take('online')
  at.take('ignore')
  if (at.take('table|tables')) {
    at.take('if', 'exists')
    const table = at.name()
    const wait = waitOf(at)
    const clauses = partsOf(at.rest()).filter((part) => !isWord(part[0], 'algorithm', 'lock'))
    return [...wait, ...clauses.flatMap((part) => clauseOf(part, table))]
  }
  if (at.take('database|schema')) return nothing
  const known = 'view procedure function event user role server instance tablespace sequence definer sql undo logfile'
  return isWord(at.peek(), ...known.split(' ')) ? nothing : unread(`ALTER ${at.peek()?.text ?? ''} is not known here`)
}

/** `WAIT 5` and `NOWAIT` of MariaDB say how long this statement waits. */
function waitOf(at: Cursor): readonly Operation[] {
  const said = (value: string): readonly Operation[] => [{ do: 'set', name: 'lock_wait_timeout', value, local: false }]
  if (at.take('nowait')) return said('1')
  return at.take('wait') ? said(at.skip()?.text ?? '1') : []
}

function create(at: Cursor): readonly Operation[] {
  at.take('or', 'replace')
  const temporary = at.take('temporary')
  if (at.take('table')) {
    at.take('if', 'not', 'exists')
    return [table(at, temporary)]
  }
  at.take('online')
  at.take('offline')
  const unique = at.take('unique')
  const kind = at.take('fulltext') ? 'fulltext' : at.take('spatial') ? 'spatial' : 'usual'
  if (at.take('index')) {
    at.take('if', 'not', 'exists')
    const name = at.part()
    const on = placeOf(at.rest(), 'on')
    if (on === -1 || !isWord(at.peek(), 'on', 'using')) return unread('this CREATE INDEX is not known here')
    return [indexNamed(cursorOf(at.rest().slice(on + 1)).name(), name, unique, kind)]
  }
  const known =
    'view trigger procedure function event user role database schema server sequence definer algorithm sql aggregate package tablespace undo logfile resource spatial' // prettier-ignore
  return isWord(at.peek(), ...known.split(' ')) ? nothing : unread(`CREATE ${at.peek()?.text ?? ''} is not known here`)
}

function table(at: Cursor, _temporary: boolean): Operation {
  const name = at.name()
  const body = at.peek()?.text === '(' ? partsOf(inParentheses(at.rest())) : []
  const constraints = body.map(constraintOf).filter((own) => own !== null)
  const columns = body.filter(isColumn).map((part) => {
    const own = cursorOf(part)
    return columnOf(own.part(), own.rest())
  })
  return { do: 'createTable', table: name, columns, constraints, partitionOf: null }
}

const notColumns = [
  'constraint',
  'primary',
  'foreign',
  'check',
  'unique',
  'index',
  'key',
  'fulltext',
  'spatial',
  'period',
  'like',
]
const isColumn = (part: readonly Token[]): boolean => !isWord(part[0], ...notColumns)

function drop(at: Cursor): readonly Operation[] {
  const temporary = at.take('temporary')
  if (at.take('table|tables')) {
    at.take('if', 'exists')
    if (temporary) return nothing
    return partsOf(at.rest()).map((part) => {
      const own = cursorOf(part)
      const gone: Operation = { do: 'dropTable', table: own.name(), cascade: false }
      return own.done() || isWord(own.peek(), 'restrict', 'cascade', 'wait', 'nowait')
        ? gone
        : { do: 'unread', why: 'this DROP TABLE is not known here' }
    })
  }
  if (at.take('index')) {
    at.take('if', 'exists')
    const name = at.part()
    at.take('on')
    return [{ do: 'dropIndex', name, table: at.name(), concurrently: false, cascade: false }]
  }
  if (at.take('database|schema')) {
    at.take('if', 'exists')
    return [{ do: 'dropSchema', name: at.part(), what: 'database', cascade: false }]
  }
  const known =
    'view trigger procedure function event user role server sequence prepare package tablespace undo spatial'
  return isWord(at.peek(), ...known.split(' ')) ? nothing : unread(`DROP ${at.peek()?.text ?? ''} is not known here`)
}

function rename(at: Cursor): readonly Operation[] {
  if (!at.take('table|tables')) return at.take('user') ? nothing : unread('a RENAME of no table is not known here')
  at.take('if', 'exists')
  return partsOf(at.rest()).map((part) => {
    const own = cursorOf(part)
    const from = own.name()
    if (own.take('wait')) own.skip()
    else own.take('nowait')
    own.take('to')
    return { do: 'renameTable', table: from, to: own.name() }
  })
}

function lockOf(part: readonly Token[]): Operation {
  const words = outside(part)
  const mode = isWord(words.at(-1), 'write') || placeOf(words, 'write') !== -1 ? 'WRITE' : 'READ'
  return { do: 'lockTable', table: cursorOf(part).name(), mode }
}
