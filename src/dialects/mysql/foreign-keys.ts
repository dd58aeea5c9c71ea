import type { Constraint, ForeignKeyIn, Index, TableRef } from '../../planner/catalog.ts'
import { quote } from './sql.ts'

type Row = Record<string, unknown>

/** The foreign keys of a table. */
export function toForeignKeys(rows: readonly Row[], table: TableRef, indexes: readonly Index[]): readonly Constraint[] {
  return group(rows.filter((row) => row.schema === table.schema && row.table === table.name)).map((each) => {
    const key = toForeignKey(each)
    return { ...key, indexes: namesOf(indexes, (index) => leads(index, key.columns)) }
  })
}

/** Those that point at it, also from other databases. */
export function toForeignKeysIn(
  rows: readonly Row[],
  table: TableRef,
  indexes: readonly Index[],
  mariadb: boolean,
): readonly ForeignKeyIn[] {
  return group(rows.filter((row) => row.to_schema === table.schema && row.to_table === table.name)).map((each) => {
    const key = toForeignKey(each)
    const columns = key.references?.columns ?? []
    // MySQL takes no other one where there is a unique index on just these columns (restrict_fk_on_non_standard_key).
    const exact = mariadb ? [] : namesOf(indexes, (index) => index.unique && leads(index, columns, true))
    const able = exact.length > 0 ? exact : namesOf(indexes, (index) => leads(index, columns))
    return { ...key, table: { schema: String(each[0]?.schema), name: String(each[0]?.table) }, indexes: able }
  })
}

const namesOf = (indexes: readonly Index[], which: (index: Index) => boolean): readonly string[] =>
  indexes.filter(which).map(({ name }) => name)

/** Does it begin with these columns, whole and in this order? */
function leads({ keys, method }: Index, columns: readonly string[], nothingElse = false): boolean {
  if (method !== 'btree' || (nothingElse && keys.length !== columns.length)) return false
  return columns.every((column, at) => keys[at]?.column === column)
}

const group = (rows: readonly Row[]): readonly (readonly Row[])[] => {
  const id = (row: Row): string => [row.schema, row.table, row.name].map((part) => quote(String(part))).join('.')
  return [...new Set(rows.map(id))].map((key) => rows.filter((row) => id(row) === key))
}

function toForeignKey(rows: readonly Row[]): Constraint {
  const [first = {}] = rows
  const name = String(first.name)
  return {
    name,
    kind: 'foreign',
    definition: '',
    columns: rows.map((row) => String(row.column)),
    validated: true,
    deferrable: false,
    index: null,
    comment: null,
    references: {
      table: { schema: String(first.to_schema), name: String(first.to_table) },
      columns: rows.map((row) => String(row.to_column)),
      rules: `ON UPDATE ${String(first.on_update)} ON DELETE ${String(first.on_delete)}`,
    },
    drop: `alter table ${quote(String(first.schema), String(first.table))} drop foreign key ${quote(name)}`,
  }
}
