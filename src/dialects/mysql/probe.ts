import { sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Action } from '../../planner/steps.ts'
import type { CompileContext, Session, StepStatement } from '../dialect.ts'
import { compileSql } from './sql.ts'

/** Is this action's effect there? Asked before each one: no transaction ties DDL to the ledger here. */
export async function probe(session: Session, action: Action): Promise<'done' | 'todo' | 'broken'> {
  const done = await isDone(session, action)
  return done ? 'done' : 'todo'
}

async function isDone(session: Session, action: Action): Promise<boolean> {
  switch (action.do) {
    case 'addColumn':
      return hasColumn(session, action.table, action.column.name)
    case 'dropColumn':
      return !(await hasColumn(session, action.table, action.column))
    case 'renameColumn':
      return hasColumn(session, action.table, action.to)
    case 'renameColumns': {
      // Of an exchange, only the first goal is a name that was not there before.
      const [first] = action.renames
      return first === undefined || hasColumn(session, action.table, first.to)
    }
    case 'redefineColumn':
      // What makes the table anew is not done twice. Anything else is a matter of the catalog, said again at no cost.
      return (
        action.rebuild === true &&
        (await isNotNull(session, action.table, action.column.name)) === action.column.notNull
      )
    case 'addConstraint':
      return hasConstraint(session, action.table, action.name)
    case 'dropConstraint':
      return !(await hasConstraint(session, action.table, action.name))
    case 'createTable':
      return hasTable(session, action.table)
    case 'dropTable':
      return !(await hasTable(session, action.table))
    case 'createIndex':
      return (
        (await hasIndex(session, action.table, action.index.name)) ||
        (action.ifColumn !== undefined && !(await hasColumn(session, action.table, action.ifColumn)))
      )
    case 'dropIndex':
      return !(await hasIndex(session, action.table, action.name, action.on))
    case 'hideIndex':
      // One that is gone cannot be shown any more. Anything else is said again at no cost.
      return !(await hasIndex(session, action.table, action.name))
    case 'renameIndex':
      // Of two that exchange their names, the first finds its goal there, the second finds that it has gone.
      return (await hasIndex(session, action.table, action.to)) || !(await hasIndex(session, action.table, action.from))
    default:
      return false
  }
}

async function hasTable(session: Session, table: TableRef): Promise<boolean> {
  const found = await session.query(
    compileSql(
      sql`select 1 from information_schema.tables where table_schema = ${table.schema} and table_name = ${table.name}`,
    ),
  )
  return found.rows.length > 0
}

async function hasColumn(session: Session, table: TableRef, name: string): Promise<boolean> {
  const found = await session.query(
    compileSql(
      sql`select 1 from information_schema.columns where table_schema = ${table.schema} and table_name = ${table.name} and column_name = ${name}`,
    ),
  )
  return found.rows.length > 0
}

async function isNotNull(session: Session, table: TableRef, name: string): Promise<boolean | null> {
  const { rows } = await session.query<{ nullable: string }>(
    compileSql(
      sql`select is_nullable as nullable from information_schema.columns where table_schema = ${table.schema} and table_name = ${table.name} and column_name = ${name}`,
    ),
  )
  const [row] = rows
  return row === undefined ? null : row.nullable === 'NO'
}

async function hasIndex(session: Session, table: TableRef, name: string, on?: string): Promise<boolean> {
  const column = on === undefined ? sql`` : sql` and column_name = ${on}`
  const found = await session.query(
    compileSql(
      sql`select 1 from information_schema.statistics where table_schema = ${table.schema} and table_name = ${table.name} and index_name = ${name}${column}`,
    ),
  )
  return found.rows.length > 0
}

async function hasConstraint(session: Session, table: TableRef, name: string): Promise<boolean> {
  const found = await session.query(
    compileSql(
      sql`select 1 from information_schema.table_constraints where table_schema = ${table.schema} and table_name = ${table.name} and constraint_name = ${name} and constraint_type in ('CHECK', 'FOREIGN KEY')`,
    ),
  )
  return found.rows.length > 0
}

/** A statement is done or not done here, even when the server dies in its middle: nothing is ever left broken. */
export function mend(_action: Action, _context: CompileContext): readonly StepStatement[] {
  return []
}
