import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Statement } from '../dialect.ts'

/** Compiles without a server; every statement of this dialect is made through it. */
// biome-ignore lint/suspicious/noExplicitAny: the tables are the users', known at run time only
export const builder: Kysely<any> = new Kysely<any>({
  dialect: {
    createDriver: () => new DummyDriver(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  },
})

/** The text and the bound values of a statement. */
export function compileSql(query: RawBuilder<unknown>): Statement {
  const compiled = query.compile(builder)
  return { sql: compiled.sql, parameters: compiled.parameters }
}

/** A quoted table name with its schema. */
export function tableRef(table: TableRef): RawBuilder<unknown> {
  return sql.id(table.schema, table.name)
}

/** A quoted identifier as text, for the places where a definition is text already (function bodies). */
export function quote(...names: readonly string[]): string {
  return compileSql(sql.id(...names)).sql
}

/** A quoted literal as text, for the same places. Sessions of ours run with standard_conforming_strings on. */
export function literal(value: string): string {
  return compileSql(sql`${sql.lit(value)}`).sql
}

/** Text between dollar quotes whose tag does not occur in it. */
export function dollarQuote(body: string): string {
  let tag = '$bellows$'
  for (let n = 1; body.includes(tag); n++) tag = `$bellows${n}$`
  return `${tag}${body}${tag}`
}
