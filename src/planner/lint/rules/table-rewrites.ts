import { leavesOpen } from '../online.ts'
import { everywhere, mysql, type Rule } from '../rule.ts'

/** What writes a table anew, or reads all of it, while nobody else may. */
export const rewritingRules: readonly Rule[] = [
  {
    id: 'rewrites-table',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'The table is written anew while others wait',
    look: (operation, at) => {
      const { engine } = at
      if (engine !== 'postgres' && !leavesOpen(at.statement)) return null
      if (operation.do === 'remake')
        return {
          message: `${operation.how}: ${operation.table} is written anew, and ${waits(engine)} for all of it`,
          safe: remakeSafe(engine, operation.how),
        }
      if (operation.do !== 'addColumn') return null
      const { column, table } = operation
      const why = whyAnew(operation.column, engine)
      if (why === null) return null
      return {
        message: `${table}.${column.name} ${why}: the table is written anew, and ${waits(engine)} for all of it`,
        safe: 'The intent addColumn with `up`: nothing is rewritten, rows are filled in batches. By hand: add the column nullable and without that, then SET DEFAULT for rows to come, fill the others in batches.',
      }
    },
  },
  {
    id: 'change-type',
    severity: 'error',
    about: 'lock',
    engines: everywhere,
    title: 'A column changes its type in place',
    look: (operation, at) => {
      if (operation.do !== 'changeType') return null
      const { table, column, type } = operation
      const safe =
        'The intent changeType: a new column in sync with the old one, filled in batches, swapped at contract. By hand the same, with a trigger.'
      if (at.engine !== 'postgres') {
        if (!leavesOpen(at.statement)) return null
        return {
          message: `${table}.${column} is defined anew: for another type the table is copied while writers wait (on MariaDB from 11.2 on they may write), and what is not said again (NOT NULL, a default, a comment) is lost`,
          safe: `${safe} Where the type stays (a comment, a longer VARCHAR), say ALGORITHM=INSTANT or LOCK=NONE: the server then refuses what it cannot do so.`,
        }
      }
      const maybe = freeTargets.has(type)
      return {
        message: maybe
          ? `${table}.${column} becomes ${type}: free only from ${freeTargets.get(type)}; from any other type the table and its indexes are written anew under ACCESS EXCLUSIVE, and nobody reads or writes`
          : `${table}.${column} becomes ${type}: the table and its indexes are written anew under ACCESS EXCLUSIVE, and nobody reads or writes (a few widenings, as of a varchar's length, only change the catalog)`,
        safe,
        ...(maybe ? { severity: 'warning' } : {}),
      }
    },
  },
  {
    id: 'drop-primary-key',
    severity: 'error',
    about: 'lock',
    engines: mysql,
    title: 'The primary key is dropped',
    look: (operation, at) => {
      if (operation.do !== 'dropConstraint' || operation.kind !== 'primary key') return null
      if (!leavesOpen(at.statement)) return null
      return {
        message: `${operation.table} loses its primary key: the table is copied while writers wait, unless the same ALTER adds a key on the same or more columns`,
        safe: 'Drop it and add the new one in one ALTER with ALGORITHM=INPLACE, LOCK=NONE: the server refuses what it cannot do so.',
      }
    },
  },
]

const waits = (engine: string): string =>
  engine === 'postgres' ? 'nobody reads or writes it' : 'writers wait (on MariaDB from 11.2 on mostly not)'

const freeTargets: ReadonlyMap<string, string> = new Map([
  ['text', 'varchar'],
  ['varchar', 'a shorter varchar or text'],
  ['numeric', 'numeric of the same scale'],
  ['inet', 'cidr'],
])

function whyAnew(
  column: { readonly made: string; readonly fill: string; readonly check: boolean },
  engine: string,
): string | null {
  if (column.made === 'stored') return 'is a stored generated column'
  if (engine === 'postgres') {
    if (column.made === 'identity') return 'numbers the rows that are there'
    return column.fill === 'each' ? 'has a default that is worked out for each row' : null
  }
  if (column.made === 'identity') return 'is AUTO_INCREMENT and numbers the rows that are there'
  if (column.fill === 'each') return 'has an expression as its default'
  return column.check && engine === 'mysql' ? 'comes with a CHECK' : null
}

function remakeSafe(engine: string, how: string): string {
  if (engine !== 'postgres')
    return 'Say ALGORITHM=INPLACE, LOCK=NONE, and the server refuses what it cannot do so; what needs a copy goes by a new column (changeType), or by a tool that copies the table beside it.'
  if (/^REFRESH/.test(how)) return 'REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on it.'
  return 'Outside a migration, by a tool that copies the table beside it, such as pg_repack.'
}
