import { type RawBuilder, sql } from 'kysely'
import { tableRef } from './sql.ts'

/** A statement of the copy. `what` it makes, for people; `of` what else it belongs to, without which it cannot be made. */
export interface Piece {
  readonly what: string
  readonly of: string | null
  readonly statement: RawBuilder<unknown>
}

/** A row of the queries in schema-copy-queries.ts. */
export type Row = Readonly<Record<string, unknown>>

const text = (row: Row, key: string): string => String(row[key])
const raw = (row: Row, key: string): RawBuilder<unknown> => sql.raw(text(row, key))

/** `schema.name`, for people. */
export const shown = (row: Row, name = 'name'): string => `${text(row, 'schema')}.${text(row, name)}`

/** The options of a sequence, as CREATE SEQUENCE and an identity column take them. */
export function sequenceOptions(row: Row): RawBuilder<unknown> {
  const cycle = sql.raw(row.cycle === true ? 'cycle' : 'no cycle')
  return sql`start with ${raw(row, 'start')} increment by ${raw(row, 'increment')} minvalue ${raw(row, 'min')} maxvalue ${raw(row, 'max')} cache ${raw(row, 'cache')} ${cycle}`
}

/** A table with its columns and the rules that are checked row by row; the rest is added when the tables are there. */
export function tablePieces(
  table: Row,
  columns: readonly Row[],
  constraints: readonly Row[],
  identities: readonly Row[],
): readonly Piece[] {
  const name = tableRef({ schema: text(table, 'schema'), name: text(table, 'name') })
  const what = `table ${shown(table)}`
  const parents = table.parents as readonly { readonly schema: string; readonly name: string }[]
  // Named NOT NULL constraints (PostgreSQL 18) come as constraints, and then not with the column.
  const named = constraints.some((each) => each.kind === 'n')
  const inline = constraints.filter((each) => isRowRule(each) && each.validated === true)
  const parts = [
    ...columns.map((column) => columnDefinition(column, named, identities)),
    ...inline.map((each) => sql`constraint ${sql.id(text(each, 'name'))} ${raw(each, 'definition')}`),
  ]
  const inherits =
    table.bound === null && parents.length > 0 ? sql` inherits (${sql.join(parents.map(tableRef))})` : sql``
  const partition = table.partkey === null ? sql`` : sql` partition by ${raw(table, 'partkey')}`
  const unlogged = sql.raw(table.persistence === 'u' ? 'unlogged ' : '')
  const after = (statement: RawBuilder<unknown>): Piece => ({
    what,
    of: what,
    statement: sql`alter table ${statement}`,
  })
  return [
    {
      what,
      of: null,
      statement: sql`create ${unlogged}table ${name} (${sql.join(parts)})${inherits}${partition}`,
    },
    ...columns.flatMap((column) => columnDetails(name, column).map((statement) => after(statement))),
    ...(table.bound === null ? [] : parents.map((parent) => after(attach(parent, name, table)))),
    ...(table.rowsecurity === true ? [after(sql`${name} enable row level security`)] : []),
    ...(table.forcerowsecurity === true ? [after(sql`${name} force row level security`)] : []),
  ]
}

/** Attached and not created as a partition: so its columns keep their own order. */
function attach(
  parent: { readonly schema: string; readonly name: string },
  name: RawBuilder<unknown>,
  table: Row,
): RawBuilder<unknown> {
  return sql`only ${tableRef(parent)} attach partition ${name} ${raw(table, 'bound')}`
}

/** CHECK and NOT NULL. */
const isRowRule = (constraint: Row): boolean => constraint.kind === 'c' || constraint.kind === 'n'

function columnDefinition(column: Row, named: boolean, identities: readonly Row[]): RawBuilder<unknown> {
  const parts = [sql`${sql.id(text(column, 'name'))} ${raw(column, 'type')}`]
  if (column.collation !== null) parts.push(sql`collate ${raw(column, 'collation')}`)
  if (column.generated !== '') {
    const kind = sql.raw(column.generated === 'v' ? 'virtual' : 'stored')
    parts.push(sql`generated always as (${raw(column, 'default')}) ${kind}`)
  } else if (column.identity !== '') {
    parts.push(identityOf(column, identities))
  } else if (column.default !== null) {
    parts.push(sql`default ${raw(column, 'default')}`)
  }
  if (column.notnull === true && !named) parts.push(sql`not null`)
  return sql.join(parts, sql` `)
}

function identityOf(column: Row, identities: readonly Row[]): RawBuilder<unknown> {
  const kind = sql.raw(column.identity === 'a' ? 'always' : 'by default')
  const sequence = identities.find((each) => each.column === column.name)
  if (sequence === undefined) return sql`generated ${kind} as identity`
  const name = sql.id(text(sequence, 'schema'), text(sequence, 'name'))
  return sql`generated ${kind} as identity (sequence name ${name} ${sequenceOptions(sequence)})`
}

const storages: Readonly<Record<string, string>> = { p: 'plain', e: 'external', m: 'main', x: 'extended' }

function columnDetails(table: RawBuilder<unknown>, column: Row): readonly RawBuilder<unknown>[] {
  const alter = (change: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`${table} alter column ${sql.id(text(column, 'name'))} ${change}`
  const all: RawBuilder<unknown>[] = []
  if (column.storage !== null)
    all.push(alter(sql`set storage ${sql.raw(storages[text(column, 'storage')] ?? 'extended')}`))
  if (column.compression !== null) {
    all.push(alter(sql`set compression ${sql.raw(column.compression === 'l' ? 'lz4' : 'pglz')}`))
  }
  if (column.statistics !== null) all.push(alter(sql`set statistics ${raw(column, 'statistics')}`))
  return all
}

/** What is added to a table that is there: keys, exclusions, foreign keys, and rules that are not validated. */
export function constraintPiece(constraint: Row): Piece | null {
  if (isRowRule(constraint) && constraint.validated === true) return null
  // A partition gets the foreign keys of its parent, not its keys: those are attached, index by index.
  if (constraint.kind === 'f' && constraint.inherited === true) return null
  const name = tableRef({ schema: text(constraint, 'schema'), name: text(constraint, 'table') })
  const only = sql.raw(constraint.relkind === 'p' && constraint.kind !== 'f' ? 'only ' : '')
  return {
    what: `constraint ${text(constraint, 'name')} of ${shown(constraint, 'table')}`,
    of: `table ${shown(constraint, 'table')}`,
    statement: sql`alter table ${only}${name} add constraint ${sql.id(text(constraint, 'name'))} ${raw(constraint, 'definition')}`,
  }
}

/** The index, unless its constraint made it, and its place in the index of the partitioned table. */
export function indexPieces(index: Row): readonly Piece[] {
  const what = `index ${shown(index)}`
  const of = `table ${shown(index, 'table')}`
  const pieces: Piece[] = []
  if (index.constraint !== true && index.valid === true) pieces.push({ what, of, statement: raw(index, 'definition') })
  if (index.parent !== null) {
    const parent = sql.id(text(index, 'parentschema'), text(index, 'parent'))
    const name = sql.id(text(index, 'schema'), text(index, 'name'))
    pieces.push({ what, of, statement: sql`alter index ${parent} attach partition ${name}` })
  }
  return pieces
}

const modes: Readonly<Record<string, string>> = { D: 'disable', R: 'enable replica', A: 'enable always' }

/** The trigger, and in which replication roles it fires. */
export function triggerPieces(trigger: Row): readonly Piece[] {
  const what = `trigger ${text(trigger, 'name')} of ${shown(trigger, 'table')}`
  const of = `table ${shown(trigger, 'table')}`
  const mode = modes[text(trigger, 'enabled')]
  const table = tableRef({ schema: text(trigger, 'schema'), name: text(trigger, 'table') })
  const pieces: Piece[] = [{ what, of, statement: raw(trigger, 'definition') }]
  if (mode !== undefined) {
    const statement = sql`alter table ${table} ${sql.raw(mode)} trigger ${sql.id(text(trigger, 'name'))}`
    pieces.push({ what, of, statement })
  }
  return pieces
}
