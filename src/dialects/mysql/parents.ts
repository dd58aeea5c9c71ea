import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Action } from '../../planner/steps.ts'
import type { Session } from '../dialect.ts'
import { inQueueFrom } from './quiet.ts'
import { compileSql, firstOf, type MysqlStatement } from './sql.ts'

/** So many tries more there have to be in vain until a lock on parents too is waited for in the queue: it meets what uses any of them. They take most of a minute. */
export const withParentsInQueueFrom: number = inQueueFrom + 8

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

/**
 * These tables and all that LOCK TABLES ... WRITE of them locks against readers as well: on MySQL what their foreign keys change by a
 * cascade, on both servers what their triggers use, and so on. A body is only text to the server: a table that it may name counts.
 */
export async function withLocked(observer: Session, tables: readonly TableRef[]): Promise<readonly TableRef[]> {
  const schemas = [...new Set(tables.map(({ schema }) => schema))]
  const edges = (await Promise.all(schemas.map((schema) => observer.query<Edge>(brings(schema))))).flatMap(
    ({ rows }) => rows,
  )
  const found = [...tables]
  // Grows while it is walked.
  for (const { schema, name } of found)
    for (const edge of edges)
      if (edge.byName === name && edge.bySchema === schema && !found.some((each) => isSame(each, edge)))
        found.push({ schema: edge.schema, name: edge.name })
  return found
}

interface Edge extends TableRef {
  readonly bySchema: string
  readonly byName: string
}

const isSame = (a: TableRef, b: TableRef): boolean => a.schema === b.schema && a.name === b.name

function brings(schema: string): MysqlStatement {
  const columns = (...from: readonly string[]): RawBuilder<unknown> => {
    const names = ['bySchema', 'byName', 'schema', 'name']
    return sql.join(from.map((column, at) => sql`${sql.raw(column)} as ${sql.id(names[at] ?? '')}`))
  }
  const changes = (rule: string): RawBuilder<unknown> => sql`${sql.raw(rule)} in ('CASCADE', 'SET NULL', 'SET DEFAULT')`
  return compileSql(
    sql`select ${columns('r.unique_constraint_schema', 'r.referenced_table_name', 'r.constraint_schema', 'r.table_name')} from information_schema.referential_constraints r where r.unique_constraint_schema = ${schema} and version() not like '%mariadb%' and (${changes('r.delete_rule')} or ${changes('r.update_rule')}) union select ${columns('t.event_object_schema', 't.event_object_table', 'x.table_schema', 'x.table_name')} from information_schema.triggers t join information_schema.tables x on x.table_schema = t.event_object_schema and x.table_type = 'BASE TABLE' and locate(lower(x.table_name), lower(t.action_statement)) > 0 where t.event_object_schema = ${schema}`,
  )
}
