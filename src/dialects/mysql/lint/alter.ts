import type { Operation } from '../../../planner/lint/operations.ts'
import { isWord, type Token } from '../lexer.ts'
import { columnOf, constraintOf } from './columns.ts'
import { type Cursor, cursorOf, inParentheses, outside, partsOf, placeOf } from './cursor.ts'

/** One clause of ALTER TABLE. */
export function clauseOf(tokens: readonly Token[], table: string): readonly Operation[] {
  const at = cursorOf(tokens)
  if (placeOf(outside(tokens), 'partition', 'by') !== -1) return [{ do: 'remake', table, how: 'PARTITION BY' }]
  if (at.take('add')) return added(at, table)
  if (at.take('drop')) return dropped(at, table)
  if (at.take('modify')) {
    optional(at)
    return [{ do: 'changeType', table, column: at.part(), type: typeOf(at) }]
  }
  if (at.take('change')) {
    optional(at)
    const [column, to] = [at.part(), at.part()]
    const changed: Operation = { do: 'changeType', table, column, type: typeOf(at) }
    return column.toLowerCase() === to.toLowerCase() ? [changed] : [{ do: 'renameColumn', table, column, to }, changed]
  }
  if (at.take('alter')) return altered(at, table)
  if (at.take('rename')) return renamed(at, table)
  return optionOf(at, table) ?? [unknown(tokens)]
}

const unknown = (tokens: readonly Token[]): Operation => ({
  do: 'unread',
  why: `the clause ${tokens
    .slice(0, 4)
    .map(({ text }) => text)
    .join(' ')} of ALTER TABLE is not known here`,
})

function optional(at: Cursor): void {
  at.take('column')
  if (!at.take('if', 'not', 'exists')) at.take('if', 'exists')
}

const typeOf = (at: Cursor): string => at.peek()?.text.toLowerCase() ?? ''

function added(at: Cursor, table: string): readonly Operation[] {
  const rest = at.rest()
  if (at.take('partition')) return [{ do: 'alterOther', table, what: 'ADD PARTITION' }]
  if (at.take('system', 'versioning') || at.take('period'))
    return [{ do: 'remake', table, how: 'ADD SYSTEM VERSIONING or PERIOD' }]
  const index = indexOf(at, table)
  if (index !== null) return [index]
  const constraint = constraintOf(rest)
  if (constraint !== null)
    return constraint.kind === 'unique'
      ? [indexNamed(table, constraint.name, true, 'usual')]
      : [{ do: 'addConstraint', table, constraint }]
  optional(at)
  if (at.peek()?.text === '(')
    return partsOf(inParentheses(at.rest())).flatMap((part) => {
      const own = cursorOf(part)
      return indexOf(own, table) ?? columnAdded(own, table)
    })
  return columnAdded(at, table)
}

function columnAdded(at: Cursor, table: string): readonly Operation[] {
  const name = at.part()
  const column = columnOf(name, at.rest())
  const own: Operation = { do: 'addColumn', table, column }
  return column.unique ? [own, indexNamed(table, name, true, 'usual')] : [own]
}

/** `ADD INDEX`, and what stands for it. A column may be called `index` only in quotes. */
function indexOf(at: Cursor, table: string): Operation | null {
  const unique = isWord(at.peek(), 'unique')
  const kind = isWord(at.peek(), 'fulltext') ? 'fulltext' : isWord(at.peek(), 'spatial') ? 'spatial' : 'usual'
  if (unique || kind !== 'usual') {
    at.skip()
    at.take('index|key')
  } else if (!at.take('index|key')) return null
  at.take('if', 'not', 'exists')
  return indexNamed(table, at.peek()?.text === '(' ? null : at.part(), unique, kind)
}

/** An index as the rules know it. */
export const indexNamed = (
  table: string,
  name: string | null,
  unique: boolean,
  kind: 'usual' | 'fulltext' | 'spatial',
): Operation => ({ do: 'createIndex', table, name, unique, concurrently: false, ifNotExists: false, kind })

function dropped(at: Cursor, table: string): readonly Operation[] {
  const named = (kind: string | null): readonly Operation[] => {
    at.take('if', 'exists')
    return [{ do: 'dropConstraint', table, name: at.part(), kind, cascade: false }]
  }
  if (at.take('primary', 'key'))
    return [{ do: 'dropConstraint', table, name: 'PRIMARY', kind: 'primary key', cascade: false }]
  if (at.take('foreign', 'key')) return named('foreign key')
  if (at.take('check')) return named('check')
  if (at.take('constraint')) return named(null)
  if (at.take('index|key')) {
    at.take('if', 'exists')
    return [{ do: 'dropIndex', name: at.part(), table, concurrently: false, cascade: false }]
  }
  if (at.take('partition')) {
    at.take('if', 'exists')
    return partsOf(at.rest()).map((part) => ({
      do: 'dropTable',
      table: `${table} partition ${cursorOf(part).part()}`,
      cascade: false,
    }))
  }
  if (at.take('system', 'versioning') || at.take('period'))
    return [{ do: 'remake', table, how: 'DROP SYSTEM VERSIONING or PERIOD' }]
  optional(at)
  return [{ do: 'dropColumn', table, column: at.part(), cascade: false }]
}

function altered(at: Cursor, table: string): readonly Operation[] {
  if (at.take('index|check|constraint')) return [{ do: 'alterOther', table, what: 'ALTER INDEX or CHECK' }]
  optional(at)
  const column = at.part()
  if (at.take('set', 'default')) return [{ do: 'setDefault', table, column }]
  if (at.take('drop', 'default')) return [{ do: 'dropDefault', table, column }]
  return at.take('set') ? [{ do: 'alterOther', table, what: 'ALTER COLUMN SET' }] : [unknown(at.rest())]
}

function renamed(at: Cursor, table: string): readonly Operation[] {
  if (at.take('column')) {
    at.take('if', 'exists')
    const column = at.part()
    at.take('to')
    return [{ do: 'renameColumn', table, column, to: at.part() }]
  }
  if (at.take('index|key')) return [{ do: 'alterOther', table, what: 'RENAME INDEX' }]
  at.take('to|as')
  return [{ do: 'renameTable', table, to: at.name() }]
}

/** Options of tables, which the servers do in the catalog or in place. */
const light = [
  'comment',
  'auto_increment',
  'default',
  'character',
  'charset',
  'collate',
  'row_format',
  'key_block_size',
  'stats_persistent',
  'stats_auto_recalc',
  'stats_sample_pages',
  'compression',
  'encryption',
  'max_rows',
  'min_rows',
  'avg_row_length',
  'force',
  'page_compressed',
  'page_compression_level',
  'discard',
  'import',
  'coalesce',
  'reorganize',
  'rebuild',
  'optimize',
  'exchange',
  'analyze',
  'check',
  'repair',
]

function optionOf(at: Cursor, table: string): readonly Operation[] | null {
  if (at.take('convert')) return [{ do: 'remake', table, how: 'CONVERT TO CHARACTER SET' }]
  if (at.take('order', 'by')) return [{ do: 'remake', table, how: 'ORDER BY' }]
  if (at.take('remove', 'partitioning')) return [{ do: 'remake', table, how: 'REMOVE PARTITIONING' }]
  if (at.take('truncate', 'partition'))
    return [{ do: 'truncate', table: `${table} partition ${at.part()}`, cascade: false }]
  if (at.take('engine')) {
    at.mark('=')
    const engine = at.part()
    return [
      // Another engine is a copy; the same one is made anew in place.
      engine.toLowerCase() === 'innodb'
        ? { do: 'alterOther', table, what: 'ENGINE' }
        : { do: 'remake', table, how: `ENGINE=${engine}` },
    ]
  }
  if (isWord(at.peek(), 'enable', 'disable') && isWord(at.peek(1), 'keys')) return [{ do: 'other' }]
  if (isWord(at.peek(), 'with', 'without') && isWord(at.peek(1), 'validation')) return [{ do: 'other' }]
  return isWord(at.peek(), ...light) ? [{ do: 'alterOther', table, what: at.peek()?.text ?? '' }] : null
}
