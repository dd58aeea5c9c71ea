import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Action } from '../../planner/steps.ts'
import type { Session } from '../dialect.ts'
import { inQueueFrom } from './quiet.ts'
import { firstOf, type MysqlStatement } from './sql.ts'

/** Locks tables for a section. */
export type LockTables = Extract<Action, { do: 'lockTables' }>

/**
 * The same lock, and the parents that are being written in it. LOCK TABLES of a child takes a lock on its parents that only readers
 * share, and MySQL lets every new writer pass before it: writers that overlap keep it waiting without end, and all that use the
 * child with it. A WRITE lock goes before new writers, and is had when the transactions are over that are there; but the parents'
 * readers wait too until the end of the section, so only after that has been tried in vain. Parents first, by name: the servers
 * bring them into one order for all in any case, that of the names. Those of other databases stay out: the account need not
 * have the right to lock there.
 */
export async function withParents(observer: Session, action: LockTables, tries: number): Promise<LockTables> {
  // Where they are free, or written with pauses, fewer tries get through without. And while a lock on several tables is waited for, a
  // transaction that holds a later one and comes for an earlier one fails (1213), as behind any change that is in the queue.
  if (tries < inQueueFrom) return action
  const { rows } = await observer.query<TableRef>(writtenParents(action.tables))
  const parents = rows.filter(({ schema, name }) => !action.tables.some((t) => t.schema === schema && t.name === name))
  return parents.length === 0 ? action : { ...action, tables: [...parents, ...action.tables] }
}

/** Those that somebody is writing; none where the server does not tell: to stop the readers of a table takes a reason. */
function writtenParents(tables: readonly TableRef[]): MysqlStatement {
  const children = tables.map(({ schema, name }) => sql`k.table_schema = ${schema} and k.table_name = ${name}`)
  const parents = (which: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`select distinct k.referenced_table_schema as ${sql.id('schema')}, k.referenced_table_name as ${sql.id('name')} from information_schema.key_column_usage k where (${sql.join(children, sql` or `)}) and k.referenced_table_schema = k.table_schema and ${which} order by 2`
  return firstOf(
    parents(
      sql`exists (select 1 from performance_schema.metadata_locks h where h.object_type = 'TABLE' and h.lock_type = 'SHARED_WRITE' and h.lock_status = 'GRANTED' and h.object_schema = k.referenced_table_schema and h.object_name = k.referenced_table_name)`,
    ),
    parents(sql`false`),
  )
}
