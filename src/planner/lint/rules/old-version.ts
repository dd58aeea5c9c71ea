import { columnKey, tableKey } from '../known.ts'
import { everywhere, postgres, type Rule } from '../rule.ts'

/** What the version that is running cannot find any more, or does not expect. */
export const oldVersionRules: readonly Rule[] = [
  {
    id: 'rename-column',
    severity: 'error',
    about: 'old version',
    engines: everywhere,
    title: 'A column gets another name under the version that is running',
    look: (operation, { known }) => {
      if (operation.do !== 'renameColumn' || known.columns.has(columnKey(operation.table, operation.column)))
        return null
      return {
        message: `${operation.table}.${operation.column} becomes ${operation.to}: every statement of the running version that names it fails from that moment on`,
        safe: 'The intent renameColumn keeps both names until contract. By hand: add the new column, keep both in sync by a trigger, fill it in batches, and drop the old one when nobody uses it.',
      }
    },
  },
  {
    id: 'rename-table',
    severity: 'error',
    about: 'old version',
    engines: everywhere,
    title: 'A table gets another name, or another schema, under the version that is running',
    look: (operation) => {
      if (operation.do !== 'renameTable') return null
      return {
        message: `${operation.table} becomes ${operation.to}: every statement of the running version on it fails from that moment on`,
        safe: 'Keep the name. Or rename it and, in the same transaction where there are any, CREATE VIEW under the old name, which can be written; drop the view when nobody uses it.',
      }
    },
  },
  {
    id: 'rename-schema',
    severity: 'error',
    about: 'old version',
    engines: postgres,
    title: 'A schema gets another name under the version that is running',
    look: (operation) => {
      if (operation.do !== 'renameSchema') return null
      return {
        message: `schema ${operation.name} becomes ${operation.to}: every name that is written with it, and every search_path, finds nothing`,
        safe: 'Make the new schema with views on the tables of the old one, deploy, and drop the old names later.',
      }
    },
  },
  {
    id: 'rename-enum-value',
    severity: 'error',
    about: 'old version',
    engines: postgres,
    title: 'A label of an enum gets another name under the version that is running',
    look: (operation) => {
      if (operation.do !== 'renameLabel') return null
      return {
        message: `'${operation.label}' of ${operation.type} becomes '${operation.to}': the running version goes on writing '${operation.label}', which fails, and reads a label that it does not know`,
        safe: `ALTER TYPE ${operation.type} ADD VALUE '${operation.to}', deploy what knows both, change the rows in batches. The old label stays in the type.`,
      }
    },
  },
  {
    id: 'old-version-reads-null',
    severity: 'warning',
    about: 'old version',
    engines: postgres,
    title: 'A column loses its NOT NULL, and the running version may read a NULL',
    look: (operation) => {
      if (operation.do !== 'dropNotNull') return null
      return {
        message: `${operation.table}.${operation.column} loses its NOT NULL: the running version may read a NULL as soon as the new one writes it`,
        safe: 'The intent dropNotNull; its `down` is what the old version reads instead. By hand: only when no version that expects a value is left.',
      }
    },
  },
  {
    id: 'add-not-null-column',
    severity: 'error',
    about: 'old version',
    engines: everywhere,
    title: 'A NOT NULL column without a default',
    look: (operation, { engine }) => {
      if (operation.do !== 'addColumn') return null
      const { column, table } = operation
      if (column.nullable || column.fill !== 'none' || column.made !== 'no') return null
      const rows =
        engine === 'postgres'
          ? 'the statement fails where the table has rows (23502), and'
          : "rows that are there get '' or 0 or the first member, and"
      return {
        message: `${table}.${column.name} is NOT NULL and has no default: ${rows} every INSERT of the running version fails, because it does not give it`,
        safe: 'The intent addColumn with `up` and nullable: false. By hand: add it nullable or with a constant default, fill it in batches, and make it NOT NULL when every version gives it.',
      }
    },
  },
  {
    id: 'default-dropped-at-once',
    severity: 'error',
    about: 'old version',
    engines: everywhere,
    title: 'A NOT NULL column loses the default that the running version needs',
    look: (operation, { known }) => {
      if (operation.do !== 'dropDefault' || !known.filled.has(columnKey(operation.table, operation.column))) return null
      return {
        message: `${operation.table}.${operation.column} was just added NOT NULL and loses its default: every INSERT of the running version fails, because it does not give it`,
        safe: 'Keep the default until no version that leaves the column out is running, and drop it in a later migration (the intent dropDefault).',
      }
    },
  },
  {
    id: 'unique-index',
    severity: 'warning',
    about: 'old version',
    engines: everywhere,
    title: 'A unique index is a rule that the running version does not know',
    look: (operation, { engine }) => {
      if (operation.do !== 'createIndex' || !operation.unique) return null
      const left = engine === 'postgres' && operation.concurrently ? ' and an invalid index is left' : ''
      return {
        message: `the running version may write what ${operation.name ?? 'the index'} on ${operation.table} refuses, and where the table has duplicates the statement fails${left}`,
        safe: 'The intent addIndex with unique: true builds it at contract, behind a gate that names the duplicates. By hand: look for duplicates first (GROUP BY ... HAVING count(*) > 1), and have the running version write none.',
      }
    },
  },
  {
    id: 'prepared-select-star',
    severity: 'note',
    about: 'old version',
    engines: postgres,
    title: 'A column appears under statements that were prepared with SELECT *',
    look: (operation) => {
      if (operation.do !== 'addColumn') return null
      return {
        message: `${tableKey(operation.table)} gets a column: SELECT * and RETURNING * that were prepared before fail once with 0A000, and INSERT or COPY without a list of columns mean other columns`,
        safe: 'List the columns in the app; `migrate check` finds the statements that do not.',
      }
    },
  },
  {
    id: 'json-column',
    severity: 'warning',
    about: 'old version',
    engines: postgres,
    title: 'A json column has no equality',
    look: (operation) => {
      if (operation.do !== 'addColumn' || operation.column.type !== 'json') return null
      return {
        message: `${operation.table}.${operation.column.name} is json, which has no equality: SELECT DISTINCT, UNION and GROUP BY over the whole row fail`,
        safe: 'Use jsonb.',
      }
    },
  },
]
