import { columnKey, nameKey, tableKey } from '../known.ts'
import { everywhere, type Rule } from '../rule.ts'

/** What cannot be had back. */
export const destroyingRules: readonly Rule[] = [
  {
    id: 'drop-column',
    severity: 'error',
    about: 'data',
    engines: everywhere,
    title: 'A column is dropped',
    look: (operation, { known }) => {
      if (operation.do !== 'dropColumn' || known.columns.has(columnKey(operation.table, operation.column))) return null
      return {
        message: `${operation.table}.${operation.column} is gone, with its values and with every index, constraint and statistic that names it; the running version fails where it names it`,
        safe: 'The intent dropColumn: the old version goes on, the column is hidden first and dropped after the retention. By hand: deploy a version that does not use it, make it nullable or give it a default, and drop it in a later migration.',
      }
    },
  },
  {
    id: 'drop-table',
    severity: 'error',
    about: 'data',
    engines: everywhere,
    title: 'A table is dropped',
    look: (operation) => {
      if (operation.do !== 'dropTable') return null
      return {
        message: `${operation.table} is gone, with its rows; the running version fails where it names it, and tables that it has foreign keys to are locked as well`,
        safe: 'Deploy a version that does not use it, drop its foreign keys one by one, rename it for a while, and drop it in a later migration.',
      }
    },
  },
  {
    id: 'drop-schema',
    severity: 'error',
    about: 'data',
    engines: everywhere,
    title: 'A schema or a database is dropped',
    look: (operation) => {
      if (operation.do !== 'dropSchema') return null
      return {
        message: `${operation.what} ${operation.name} is gone, with all that is in it`,
        safe: 'A migration is no place for that. Drop what is in it step by step, when nobody uses it.',
      }
    },
  },
  {
    id: 'truncate',
    severity: 'error',
    about: 'data',
    engines: everywhere,
    title: 'A table is emptied',
    look: (operation) => {
      if (operation.do !== 'truncate') return null
      return {
        message: `${operation.table} loses all its rows${operation.cascade ? ', and so does every table that has a foreign key to it' : ''}; readers and writers wait`,
        safe: 'DELETE in batches of rows that are known to be useless, by the key.',
      }
    },
  },
  {
    id: 'cascade',
    severity: 'error',
    about: 'data',
    engines: ['postgres'],
    title: 'CASCADE drops what is not named',
    look: (operation, { known }) => {
      if (!('cascade' in operation) || !operation.cascade || operation.do === 'truncate') return null
      if (operation.do === 'dropIndex' && known.indexes.has(nameKey(operation.name))) return null
      return {
        message:
          'CASCADE also drops whatever depends on it: views, foreign keys of other tables, functions, and nobody is told',
        safe: 'Name what is to go in statements of its own, without CASCADE: the server then says what was forgotten.',
      }
    },
  },
  {
    id: 'update-all-rows',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'One statement changes all rows of a table',
    look: (operation) => {
      if (operation.do !== 'write' || operation.verb === 'insert' || operation.rows === 'some') return null
      const what = `${operation.verb === 'update' ? 'UPDATE' : 'DELETE'} of ${tableKey(operation.table)}`
      const safe =
        'In batches by the key, each a transaction of its own; the backfill of addColumn or changeType does that, throttled and resumable.'
      if (operation.rows === 'all')
        return {
          message: `${what} without WHERE: its rows are locked until the end, writers of any of them wait so long, and replicas and vacuum fall behind`,
          safe,
        }
      return {
        message: `${what} names no rows in its WHERE but those that lack something, which may be nearly all: they are locked until the end`,
        safe,
        severity: 'warning',
      }
    },
  },
]
