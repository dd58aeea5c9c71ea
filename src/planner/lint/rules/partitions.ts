import { tableKey } from '../known.ts'
import { postgres, type Rule } from '../rule.ts'

/** Partitions and domains. */
export const partitionRules: readonly Rule[] = [
  {
    id: 'attach-partition',
    severity: 'warning',
    about: 'lock',
    engines: postgres,
    title: 'A table becomes a partition, and may be read first',
    look: (operation, { known }) => {
      if (operation.do !== 'attachPartition' || known.tables.has(tableKey(operation.partition))) return null
      return {
        message: `${operation.partition} is read under ACCESS EXCLUSIVE, unless a valid CHECK says that its rows belong there, and indexes of ${operation.table} that it lacks are built meanwhile; so is a default partition read`,
        safe: 'Add the CHECK NOT VALID, VALIDATE it, build the indexes CONCURRENTLY, and attach then.',
      }
    },
  },
  {
    id: 'detach-partition',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'A partition is detached while nobody reads or writes',
    look: (operation) => {
      if (operation.do !== 'detachPartition' || operation.concurrently) return null
      return {
        message: `${operation.partition} is detached under ACCESS EXCLUSIVE on ${operation.table}, which queues behind everybody who uses any of its partitions`,
        safe: 'DETACH PARTITION ... CONCURRENTLY, outside a transaction (not while there is a default partition).',
      }
    },
  },
  {
    id: 'create-partition',
    severity: 'warning',
    about: 'lock',
    engines: postgres,
    title: 'A partition is made in its place',
    ofNewTables: true,
    look: (operation, { known }) => {
      if (operation.do !== 'createTable' || operation.partitionOf === null) return null
      if (known.tables.has(tableKey(operation.partitionOf))) return null
      return {
        message: `CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on ${operation.partitionOf}, and reads its default partition`,
        safe: 'CREATE TABLE ... (LIKE ...) and ATTACH PARTITION, which lets others read and write the parent.',
      }
    },
  },
  {
    id: 'domain-constraint',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'A constraint of a domain reads every table that uses it',
    look: (operation) => {
      if (operation.do !== 'domainConstraint' || operation.notValid) return null
      return {
        message: `every table with a column of ${operation.name} is read while nobody writes it`,
        safe: 'ALTER DOMAIN ... ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in a transaction of its own; better a CHECK on the tables.',
      }
    },
  },
]
