import { nameKey, tableKey } from '../known.ts'
import { everywhere, postgres, type Rule } from '../rule.ts'

/** Indexes: how they are built, and how they go. */
export const indexRules: readonly Rule[] = [
  {
    id: 'index-blocks-writes',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'An index is built while writers wait',
    look: (operation, { engine, statement }) => {
      if (operation.do !== 'createIndex' || operation.concurrently) return null
      if (engine === 'postgres')
        return {
          message: `an index on ${operation.table} is built under SHARE: writers wait for all of it`,
          safe: 'The intent addIndex. By hand: CREATE INDEX CONCURRENTLY, outside a transaction, and look at pg_index.indisvalid after it.',
        }
      if (operation.kind !== 'usual')
        return {
          message: `a ${operation.kind.toUpperCase()} index on ${operation.table} is built under LOCK=SHARED: writers wait for all of it`,
          safe: 'At a quiet time: no server builds the first one while others write.',
        }
      const { algorithm, lock = 'default' } = statement
      if (!['shared', 'exclusive'].includes(lock) && (algorithm !== 'copy' || lock === 'none')) return null
      return {
        message: `an index on ${operation.table} is built with words that make writers wait`,
        safe: 'The intent addIndex. By hand: ALGORITHM=INPLACE, LOCK=NONE.',
      }
    },
  },
  {
    id: 'drop-index',
    severity: 'warning',
    about: 'lock',
    engines: postgres,
    title: 'An index is dropped while nobody reads or writes',
    look: (operation, { known }) => {
      if (operation.do !== 'dropIndex' || operation.concurrently) return null
      if (known.indexes.has(nameKey(operation.name))) return null
      return {
        message: `${operation.name} is dropped under ACCESS EXCLUSIVE on its table, which queues behind everybody who uses it`,
        safe: 'DROP INDEX CONCURRENTLY, outside a transaction; not for an index behind a constraint, which goes by DROP CONSTRAINT.',
      }
    },
  },
  {
    id: 'reindex',
    severity: 'error',
    about: 'lock',
    engines: postgres,
    title: 'An index is made anew while others wait',
    look: (operation, { known }) => {
      if (operation.do !== 'reindex' || operation.concurrently || known.tables.has(tableKey(operation.name)))
        return null
      return {
        message: `REINDEX of ${operation.name}: writers of the table wait for all of it, and so does who reads by that index`,
        safe: 'REINDEX ... CONCURRENTLY, outside a transaction.',
      }
    },
  },
  {
    id: 'index-left-invalid',
    severity: 'warning',
    about: 'fails',
    engines: postgres,
    title: 'IF NOT EXISTS passes over an invalid index',
    look: (operation) => {
      if (operation.do !== 'createIndex' || !operation.concurrently || !operation.ifNotExists) return null
      return {
        message: `where a build of ${operation.name ?? 'the index'} failed before, IF NOT EXISTS finds the invalid index that it left and is content: no query uses it, and every write keeps it up`,
        safe: 'The intent addIndex finds an invalid index and builds it anew. By hand: DROP INDEX CONCURRENTLY IF EXISTS before it, or look at pg_index.indisvalid.',
      }
    },
  },
]
