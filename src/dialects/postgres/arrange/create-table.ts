import { refused, usageError } from '../../../errors.ts'
import type { Table, TableRef } from '../../../planner/catalog.ts'
import { type CreateTable, type ForeignKey, showTable } from '../../../planner/change.ts'
import type { Action, ColumnSpec, TableSpec } from '../../../planner/steps.ts'
import { type Context, hazard, resolveTable, stepId } from '../../shared/context.ts'
import { parseScalar, parseType } from '../expressions.ts'
import { quote } from '../sql.ts'
import { requireFits } from './names.ts'

type Constraints = TableSpec['constraints']

/** A new table, whole, at expand: nobody uses it yet, so everything may come at once. */
export function arrangeCreateTable(context: Context, change: CreateTable): void {
  const ref = placeOf(context, change)
  const like = change.like === null ? null : resolveTable(context, change.like)
  const parents = change.foreignKeys.map((key) => refOf(resolveTable(context, key.references.table)))
  const spec: TableSpec = {
    columns: change.columns.map((column) => columnSpec(change, column)),
    constraints: constraintsOf(context, change),
    references: parents,
    owner: like?.owner ?? null,
    grants: [...grantsOf(like), ...change.grants],
  }
  if (like === null && change.grants.length === 0) {
    hazard(
      context,
      'no-grants',
      'warn',
      `nobody but its owner may use ${showTable(ref)}`,
      'Give createTable like: a table whose grants it takes, or grants, unless default privileges do it.',
    )
  }
  const lock: readonly Action[] =
    parents.length === 0 ? [] : [{ do: 'lockTables', tables: unique(parents), mode: 'writes' }]
  const indexes = change.indexes.map((index): Action => {
    requireFits(index.name)
    return {
      do: 'createIndex',
      table: ref,
      index: {
        name: index.name,
        unique: index.unique,
        body: `(${index.columns.map((column) => quote(requireOwn(change, column))).join(', ')})`,
        comment: null,
      },
      concurrently: false,
    }
  })
  context.phases.expand.push({
    id: stepId('expand', ref.name),
    kind: 'table',
    description: `create table ${showTable(ref)}`,
    tables: [...unique(parents), ref],
    transaction: true,
    actions: [...lock, { do: 'createTable', table: ref, spec }, ...indexes],
    undo: [{ transaction: true, actions: [...lock, { do: 'dropTable', table: ref }] }],
    reversible: true,
  })
}

function placeOf(context: Context, change: CreateTable): TableRef {
  const schema = change.table.schema ?? context.catalog.schemas[0]
  if (schema === undefined)
    throw refused('plan.schema', `there is no schema on the search_path for ${change.table.name}`)
  const ref = { schema, name: change.table.name }
  requireFits(ref.name)
  if (context.catalog.tables.some((table) => table.schema === ref.schema && table.name === ref.name)) {
    throw refused('plan.table-exists', `there is a table ${showTable(ref)} already`)
  }
  return ref
}

function columnSpec(change: CreateTable, column: CreateTable['columns'][number]): ColumnSpec {
  requireFits(column.name)
  parseType(column.type, `createTable.columns.${column.name}.type`)
  if (column.default !== null) {
    const what = `createTable.columns.${column.name}.default`
    const [read] = parseScalar(column.default, what, change.table.name).columns
    if (read !== undefined)
      throw usageError('migration.expression', `${what} names ${read.name}: a default cannot read columns`)
  }
  return {
    name: column.name,
    type: column.type,
    notNull: !column.nullable,
    default: column.default,
    identity: column.identity,
    collation: null,
    comment: column.comment,
    statistics: null,
    storage: null,
    compression: null,
    grants: [],
  }
}

function requireOwn(change: CreateTable, column: string): string {
  if (change.columns.some(({ name }) => name === column)) return column
  throw refused('plan.column', `there is no column ${column} in the new table ${showTable(change.table)}`, {
    hint: `It has: ${change.columns.map(({ name }) => name).join(', ')}.`,
  })
}

function constraintsOf(context: Context, change: CreateTable): Constraints {
  const columns = (names: readonly string[]): string => names.map((name) => quote(requireOwn(change, name))).join(', ')
  const primary: Constraints =
    change.primaryKey.length === 0
      ? []
      : [{ name: null, definition: `primary key (${columns(change.primaryKey)})`, columns: change.primaryKey }]
  return [
    ...primary,
    ...change.uniques.map(({ name, columns: of }) => ({ name, definition: `unique (${columns(of)})`, columns: of })),
    ...change.checks.map(({ name, expression }) => {
      for (const { name: read } of parseScalar(expression, 'createTable.checks', change.table.name).columns)
        requireOwn(change, read)
      return { name, definition: `check (${expression}\n)` }
    }),
    ...change.foreignKeys.map((key) => ({
      name: key.name,
      definition: foreignKey(context, key, columns(key.columns)),
      columns: key.columns,
    })),
  ]
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

/** Everybody's rights on the table that is taken as the model, but its owner's, which come with owning. */
function grantsOf(like: Table | null): TableSpec['grants'] {
  const by = new Map<string, string[]>()
  for (const grant of like?.grants ?? []) by.set(grant.grantee, [...(by.get(grant.grantee) ?? []), grant.privilege])
  return [...by.entries()].map(([to, privileges]) => ({ to, privileges }))
}

const refOf = (table: Table): TableRef => ({ schema: table.schema, name: table.name })

function unique(tables: readonly TableRef[]): readonly TableRef[] {
  return [...new Map(tables.map((table) => [showTable(table), table])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, table]) => table)
}
