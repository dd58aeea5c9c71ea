import { type RawBuilder, sql } from 'kysely'
import type { CopyReport } from '../check.ts'
import type { Session } from '../dialect.ts'
import { isConnectionLost } from './driver-errors.ts'
import * as queries from './schema-copy-queries.ts'
import {
  constraintPiece,
  indexPieces,
  type Piece,
  type Row,
  sequenceOptions,
  shown,
  tablePieces,
  triggerPieces,
} from './schema-copy-tables.ts'
import { typePieces } from './schema-copy-types.ts'
import { compileSql } from './sql.ts'

/** A schema as the statements that make it again. */
export interface SchemaCopy {
  readonly pieces: readonly Piece[]
  readonly roles: readonly string[]
  /** What no statement here makes. `matters`: an app's statement may not be prepared without it. */
  readonly leftOut: readonly { readonly what: string; readonly matters: boolean }[]
}

/** Reads the schema of a database, without our own tables, at one moment. */
export async function readSchema(session: Session, stateSchema: string): Promise<SchemaCopy> {
  const run = async (query: RawBuilder<unknown>): Promise<readonly Row[]> =>
    (await session.query<Row>(compileSql(query))).rows
  return session.transaction(async () => {
    await session.query({ sql: 'set transaction isolation level repeatable read, read only', parameters: [] })
    await session.query({ sql: "set local search_path to ''", parameters: [] })
    const pieces = [
      ...(await namespaces(run, stateSchema)),
      ...(await typePieces(run, stateSchema)),
      ...(await relations(run, stateSchema)),
      ...(await rest(run, stateSchema)),
    ]
    const leftOut = (await run(queries.leftOutQuery(stateSchema))) as unknown as SchemaCopy['leftOut']
    return { pieces, leftOut, roles: (await run(queries.rolesQuery)).map((row) => String(row.name)) }
  })
}

type Run = (query: RawBuilder<unknown>) => Promise<readonly Row[]>

async function namespaces(run: Run, state: string): Promise<readonly Piece[]> {
  const schemas = (await run(queries.schemasQuery(state))).flatMap((row): Piece[] => {
    const name = sql.id(String(row.name))
    const what = `schema ${String(row.name)}`
    // Whether everybody may create objects in it decides what a migration may look up there (semantics.md 7).
    const rule = row.open === true ? sql`grant create on schema ${name} to public` : closed(name)
    return [
      { what, of: null, statement: sql`create schema if not exists ${name}` },
      { what, of: what, statement: rule },
    ]
  })
  const extensions = (await run(queries.extensionsQuery)).map((row): Piece => {
    const statement = sql`create extension if not exists ${sql.id(String(row.name))} with schema ${sql.id(String(row.schema))} cascade`
    return { what: `extension ${String(row.name)}`, of: null, statement }
  })
  return [...schemas, ...extensions]
}

const closed = (name: RawBuilder<unknown>): RawBuilder<unknown> => sql`revoke create on schema ${name} from public`

async function relations(run: Run, state: string): Promise<readonly Piece[]> {
  const sequences = await run(queries.sequencesQuery(state))
  const columns = grouped(await run(queries.attributesQuery(state)), 'oid')
  const constraintRows = await run(queries.tableConstraintsQuery(state))
  const constraints = grouped(constraintRows, 'oid')
  const identities = grouped(
    sequences.filter((row) => row.identity === true),
    'table',
  )
  const tables = await run(queries.relationsQuery(state))
  const pieces = tables.flatMap((table): readonly Piece[] => {
    if (table.kind === 'c') return []
    const of = (map: ReadonlyMap<unknown, readonly Row[]>): readonly Row[] => map.get(table.oid) ?? []
    return tablePieces(table, of(columns), of(constraints), of(identities))
  })
  const added = (foreign: boolean): readonly Piece[] =>
    constraintRows.filter((row) => (row.kind === 'f') === foreign).flatMap((row) => constraintPiece(row) ?? [])
  return [
    ...sequencePieces(sequences),
    ...pieces,
    ...ownerPieces(sequences),
    ...added(false),
    ...(await run(queries.tableIndexesQuery(state))).flatMap(indexPieces),
    ...added(true),
  ]
}

function sequencePieces(sequences: readonly Row[]): readonly Piece[] {
  return sequences
    .filter((row) => row.identity !== true)
    .map((row) => {
      const name = sql.id(String(row.schema), String(row.name))
      const statement = sql`create sequence ${name} as ${sql.raw(String(row.type))} ${sequenceOptions(row)}`
      return { what: `sequence ${shown(row)}`, of: null, statement }
    })
}

function ownerPieces(sequences: readonly Row[]): readonly Piece[] {
  return sequences
    .filter((row) => row.identity !== true && row.table !== null)
    .map((row) => {
      const column = sql.id(String(row.tableschema), String(row.tablename), String(row.column))
      const what = `sequence ${shown(row)}`
      const name = sql.id(String(row.schema), String(row.name))
      return { what, of: what, statement: sql`alter sequence ${name} owned by ${column}` }
    })
}

async function rest(run: Run, state: string): Promise<readonly Piece[]> {
  const plain = (kind: string, rows: readonly Row[]): readonly Piece[] =>
    rows.map((row) => {
      const what = `${kind} ${row.schema === undefined ? String(row.name) : shown(row)}`
      return { what, of: null, statement: sql.raw(String(row.definition)) }
    })
  return [
    ...plain('function', await run(queries.routinesQuery(state))),
    ...(await run(queries.viewDefinitionsQuery(state))).map(viewPiece),
    ...plain('statistics', await run(queries.extendedStatisticsQuery(state))),
    ...plain('rule', await run(queries.rulesQuery(state))),
    ...(await run(queries.triggerDefinitionsQuery(state))).flatMap(triggerPieces),
  ]
}

function viewPiece(row: Row): Piece {
  const kind = row.materialized === true ? 'materialized view' : 'view'
  const options = row.options === null ? sql`` : sql` with (${sql.raw(String(row.options))})`
  const empty = sql.raw(row.materialized === true ? ' with no data' : '')
  const name = sql.id(String(row.schema), String(row.name))
  const statement = sql`create ${sql.raw(kind)} ${name}${options} as ${sql.raw(String(row.definition))}${empty}`
  return { what: `${kind} ${shown(row)}`, of: null, statement }
}

function grouped(rows: readonly Row[], key: string): ReadonlyMap<unknown, readonly Row[]> {
  const groups = new Map<unknown, Row[]>()
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row])
  return groups
}

/**
 * Makes a schema again in an empty database. What one object needs may come later in the list (a view of a view, a default that
 * calls a function over a table), so whatever failed is tried again until a round brings nothing new. `checkpoint` is called
 * before each statement, and may throw to stop.
 */
export async function writeSchema(session: Session, copy: SchemaCopy, checkpoint: () => void): Promise<CopyReport> {
  const plain = (text: string): Promise<unknown> => session.query({ sql: text, parameters: [] })
  // As pg_dump does: bodies are taken as they are, names in them are the server's qualified ones.
  await plain('set check_function_bodies = off')
  await plain("set search_path to ''")
  try {
    let todo: readonly Failed[] = copy.pieces.map((piece) => ({ piece, reason: '' }))
    for (let before = Number.POSITIVE_INFINITY; todo.length > 0 && todo.length < before; ) {
      before = todo.length
      todo = await round(session, todo, checkpoint)
    }
    return report(todo, copy)
  } finally {
    await plain('reset search_path')
    await plain('reset check_function_bodies')
  }
}

interface Failed {
  readonly piece: Piece
  readonly reason: string
}

async function round(session: Session, todo: readonly Failed[], checkpoint: () => void): Promise<Failed[]> {
  const failed: Failed[] = []
  for (const { piece } of todo) {
    checkpoint()
    try {
      await session.query(compileSql(piece.statement))
    } catch (error) {
      if (isConnectionLost(error)) throw error
      failed.push({ piece, reason: (error as Error).message })
    }
  }
  return failed
}

/** Of a table that could not be made, its keys and indexes are not told one by one. */
function report(failed: readonly Failed[], copy: SchemaCopy): CopyReport {
  const gone = new Set(failed.filter(({ piece }) => piece.of === null).map(({ piece }) => piece.what))
  const missing = failed
    .filter(({ piece }) => piece.of === null || !gone.has(piece.of))
    .map(({ piece, reason }) => `${piece.what} could not be made on the shadow: ${reason}`)
  const told = (matters: boolean): string[] =>
    copy.leftOut.filter((each) => each.matters === matters).map(({ what }) => `${what} is not copied to the shadow`)
  return { missing: [...new Set([...missing, ...told(true)])], notices: told(false) }
}
