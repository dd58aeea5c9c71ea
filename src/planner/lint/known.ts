import { strongLockBeside } from './locks.ts'
import type { Engine, Operation, ReadStatement } from './operations.ts'

/** A constraint of which a file tells. */
interface KnownConstraint {
  readonly table: string
  readonly kind: string
  readonly proves: readonly string[]
  readonly valid: boolean
  /** The transaction that made it; null for each statement by itself. */
  readonly transaction: number | null
}

/** What a file has said up to a statement. */
export interface Known {
  /** Tables that it makes: they are empty, and nobody uses them. */
  readonly tables: ReadonlySet<string>
  /** `table.column` that it adds. */
  readonly columns: ReadonlySet<string>
  /** Those of them that are NOT NULL with a default. */
  readonly filled: ReadonlySet<string>
  readonly indexes: ReadonlySet<string>
  readonly constraints: ReadonlyMap<string, KnownConstraint>
  /** Counts transactions; null: each statement is one of its own. */
  readonly transaction: number | null
  /** How long a statement may wait for a lock is set. */
  readonly timeout: boolean
  /** The strong lock that the transaction holds, and the statement that took it. */
  readonly held: { readonly table: string; readonly line: number } | null
  /** Labels of enums that the transaction added. */
  readonly labels: ReadonlySet<string>
  /** Foreign keys that the transaction added. */
  readonly foreignKeys: number
  /** Settings that were made. */
  readonly settings: ReadonlyMap<string, string>
  /** What is set again when the transaction ends: SET LOCAL was said in it. */
  readonly after: Pick<Known, 'settings' | 'timeout'> | null
  /** How many transactions began. */
  readonly count: number
}

/** Before the first statement. */
export function beginning(inTransaction: boolean, timeout: boolean): Known {
  return {
    tables: new Set(),
    columns: new Set(),
    filled: new Set(),
    indexes: new Set(),
    constraints: new Map(),
    transaction: inTransaction ? 0 : null,
    timeout,
    held: null,
    labels: new Set(),
    foreignKeys: 0,
    settings: new Map(),
    after: null,
    count: 0,
  }
}

/** A table by its name, wherever the default schema is written. */
export const tableKey = (table: string): string => table.replace(/^public\./, '')
/** A column of a table. */
export const columnKey = (table: string, column: string): string => `${tableKey(table)}.${column}`

/** The name under which an index or constraint is remembered: that of an index is unique in its schema. */
export const nameKey = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

const plus = <T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> => new Set(set).add(item)

/** What is known after an operation. */
export function advance(known: Known, operation: Operation, statement: ReadStatement, engine: Engine): Known {
  const next = remember(known, operation)
  if (engine !== 'postgres' || next.transaction === null || next.held !== null) return next
  const table = strongLockBeside(operation, (name) => known.tables.has(tableKey(name)))
  if (table === null) return next
  return { ...next, held: { table, line: statement.line } }
}

function remember(known: Known, operation: Operation): Known {
  switch (operation.do) {
    case 'createTable':
      return { ...known, tables: plus(known.tables, tableKey(operation.table)) }
    case 'renameTable': {
      const key = tableKey(operation.table)
      return known.tables.has(key) ? { ...known, tables: plus(known.tables, tableKey(operation.to)) } : known
    }
    case 'addColumn':
      return rememberColumn(known, operation)
    case 'renameColumn': {
      const key = columnKey(operation.table, operation.column)
      if (!known.columns.has(key)) return known
      return { ...known, columns: plus(known.columns, columnKey(operation.table, operation.to)) }
    }
    case 'createIndex':
      return operation.name === null ? known : { ...known, indexes: plus(known.indexes, nameKey(operation.name)) }
    case 'addConstraint':
      return rememberConstraint(known, operation)
    case 'validate':
    case 'dropConstraint':
      return changeConstraint(known, operation)
    case 'addLabel':
      return { ...known, labels: plus(known.labels, operation.label) }
    case 'set':
      return rememberSetting(known, operation)
    case 'transaction':
      return turn(known, operation.word)
    default:
      return known
  }
}

function rememberColumn(known: Known, { table, column }: Extract<Operation, { do: 'addColumn' }>): Known {
  const key = columnKey(table, column.name)
  return {
    ...known,
    columns: plus(known.columns, key),
    filled: column.nullable || column.fill === 'none' ? known.filled : plus(known.filled, key),
    foreignKeys: known.foreignKeys + (column.references === null ? 0 : 1),
  }
}

function rememberConstraint(known: Known, { table, constraint }: Extract<Operation, { do: 'addConstraint' }>): Known {
  const { name, kind, proves, notValid } = constraint
  const foreignKeys = known.foreignKeys + (kind === 'foreign key' ? 1 : 0)
  if (name === null) return { ...known, foreignKeys }
  const { transaction } = known
  const own = { table: tableKey(table), kind, proves, valid: !notValid, transaction }
  return { ...known, foreignKeys, constraints: new Map(known.constraints).set(columnKey(table, name), own) }
}

function changeConstraint(known: Known, operation: Extract<Operation, { do: 'validate' | 'dropConstraint' }>): Known {
  const key = columnKey(operation.table, operation.name)
  const own = known.constraints.get(key)
  const constraints = new Map(known.constraints)
  if (operation.do === 'dropConstraint') constraints.delete(key)
  // One of an earlier file: it is there, and valid now.
  else constraints.set(key, own === undefined ? unknown(operation.table) : { ...own, valid: true })
  return { ...known, constraints }
}

const unknown = (table: string): KnownConstraint => ({
  table: tableKey(table),
  kind: 'unknown',
  proves: [],
  valid: true,
  transaction: null,
})

const timeouts = ['lock_timeout', 'lock_wait_timeout']

function rememberSetting(known: Known, { name, value, local }: Extract<Operation, { do: 'set' }>): Known {
  // Outside of a transaction the server warns, and sets nothing.
  if (local && known.transaction === null) return known
  const settings = new Map(known.settings)
  if (value === null) settings.delete(name)
  else settings.set(name, value)
  const timeout = timeouts.includes(name) ? value !== null && !isZero(value) : known.timeout
  const after = local ? (known.after ?? { settings: known.settings, timeout: known.timeout }) : known.after
  return { ...known, settings, timeout, after }
}

/** `0` and `0s` wait for ever. */
export const isZero = (value: string): boolean => /^\s*0+\s*[a-z]*\s*$/i.test(value)

function turn(known: Known, word: 'begin' | 'commit' | 'rollback'): Known {
  const cleared = { ...known, ...known.after, after: null, held: null, labels: new Set<string>(), foreignKeys: 0 }
  if (word === 'begin') return { ...cleared, transaction: known.count + 1, count: known.count + 1 }
  return { ...cleared, transaction: null }
}

/** What a later file of the same folder knows: constraints are there, all else has rows and readers by then. */
export function carried(known: Known, inTransaction: boolean, timeout: boolean): Known {
  const constraints = [...known.constraints].map(([key, own]) => [key, { ...own, transaction: null }] as const)
  return { ...beginning(inTransaction, timeout), constraints: new Map(constraints) }
}
