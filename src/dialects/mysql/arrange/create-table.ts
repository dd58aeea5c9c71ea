import { refused } from '../../../errors.ts'
import type { Table, TableRef } from '../../../planner/catalog.ts'
import { type CreateTable, type ForeignKey, showTable } from '../../../planner/change.ts'
import type { ColumnSpec, TableSpec } from '../../../planner/steps.ts'
import { type Context, hazard, resolveTable, stepId } from '../../shared/context.ts'
import { bindScalar, parseScalar, parseType } from '../expressions.ts'
import { quote } from '../sql.ts'
import { asDefault } from './columns.ts'
import { requireFits } from './refuse.ts'

/** A new table, whole, at expand: nobody uses it yet, so everything comes in one statement, which the server does whole or not at all. */
export function arrangeCreateTable(context: Context, change: CreateTable): void {
  const ref = placeOf(context, change)
  if (change.grants.length > 0) {
    throw refused('plan.grants', `createTable of ${showTable(ref)} with grants is for PostgreSQL`, {
      hint: 'On MySQL and MariaDB a grant on the database holds for its new tables too. Leave them out.',
    })
  }
  if (change.like !== null) {
    hazard(
      context,
      'no-grants',
      'warn',
      `what is granted on ${showTable(change.like)} alone is not granted on ${showTable(ref)}; grants on the database hold for it`,
      'GRANT what the app needs on the new table, where it has no grant on the database.',
    )
  }
  const parents = change.foreignKeys.map((key) => refOf(resolveTable(context, key.references.table)))
  const spec: TableSpec = {
    columns: change.columns.map((column) => columnSpec(column)),
    constraints: constraintsOf(context, change),
    references: parents,
    owner: null,
    grants: [],
  }
  context.phases.expand.push({
    id: stepId('expand', ref.name),
    kind: 'table',
    description: `create table ${showTable(ref)}`,
    tables: [...unique(parents), ref],
    transaction: true,
    actions: [{ do: 'createTable', table: ref, spec }],
    undo: [{ transaction: true, actions: [{ do: 'dropTable', table: ref }] }],
    reversible: true,
  })
}

function placeOf(context: Context, change: CreateTable): TableRef {
  const ref = { schema: change.table.schema ?? context.catalog.database, name: change.table.name }
  requireFits(ref.name)
  if (context.catalog.tables.some((table) => table.schema === ref.schema && table.name === ref.name))
    throw refused('plan.table-exists', `there is a table ${showTable(ref)} already`)
  return ref
}

function columnSpec(column: CreateTable['columns'][number]): ColumnSpec {
  requireFits(column.name)
  const what = `createTable.columns.${column.name}`
  return {
    name: column.name,
    type: parseType(column.type, `${what}.type`).text,
    notNull: !column.nullable,
    default: column.default === null ? null : asDefault(column.default, `${what}.default`),
    identity: column.identity,
    collation: null,
    comment: column.comment,
    statistics: null,
    storage: null,
    compression: null,
    grants: [],
  }
}

function constraintsOf(context: Context, change: CreateTable): TableSpec['constraints'] {
  const own = change.columns.map(({ name }) => name)
  const columns = (names: readonly string[]): string =>
    names.map((name) => quote(requireOwn(change, own, name))).join(', ')
  const primary =
    change.primaryKey.length === 0
      ? []
      : [{ name: null, definition: `primary key (${columns(change.primaryKey)})`, columns: change.primaryKey }]
  return [
    ...primary,
    ...change.uniques.map(({ name, columns: of }) => ({ name, definition: `unique (${columns(of)})`, columns: of })),
    ...change.checks.map(({ name, expression }) => {
      const parsed = parseScalar(expression, 'createTable.checks', change.table.name, own)
      return { name, definition: `check (${bindScalar(parsed, (column) => quote(column))})` }
    }),
    ...change.foreignKeys.map((key) => ({
      name: key.name,
      definition: foreignKey(context, key, columns(key.columns)),
      columns: key.columns,
      references: { table: refOf(resolveTable(context, key.references.table)), columns: key.references.columns },
    })),
    ...change.indexes.map((index) => {
      requireFits(index.name)
      const kind = index.unique ? 'unique index' : 'index'
      return {
        name: null,
        definition: `${kind} ${quote(index.name)} (${columns(index.columns)})`,
        columns: index.columns,
      }
    }),
  ]
}

function requireOwn(change: CreateTable, own: readonly string[], column: string): string {
  if (own.includes(column)) return column
  throw refused('plan.column', `there is no column ${column} in the new table ${showTable(change.table)}`, {
    hint: `It has: ${own.join(', ')}.`,
  })
}

function foreignKey(context: Context, key: ForeignKey, own: string): string {
  const parent = resolveTable(context, key.references.table)
  const theirs = key.references.columns.map((column) => quote(column)).join(', ')
  const rules = [
    key.onUpdate === null ? '' : ` on update ${key.onUpdate}`,
    key.onDelete === null ? '' : ` on delete ${key.onDelete}`,
  ]
  return `foreign key (${own}) references ${quote(parent.schema, parent.name)} (${theirs})${rules.join('')}`
}

const refOf = (table: Table): TableRef => ({ schema: table.schema, name: table.name })

function unique(tables: readonly TableRef[]): readonly TableRef[] {
  return [...new Map(tables.map((table) => [showTable(table), table])).values()]
}
