import type { Operation } from './operations.ts'

/** The same for a file that makes some of its tables: nobody uses those, but a foreign key of theirs locks the table it points at. */
export function strongLockBeside(operation: Operation, isNew: (table: string) => boolean): string | null {
  const table = strongLock(operation)
  if (table === null || !isNew(table)) return table
  const other =
    operation.do === 'addConstraint'
      ? operation.constraint.references
      : operation.do === 'addColumn'
        ? operation.column.references
        : null
  return other === null || isNew(other) ? null : other
}

/**
 * The table on which PostgreSQL takes a lock that keeps writers or readers out, null where it does not. All of these queue
 * behind whoever uses the table, and everybody else behind them (manual, "Explicit Locking").
 */
export function strongLock(operation: Operation): string | null {
  switch (operation.do) {
    case 'dropTable':
    case 'renameTable':
    case 'addColumn':
    case 'dropColumn':
    case 'renameColumn':
    case 'changeType':
    case 'setNotNull':
    case 'dropNotNull':
    case 'setDefault':
    case 'dropDefault':
    case 'addConstraint':
    case 'dropConstraint':
    case 'remake':
    case 'attachPartition':
    case 'truncate':
    case 'alterOther':
    case 'security':
      return operation.table
    case 'reindex':
      return operation.concurrently ? null : operation.name
    case 'domainConstraint':
      return operation.notValid ? null : `every table with ${operation.name}`
    case 'dropOther':
      return operation.what === 'view' || operation.what === 'matview' ? operation.name : null
    case 'lockTable':
      return strongModes.has(operation.mode) ? operation.table : null
    case 'createIndex':
    case 'detachPartition':
      return operation.concurrently ? null : operation.table
    case 'dropIndex':
      return operation.concurrently ? null : operation.name
    case 'createTable':
      return operation.partitionOf ?? referenced(operation.constraints, operation.columns)
    default:
      return null
  }
}

/** Those of LOCK TABLE that keep writers out. */
export const strongModes: ReadonlySet<string> = new Set([
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
  'WRITE',
  'READ',
])

const referenced = (...lists: readonly (readonly { readonly references: string | null }[])[]): string | null =>
  lists.flat().find(({ references }) => references !== null)?.references ?? null
