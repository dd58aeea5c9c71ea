import { isZero, tableKey } from '../known.ts'
import { strongLockBeside, strongModes } from '../locks.ts'
import { leavesOpen } from '../online.ts'
import type { Operation } from '../operations.ts'
import { everywhere, mysql, postgres, type Rule } from '../rule.ts'

const isConcurrent = (operation: Operation): boolean => 'concurrently' in operation && operation.concurrently

/** How a file is run: transactions, time limits, settings. */
export const runningRules: readonly Rule[] = [
  {
    id: 'concurrently-in-transaction',
    severity: 'error',
    about: 'fails',
    engines: postgres,
    title: 'CONCURRENTLY inside a transaction',
    ofNewTables: true,
    ofFiles: true,
    look: (operation, { known }) => {
      if (!isConcurrent(operation) || known.transaction === null) return null
      return {
        message:
          'CONCURRENTLY is refused inside a transaction (25001): the statement fails, and all before it is rolled back',
        safe: 'A file of its own, with the word by which your tool opens no transaction: `-- +goose NO TRANSACTION`, `-- migrate:up transaction:false`; or COMMIT before it.',
      }
    },
  },
  {
    id: 'concurrently-under-lock-timeout',
    severity: 'warning',
    about: 'fails',
    engines: postgres,
    title: 'CONCURRENTLY under a short lock_timeout',
    ofNewTables: true,
    ofFiles: true,
    look: (operation, { known }) => {
      if (operation.do !== 'createIndex' || !operation.concurrently) return null
      const timeout = known.settings.get('lock_timeout')
      if (timeout === undefined || isZero(timeout)) return null
      return {
        message: `lock_timeout is ${timeout}: the build waits for every older transaction, ends after that time, and leaves an invalid index`,
        safe: "SET lock_timeout = '0' before it: such a build blocks nobody while it waits.",
      }
    },
  },
  {
    id: 'no-lock-timeout',
    severity: 'warning',
    about: 'lock',
    engines: everywhere,
    title: 'A change of a table that may wait for ever, and everybody behind it',
    ofFiles: true,
    ofNewTables: true,
    once: true,
    look: (operation, { engine, known }) => {
      const table = strongLockBeside(operation, (name) => known.tables.has(tableKey(name)))
      if (table === null || known.timeout) return null
      const setting = engine === 'postgres' ? 'lock_timeout' : 'lock_wait_timeout'
      return {
        message: `no ${setting} is set before this change of ${table}: while it waits for one long transaction, everybody else who comes to the table waits behind it`,
        safe:
          engine === 'postgres'
            ? "SET lock_timeout = '2s' first, and try again when it ends with 55P03. Bellows does both."
            : 'SET SESSION lock_wait_timeout = 2 first, and try again when it ends with 1205. Bellows does both.',
      }
    },
  },
  {
    id: 'work-under-lock',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'Rows are changed or read while a lock of the same transaction keeps others out',
    ofFiles: true,
    look: (operation, { known }) => {
      if (known.transaction === null || known.held === null) return null
      const works =
        (operation.do === 'write' && operation.rows !== 'some' && !known.tables.has(tableKey(operation.table))) ||
        (operation.do === 'createIndex' && !operation.concurrently)
      if (!works) return null
      const { table, line } = known.held
      return {
        message: `the transaction holds the lock on ${table} that line ${line} took, until its end: others wait for all of this as well`,
        safe: 'Each change of a table is a transaction of its own, and rows are changed in others.',
      }
    },
  },
  {
    id: 'enum-value-in-transaction',
    severity: 'error',
    about: 'fails',
    engines: postgres,
    title: 'A new label of an enum is used in its transaction',
    ofNewTables: true,
    ofFiles: true,
    look: (operation, { known }) => {
      if (operation.do !== 'write' || known.transaction === null) return null
      const used = operation.texts.find((text) => known.labels.has(text))
      if (used === undefined) return null
      return {
        message: `'${used}' was added in the same transaction, in which it may not be used (55P04)`,
        safe: 'COMMIT after ALTER TYPE ... ADD VALUE, or a file for each.',
      }
    },
  },
  {
    id: 'lock-table',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'A table is locked by hand',
    look: (operation) => {
      if (operation.do !== 'lockTable' || !strongModes.has(operation.mode)) return null
      return {
        message: `LOCK of ${operation.table} in ${operation.mode}: others wait until it is given back`,
        safe: 'No statement that lets others work needs it.',
      }
    },
  },
  {
    id: 'row-security',
    severity: 'warning',
    about: 'old version',
    engines: postgres,
    title: 'Row security changes what the running version sees',
    look: (operation) => {
      if (operation.do !== 'security') return null
      return {
        message: `${operation.what} on ${operation.table}: rows may vanish from the running version's queries, or its writes may be refused, at once`,
        safe: 'Make the policies first, for every role that the app has, and try them by SET ROLE.',
      }
    },
  },
  {
    id: 'raw-sql-lock',
    severity: 'warning',
    about: 'lock',
    engines: mysql,
    title: 'An ALTER leaves it to the server whether writers wait',
    yields: true,
    look: (operation, { statement }) => {
      if (!alters(operation) || !leavesOpen(statement)) return null
      return {
        message: `this change of ${'table' in operation ? operation.table : 'the table'} says neither ALGORITHM nor LOCK: where the server cannot do it in place, as with a FULLTEXT index on the table, it copies the table while writers wait`,
        safe: 'Say ALGORITHM=INSTANT, or LOCK=NONE: the server then refuses what it cannot do so.',
      }
    },
  },
  {
    id: 'foreign-key-checks-off',
    severity: 'warning',
    about: 'data',
    engines: mysql,
    title: 'Foreign keys are not looked at',
    ofNewTables: true,
    look: (operation) => {
      if (operation.do !== 'set' || operation.name !== 'foreign_key_checks') return null
      if (!/^(0|off|false)$/i.test(operation.value ?? '')) return null
      return {
        message:
          'without foreign_key_checks rows without a parent come in, and a foreign key that is added is taken for valid without a look',
        safe: 'Leave it on. Where it is off for the sake of speed, look for rows without a parent afterwards.',
      }
    },
  },
  {
    id: 'not-strict',
    severity: 'warning',
    about: 'data',
    engines: mysql,
    title: 'Values that do not fit are changed without an error',
    ofNewTables: true,
    look: (operation) => {
      if (operation.do !== 'set' || operation.name !== 'sql_mode') return null
      if (operation.value === null || /strict|traditional|@|default/i.test(operation.value)) return null
      return {
        message:
          'this sql_mode is not strict: a value that does not fit is cut or becomes 0, and MODIFY ... NOT NULL makes 0 of a NULL',
        safe: 'Keep STRICT_TRANS_TABLES in sql_mode.',
      }
    },
  },
  {
    id: 'ddl-commits',
    severity: 'warning',
    about: 'fails',
    engines: mysql,
    title: 'A change of the schema commits the transaction around it',
    ofNewTables: true,
    ofFiles: true,
    look: (operation, { known }) => {
      if (known.transaction === null || !(alters(operation) || isDdl(operation))) return null
      return {
        message:
          'this statement commits the transaction around it before it begins, and again after it: a ROLLBACK takes nothing of it back',
        safe: 'Leave the transaction out. One change a file, which can be run again.',
      }
    },
  },
]

/** An ALTER TABLE, or a CREATE INDEX, that asks for no more than can be done while others write. */
function alters(operation: Operation): boolean {
  const kinds: readonly string[] = [
    'addColumn',
    'dropColumn',
    'renameColumn',
    'setDefault',
    'dropDefault',
    'dropNotNull',
    'createIndex',
    'dropIndex',
    'dropConstraint',
    'alterOther',
  ]
  return kinds.includes(operation.do)
}

const isDdl = (operation: Operation): boolean =>
  [
    'createTable',
    'dropTable',
    'renameTable',
    'truncate',
    'addConstraint',
    'changeType',
    'setNotNull',
    'remake',
  ].includes(operation.do)
