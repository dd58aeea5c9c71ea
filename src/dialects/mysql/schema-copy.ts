import { type RawBuilder, sql } from 'kysely'
import type { CopyReport } from '../check.ts'
import type { Session } from '../dialect.ts'
import { isConnectionLost } from './driver-errors.ts'
import { type Lexing, lexingOf } from './lexer.ts'
import { type Known, namesIn, retarget } from './names.ts'
import * as queries from './schema-copy-queries.ts'
import {
  engineOf,
  makesStatements,
  triggerBody,
  withoutDefiner,
  withoutForeignKeysElsewhere,
} from './schema-copy-text.ts'
import { sessionSettings } from './settings.ts'
import { compileSql } from './sql.ts'
import { isOurTrigger } from './sync.ts'

/** One object of a schema: the text that makes it, with the names of the original, or why there is none. */
export interface Piece {
  readonly kind: 'sequence' | 'table' | 'function' | 'procedure' | 'view' | 'trigger'
  readonly name: string
  /** Of a trigger its table. */
  readonly table: string | null
  readonly text: string
  readonly why: string | null
  readonly sqlMode: string | null
  readonly collation: string | null
}

/** A schema as the texts that make it again, and what is to be known of the target to judge statements. */
export interface SchemaCopy {
  readonly known: Known
  /** What a session of an app has by default. */
  readonly sqlMode: string
  readonly pieces: readonly Piece[]
  /** Tables whose changes no rollback takes back. */
  readonly lasting: readonly string[]
  readonly notices: readonly string[]
}

type Row = Readonly<Record<string, unknown>>
type Run = (query: RawBuilder<unknown>) => Promise<readonly Row[]>

// What keeps its rows elsewhere (FEDERATED, CONNECT, SPIDER, S3) would lead out of the shadow.
const engines = new Set(['innodb', 'myisam', 'aria', 'memory', 'archive', 'csv', 'rocksdb'])

/** Reads the schema of a database, without our own tables and triggers. */
export async function readSchema(session: Session, stateSchema: string): Promise<SchemaCopy> {
  const run: Run = async (query) => (await session.query<Row>(compileSql(query))).rows
  const [place = {}] = await run(queries.placeQuery)
  const own = (name: unknown): boolean => String(name).startsWith(`${stateSchema}_`)
  const relations = (await run(queries.relationsQuery)).filter(({ name }) => !own(name))
  const known = await readKnown(run, place, relations)
  const tables = await Promise.all(relations.map((row) => relationPiece(run, row, known)))
  const named = (await run(queries.routinesQuery)).filter(({ name }) => !own(name))
  const routines = await Promise.all(named.map((row) => routinePiece(run, row)))
  const triggers = (await run(queries.triggerTextsQuery)).filter(({ name }) => !isOurTrigger(String(name)))
  const events = await run(queries.eventNamesQuery)
  return {
    known,
    sqlMode: String(place.sql_mode),
    pieces: [
      ...tables.map(({ piece }) => piece),
      ...routines,
      ...(await Promise.all(triggers.map((row) => triggerPiece(run, row)))),
    ],
    lasting: relations.flatMap(({ name, type, engine }) =>
      type !== 'VIEW' && !/^(innodb|rocksdb)$/i.test(String(engine)) ? [String(name)] : [],
    ),
    notices: [
      ...tables.flatMap(({ notices }) => notices),
      ...events.map(({ name }) => `event ${String(name)} is not copied to the shadow`),
    ],
  }
}

async function readKnown(run: Run, place: Row, relations: readonly Row[]): Promise<Known> {
  const tables = new Map(relations.map(({ name }) => [String(name).toLowerCase(), new Set<string>()]))
  for (const { table, name } of await run(queries.columnNamesQuery)) {
    tables.get(String(table).toLowerCase())?.add(String(name).toLowerCase())
  }
  const databases = (await run(queries.databasesQuery)).map(({ name }) => String(name).toLowerCase())
  const exact = Number(place.lower_case) === 0
  return { database: String(place.database), exact, tables, databases: new Set(databases) }
}

const nothing = { table: null, sqlMode: null, collation: null } as const

/** The text that SHOW CREATE gives, wherever it stands; null where the account may not see it. */
async function definition(run: Run, kind: string, name: string): Promise<{ text: string | null; row: Row }> {
  const [row = {}] = await run(queries.showCreate(kind, name)).catch((error: unknown) => {
    if (isConnectionLost(error)) throw error
    return []
  })
  const column = Object.keys(row).find((key) => /^create |^sql original/i.test(key))
  const text = column === undefined ? null : row[column]
  return { text: typeof text === 'string' ? text : null, row }
}

const hidden = 'its definition cannot be read with this account'

async function relationPiece(
  run: Run,
  { name: given, type }: Row,
  known: Known,
): Promise<{ readonly piece: Piece; readonly notices: readonly string[] }> {
  const name = String(given)
  const kind = type === 'VIEW' ? 'view' : type === 'SEQUENCE' ? 'sequence' : 'table'
  const { text, row } = await definition(run, kind, name)
  const base = { ...nothing, kind, name } as const
  if (text === null) return { piece: { ...base, text: '', why: hidden }, notices: [] }
  if (kind === 'view') {
    const collation = String(row.collation_connection)
    return { piece: { ...base, collation, text: withoutDefiner(text), why: null }, notices: [] }
  }
  if (kind === 'sequence') return { piece: { ...base, text, why: null }, notices: [] }
  const engine = engineOf(text)
  if (!engines.has(engine.toLowerCase())) {
    return { piece: { ...base, text, why: `its engine is ${engine}` }, notices: [] }
  }
  const cut = withoutForeignKeysElsewhere(text, (database) => database !== known.database)
  const notices = cut.gone.map((key) => `foreign key ${key} of ${name} points at another database and is not copied`)
  return { piece: { ...base, text: cut.text, why: null }, notices }
}

async function routinePiece(run: Run, row: Row): Promise<Piece> {
  const name = String(row.name)
  const kind = row.type === 'FUNCTION' ? 'function' : 'procedure'
  const base = { ...nothing, kind, name, sqlMode: String(row.sql_mode) } as const
  if (row.type !== 'FUNCTION' && row.type !== 'PROCEDURE') return { ...base, text: '', why: `it is a ${row.type}` }
  const { text, row: shown } = await definition(run, kind, name)
  if (text === null) return { ...base, text: '', why: hidden }
  const why = makesStatements(text) ? 'it makes statements from text' : null
  return { ...base, collation: String(shown.collation_connection), text: withoutDefiner(text), why }
}

async function triggerPiece(run: Run, row: Row): Promise<Piece> {
  const [name, table, sqlMode] = [String(row.name), String(row.table), String(row.sql_mode)]
  // Not what information_schema has: there MySQL loses the doubled quotes of literals.
  const { text } = await definition(run, 'trigger', name)
  const body = text === null ? null : triggerBody(text, lexingOf(sqlMode))
  const head = sql`create trigger ${sql.id(name)} ${sql.raw(`${row.timing} ${row.event}`)} on ${sql.id(table)} for each row `
  return {
    kind: 'trigger',
    name,
    table,
    text: body === null ? '' : compileSql(head).sql + body,
    why: body === null ? hidden : null,
    sqlMode,
    collation: String(row.collation),
  }
}

/** An object that is not there on the shadow. */
export interface Lack {
  readonly piece: Piece
  readonly reason: string
}

/**
 * Makes a schema again in the database that the session is in. A view may need another one, so what failed is tried again until
 * a round brings nothing new.
 */
export async function writeSchema(
  session: Session,
  copy: SchemaCopy,
  checkpoint: () => void,
): Promise<{ readonly lacks: readonly Lack[]; readonly report: CopyReport }> {
  const { rows } = await session.query<{ database: string }>(compileSql(queries.placeQuery))
  const to = rows[0]?.database ?? ''
  const prepared = copy.pieces.map((piece) => ({ piece, ...textFor(piece, to, copy.known) }))
  const lacks: Lack[] = prepared.flatMap(({ piece, why }) => (why === null ? [] : [{ piece, reason: why }]))
  let todo: readonly (Lack & { readonly text: string })[] = order.flatMap((kind) =>
    prepared.filter(({ piece, why }) => why === null && piece.kind === kind).map((each) => ({ ...each, reason: '' })),
  )
  await session.query({ sql: 'set session foreign_key_checks = 0', parameters: [] })
  try {
    for (let before = Number.POSITIVE_INFINITY; todo.length > 0 && todo.length < before; ) {
      before = todo.length
      todo = await round(session, todo, checkpoint)
    }
  } finally {
    if (session.alive) for (const setting of sessionSettings) await session.query({ sql: setting, parameters: [] })
  }
  lacks.push(...todo)
  return { lacks, report: { missing: lacks.map(tell), notices: copy.notices } }
}

const order: readonly Piece['kind'][] = ['sequence', 'table', 'function', 'procedure', 'view', 'trigger']

const tell = ({ piece, reason }: Lack): string =>
  `${piece.kind} ${piece.name}${piece.table === null ? '' : ` of ${piece.table}`} is not copied to the shadow: ${reason}`

function textFor(piece: Piece, to: string, known: Known): { readonly text: string; readonly why: string | null } {
  if (piece.why !== null) return { text: '', why: piece.why }
  const text = retarget(piece.text, to, known, lexing(piece))
  return typeof text === 'string' ? { text, why: null } : { text: '', why: text.why }
}

// Of routines and triggers the text is what their author wrote; of the others it is the server's, in our session.
const lexing = ({ sqlMode }: Piece): Lexing => lexingOf(sqlMode ?? '')

async function round(
  session: Session,
  todo: readonly (Lack & { readonly text: string })[],
  checkpoint: () => void,
): Promise<(Lack & { readonly text: string })[]> {
  const failed: (Lack & { readonly text: string })[] = []
  for (const { piece, text } of todo) {
    checkpoint()
    try {
      for (const setting of settingsOf(piece)) await session.query({ sql: setting, parameters: [] })
      await session.query({ sql: text, parameters: [] })
    } catch (error) {
      if (isConnectionLost(error)) throw error
      failed.push({ piece, text, reason: (error as Error).message })
    }
  }
  return failed
}

/** Under what the object was made: it keeps that. A table's definition may hold what a strict mode does not take any more. */
function settingsOf({ sqlMode, collation }: Piece): readonly string[] {
  const mode = sqlMode ?? 'NO_ENGINE_SUBSTITUTION'
  return [
    compileSql(sql`set session sql_mode = ${sql.lit(mode)}`).sql,
    ...(collation === null ? [] : [compileSql(sql`set session collation_connection = ${sql.lit(collation)}`).sql]),
  ]
}

/** What in a schema leads to what is not there, directly or by what it uses. */
export interface Doubts {
  /** Names that must not stand in a statement, with the reason. */
  readonly names: ReadonlyMap<string, string>
  /** Tables that must not be written, because of their triggers. */
  readonly writes: ReadonlyMap<string, string>
}

/** Follows what is missing, or must not be used, through the texts of all that use it. */
export function doubtsOf(copy: SchemaCopy, lacks: readonly Lack[]): Doubts {
  const names = new Map<string, string>()
  const writes = new Map<string, string>()
  const add = (to: Map<string, string>, key: string, reason: string | undefined): boolean => {
    if (reason === undefined || to.has(key.toLowerCase())) return false
    to.set(key.toLowerCase(), reason)
    return true
  }
  for (const { piece, reason } of lacks) {
    if (piece.kind === 'trigger') add(writes, piece.table ?? '', tell({ piece, reason }))
    else add(names, piece.name, tell({ piece, reason }))
  }
  const follow = (piece: Piece): boolean => {
    const used = [...namesIn(piece.text, lexing(piece))]
    const of = (from: Map<string, string>): string | undefined => used.flatMap((name) => from.get(name) ?? [])[0]
    const [read, written] = [of(names), of(writes)]
    if (piece.kind === 'trigger') return add(writes, piece.table ?? '', read ?? written)
    if (piece.kind === 'view') return [add(names, piece.name, read), add(writes, piece.name, written)].includes(true)
    return add(names, piece.name, read ?? written)
  }
  // A table's foreign key to what is missing stops no statement.
  const users = copy.pieces.filter(({ kind }) => kind !== 'table' && kind !== 'sequence')
  while (users.map(follow).includes(true));
  return { names, writes }
}
