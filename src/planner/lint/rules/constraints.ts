import { columnKey, type Known, tableKey } from '../known.ts'
import { leavesOpen } from '../online.ts'
import type { NewConstraint, Operation } from '../operations.ts'
import { everywhere, type Found, postgres, type Rule } from '../rule.ts'

/** Rules of tables: what looks at all rows, and what is locked meanwhile. */
export const constraintRules: readonly Rule[] = [
  {
    id: 'set-not-null',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'NOT NULL on a column that is there',
    look: (operation, at) => {
      if (operation.do !== 'setNotNull' && !(isNew(operation, 'not null') && !operation.constraint.notValid))
        return null
      const column = operation.do === 'setNotNull' ? operation.column : operation.constraint.proves[0]
      if (column === undefined) return null
      if (isProven(at.known, operation.table, column)) return null
      const name = `${ownName(operation.table)}_${column}_not_null`
      return {
        message: `${operation.table}.${column} becomes NOT NULL: all rows are read under ACCESS EXCLUSIVE while nobody reads or writes, and the running version may still write NULL`,
        safe: `The intent setNotNull. By hand: ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT ${name} in a transaction of its own; SET NOT NULL, which is proven then; DROP CONSTRAINT ${name} as a statement of its own.`,
      }
    },
  },
  {
    id: 'add-check',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'A CHECK that reads all rows',
    look: (operation, at) => {
      const found = looked(operation, 'check')
      if (found === null || (at.engine !== 'postgres' && !leavesOpen(at.statement))) return null
      // With a column that is new and empty there is nothing to look at.
      if (operation.do === 'addColumn' && (at.engine !== 'postgres' || operation.column.fill === 'none')) return null
      return {
        message:
          at.engine === 'postgres'
            ? `a CHECK on ${found.table}: all rows are read under ACCESS EXCLUSIVE while nobody reads or writes`
            : `a CHECK on ${found.table}: the table is copied while writers wait (on MariaDB from 11.2 on they may write)`,
        safe:
          at.engine === 'postgres'
            ? 'ADD CONSTRAINT ... CHECK (...) NOT VALID, and VALIDATE CONSTRAINT in a transaction of its own, which lets others write.'
            : 'Let the new version keep the rule, or put it into a trigger; on MySQL ADD CONSTRAINT ... CHECK (...) NOT ENFORCED is instant.',
      }
    },
  },
  {
    id: 'add-foreign-key',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'A foreign key that reads all rows',
    look: (operation, at) => {
      const found = looked(operation, 'foreign key')
      if (found === null || (at.engine !== 'postgres' && !leavesOpen(at.statement))) return null
      const parent = found.references ?? 'the table it points at'
      if (at.engine !== 'postgres')
        return {
          message: `a foreign key on ${found.table}: the table is copied while writers wait (on MariaDB from 11.2 on they may write)`,
          safe: 'Without foreign_key_checks it is made in place, and rows that are there are not looked at: do so only after you have looked, and watched, that there is none without a parent.',
        }
      if (operation.do === 'addColumn')
        return {
          message: `a foreign key in ADD COLUMN: ${found.table} is locked against readers and writers and ${parent} against writers, both until the end of the transaction`,
          safe: 'Add the column, then ADD CONSTRAINT ... FOREIGN KEY ... NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own.',
          ...(operation.column.fill === 'none' ? { severity: 'warning' as const } : {}),
        }
      return {
        message: `a foreign key on ${found.table}: all rows are looked up while nobody writes ${found.table} or ${parent} (SHARE ROW EXCLUSIVE on both)`,
        safe: 'ADD CONSTRAINT ... FOREIGN KEY ... NOT VALID, and VALIDATE CONSTRAINT in a transaction of its own, which lets others write.',
      }
    },
  },
  {
    id: 'add-unique',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'A unique constraint whose index is built under a lock',
    look: (operation) => {
      const found = looked(operation, 'unique')
      return found === null ? null : built(found.table, 'UNIQUE')
    },
  },
  {
    id: 'add-primary-key',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'A primary key whose index is built under a lock',
    look: (operation, at) => {
      const found = looked(operation, 'primary key')
      if (found === null) return null
      if (at.engine === 'postgres') return built(found.table, 'PRIMARY KEY')
      if (!leavesOpen(at.statement)) return null
      return {
        message: `a primary key on ${found.table}: the table is made anew by its order; where the server cannot do that in place, writers wait`,
        safe: 'Say ALGORITHM=INPLACE, LOCK=NONE: the server then refuses what it cannot do so.',
      }
    },
  },
  {
    id: 'add-exclusion',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'An exclusion constraint whose index is built under a lock',
    look: (operation) => {
      if (!isNew(operation, 'exclusion')) return null
      return {
        message: `an exclusion constraint on ${operation.table}: its index is built under ACCESS EXCLUSIVE while nobody reads or writes, and there is no way to build it before`,
        safe: 'At a quiet time; or on a new table that is filled beside the old one.',
      }
    },
  },
  {
    id: 'drop-constraint',
    severity: 'warning',
    about: 'old version',
    engines: everywhere,
    title: 'A constraint is dropped',
    look: (operation, { engine, known }) => {
      if (operation.do !== 'dropConstraint' || operation.kind === 'primary key') return null
      if (known.constraints.has(columnKey(operation.table, operation.name))) return null
      const lock =
        engine === 'postgres'
          ? '; of a foreign key both tables are locked against readers and writers for a moment'
          : ''
      return {
        message: `${operation.name} of ${operation.table} is dropped: what it kept out, or did by a cascade, nobody does any more${lock}`,
        safe: 'When no version needs it. Of a foreign key, lock the table it points at first, in one transaction with lock_timeout.',
      }
    },
  },
  {
    id: 'validate-in-transaction',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'NOT VALID and VALIDATE in one transaction',
    ofFiles: true,
    look: (operation, { known }) => {
      if (operation.do !== 'validate' || known.transaction === null) return null
      const own = known.constraints.get(columnKey(operation.table, operation.name))
      if (own === undefined || own.transaction !== known.transaction) return null
      return {
        message: `${operation.name} was added in the same transaction, whose lock on ${operation.table} is held while all rows are read`,
        safe: 'COMMIT between the two, or a file for each.',
      }
    },
  },
  {
    id: 'many-foreign-keys',
    severity: 'warning',
    about: 'lock',
    engines: postgres,
    title: 'Several foreign keys in one transaction',
    ofFiles: true,
    look: (operation, { known }) => {
      if (looked(operation, 'foreign key', true) === null || known.transaction === null || known.foreignKeys === 0)
        return null
      return {
        message:
          'a second foreign key in one transaction: it holds locks on more and more tables, and may end in a deadlock with the app',
        safe: 'A transaction for each.',
      }
    },
  },
]

interface Looked {
  readonly table: string
  readonly references: string | null
}

function isNew(
  operation: Operation,
  kind: NewConstraint['kind'],
): operation is Extract<Operation, { do: 'addConstraint' }> {
  return operation.do === 'addConstraint' && operation.constraint.kind === kind
}

/** A constraint of this kind for which rows are looked at, by itself or with a column. */
function looked(operation: Operation, kind: NewConstraint['kind'], also = false): Looked | null {
  if (operation.do === 'addColumn') {
    const { table, column } = operation
    const has = { check: column.check, unique: column.unique, 'primary key': column.primary }[kind as 'check'] ?? false
    if (kind === 'foreign key') return column.references === null ? null : { table, references: column.references }
    return has ? { table, references: null } : null
  }
  if (!isNew(operation, kind) || operation.constraint.usingIndex) return null
  if (operation.constraint.notValid && !also) return null
  return { table: operation.table, references: operation.constraint.references }
}

function built(table: string, what: string): Found {
  return {
    message: `${what} on ${table}: its index is built under ACCESS EXCLUSIVE while nobody reads or writes, and the running version may write what it refuses`,
    safe: `CREATE UNIQUE INDEX CONCURRENTLY, look whether it is valid, and ADD CONSTRAINT ... ${what} USING INDEX. The intent addIndex with unique: true builds it behind a gate that names duplicates.`,
  }
}

/** A valid CHECK says so, from before this transaction's lock or from this file. */
function isProven(known: Known, table: string, column: string): boolean {
  return [...known.constraints.values()].some(
    (own) => own.table === tableKey(table) && own.valid && own.proves.includes(column),
  )
}

const ownName = (table: string): string => table.slice(table.lastIndexOf('.') + 1)
