import { type RawBuilder, sql } from 'kysely'
import * as queries from './schema-copy-queries.ts'
import { type Piece, type Row, shown } from './schema-copy-tables.ts'

type Run = (query: RawBuilder<unknown>) => Promise<readonly Row[]>

const nameOf = (row: Row): RawBuilder<unknown> => sql.id(String(row.schema), String(row.name))

/** Enums, composite types, domains and ranges. */
export async function typePieces(run: Run, state: string): Promise<readonly Piece[]> {
  const piece = (row: Row, statement: RawBuilder<unknown>): Piece => ({
    what: `type ${shown(row)}`,
    of: null,
    statement,
  })
  const attributes = await run(queries.attributesQuery(state))
  const composites = (await run(queries.relationsQuery(state))).filter((row) => row.kind === 'c')
  return [
    ...(await run(queries.enumsQuery(state))).map((row) => piece(row, enumType(row))),
    ...composites.map((row) => piece(row, compositeType(row, attributes))),
    ...(await run(queries.domainsQuery(state))).map((row) => piece(row, domainType(row))),
    ...(await run(queries.rangesQuery(state))).map((row) => piece(row, rangeType(row))),
  ]
}

function enumType(row: Row): RawBuilder<unknown> {
  const labels = (row.labels as readonly string[] | null) ?? []
  return sql`create type ${nameOf(row)} as enum (${sql.join(labels.map((label) => sql.lit(label)))})`
}

function compositeType(row: Row, attributes: readonly Row[]): RawBuilder<unknown> {
  const own = attributes.filter((attribute) => attribute.oid === row.oid)
  const parts = own.map((attribute) => {
    const collation = attribute.collation === null ? sql`` : sql` collate ${sql.raw(String(attribute.collation))}`
    return sql`${sql.id(String(attribute.name))} ${sql.raw(String(attribute.type))}${collation}`
  })
  return sql`create type ${nameOf(row)} as (${sql.join(parts)})`
}

function domainType(row: Row): RawBuilder<unknown> {
  const parts = [sql`create domain ${nameOf(row)} as ${sql.raw(String(row.base))}`]
  if (row.collation !== null) parts.push(sql`collate ${sql.raw(String(row.collation))}`)
  if (row.default !== null) parts.push(sql`default ${sql.raw(String(row.default))}`)
  if (row.notnull === true) parts.push(sql`not null`)
  for (const check of row.checks as readonly { readonly name: string; readonly definition: string }[]) {
    parts.push(sql`constraint ${sql.id(check.name)} ${sql.raw(check.definition)}`)
  }
  return sql.join(parts, sql` `)
}

function rangeType(row: Row): RawBuilder<unknown> {
  const multirange = sql.id(String(row.schema), String(row.multirange))
  const parts = [
    sql`subtype = ${sql.raw(String(row.subtype))}`,
    sql`subtype_opclass = ${sql.raw(String(row.opclass))}`,
    sql`multirange_type_name = ${multirange}`,
  ]
  if (row.collation !== null) parts.push(sql`collation = ${sql.raw(String(row.collation))}`)
  if (row.diff !== null) parts.push(sql`subtype_diff = ${sql.raw(String(row.diff))}`)
  return sql`create type ${nameOf(row)} as range (${sql.join(parts)})`
}
