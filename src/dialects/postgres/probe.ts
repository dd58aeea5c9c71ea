import { sql } from 'kysely'
import type { Action } from '../../planner/steps.ts'
import type { CompileContext, Session, StepStatement } from '../dialect.ts'
import { compile } from './compile.ts'
import { compileSql } from './sql.ts'

/**
 * Is this action's effect there? Only what cannot share a transaction with the ledger is asked: an index that was being
 * built when the runner died is there and invalid (manual, CREATE INDEX, Building Indexes Concurrently).
 */
export async function probe(session: Session, action: Action): Promise<'done' | 'todo' | 'broken'> {
  if (action.do !== 'createIndex' && action.do !== 'dropIndex') return 'todo'
  const name = action.do === 'createIndex' ? action.index.name : action.name
  const found = await session.query<{ valid: boolean }>(
    compileSql(
      sql`select i.indisvalid and i.indisready as valid from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${action.table.schema} and c.relname = ${name}`,
    ),
  )
  const [row] = found.rows
  if (action.do === 'dropIndex') return row === undefined ? 'done' : 'todo'
  if (row === undefined) return 'todo'
  return row.valid ? 'done' : 'broken'
}

/** What has to go before a broken attempt is made again. */
export function mend(action: Action, context: CompileContext): readonly StepStatement[] {
  if (action.do !== 'createIndex') return []
  return compile({ do: 'dropIndex', table: action.table, name: action.index.name, concurrently: true }, context)
}
