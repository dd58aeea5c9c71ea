import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Statement } from '../dialect.ts'

/** Compiles without a server; every statement of this dialect is made through it. */
// biome-ignore lint/suspicious/noExplicitAny: the tables are the users', known at run time only
export const builder: Kysely<any> = new Kysely<any>({
  dialect: {
    createDriver: () => new DummyDriver(),
    createQueryCompiler: () => new MysqlQueryCompiler(),
    createAdapter: () => new MysqlAdapter(),
    createIntrospector: (db) => new MysqlIntrospector(db),
  },
})

/** A statement with what to ask instead where the account or the server does not have what it needs. */
export interface MysqlStatement extends Statement {
  readonly otherwise?: MysqlStatement
}

/** Stands among the values for the threads of this process on that server, as a JSON array: they are not "others". */
export const ownThreads: unique symbol = Symbol('own threads')

/** The text and the bound values of a statement. */
export function compileSql(query: RawBuilder<unknown>): Statement {
  const compiled = query.compile(builder)
  return { sql: compiled.sql, parameters: compiled.parameters }
}

/** The first of these questions that account and server can answer. The last one is asked without a way out. */
export function firstOf(query: RawBuilder<unknown>, ...others: readonly RawBuilder<unknown>[]): MysqlStatement {
  const [next, ...rest] = others
  return { ...compileSql(query), ...(next === undefined ? {} : { otherwise: firstOf(next, ...rest) }) }
}

/** A quoted table name with its database, which is what MySQL calls a schema. */
export function tableRef(table: TableRef): RawBuilder<unknown> {
  return sql.id(table.schema, table.name)
}

/** A quoted identifier as text, for the places where a definition is text already (bodies of triggers and functions). */
export function quote(...names: readonly string[]): string {
  return compileSql(sql.id(...names)).sql
}

/**
 * A quoted literal as text, for the same places. A backslash escapes in the sessions of ours (NO_BACKSLASH_ESCAPES is off),
 * and in what they create: routines keep the sql_mode that they were made under.
 */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`
}
