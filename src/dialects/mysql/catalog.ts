import type { Catalog, Column, Constraint, Dependent, Index, Table, Trigger } from '../../planner/catalog.ts'
import type { Session } from '../dialect.ts'
import { capabilitiesOf } from './capabilities.ts'
import * as queries from './catalog-queries.ts'
import { definitionQuery, isJson, namesInCheck, needsDefinition, sortChecks, withoutBackslashes } from './checks.ts'
import { type Default, defaultOf, exactDefaults, isVolatile } from './defaults.ts'
import { toForeignKeys, toForeignKeysIn } from './foreign-keys.ts'
import { compileSql, quote } from './sql.ts'
import { refuseStatementLog } from './statement-log.ts'
import { isOurTrigger } from './sync.ts'

type Row = Record<string, unknown>
type Read = (query: Parameters<typeof compileSql>[0]) => Promise<readonly Row[]>

/**
 * Reads the catalog of the database from information_schema.
 *
 * @throws BellowsError exit 3 on a server that is too old, or one that logs statements instead of rows.
 */
export async function readCatalog(session: Session, stateSchema: string): Promise<Catalog> {
  const read: Read = async (query) => (await session.query<Row>(compileSql(query))).rows
  const [server = {}] = await read(queries.serverQuery)
  const capabilities = capabilitiesOf(String(server.version))
  refuseStatementLog(server)
  return {
    format: 1,
    dialect: capabilities.mariadb ? 'mariadb' : 'mysql',
    server: capabilities.version,
    database: String(server.database),
    schemas: [String(server.database)],
    openSchemas: [],
    capabilities: {
      quietTriggers: false,
      nullsNotDistinct: false,
      notNullConstraints: false,
      mysql: capabilities,
    },
    tables: await readTables(read, String(server.database), stateSchema, capabilities.mariadb),
    views: [],
    functions: [],
    types: [],
  }
}

async function readTables(read: Read, schema: string, state: string, mariadb: boolean): Promise<readonly Table[]> {
  const tables = (await read(queries.tablesQuery)).filter(({ name }) => !String(name).startsWith(`${state}_`))
  const columns = byTable(await read(queries.columnsQuery))
  const indexes = byTable(await read(queries.indexesQuery(mariadb)))
  const keys = [...(await read(queries.keysQuery)), ...(await read(queries.keysFromElsewhereQuery))]
  const checks = byTable(await read(queries.checksQuery(mariadb)))
  const triggers = byTable(await read(queries.triggersQuery))
  const texts = await read(queries.textsQuery)
  // INNODB_TABLES asks for PROCESS; without it an ALTER finds the limit itself, and is refused by the server.
  const versions = mariadb ? [] : await read(queries.rowVersionsQuery).catch(() => [])
  const defaults = await exactDefaults(read, schema, columns, mariadb)
  const definitions = new Map<string, string>()
  for (const [name, own] of checks) {
    if (!needsDefinition(own)) continue
    const [row = {}] = await read(definitionQuery(schema, name))
    definitions.set(name, String(row['Create Table']))
  }
  return tables.map((table): Table => {
    const name = String(table.name)
    const rows = columns.get(name) ?? []
    const { ofTable, ofColumn } = sortChecks(name, checks.get(name) ?? [], rows, definitions.get(name) ?? '')
    const own = rows.map((row) => {
      const given = defaultOf(row, mariadb, defaults.get(name)?.get(String(row.name)))
      return toColumn(row, given, rows, ofColumn.get(String(row.name)) ?? null)
    })
    const ownIndexes = toIndexes(indexes.get(name) ?? [], rows)
    return {
      schema,
      name,
      kind: table.type === 'VIEW' ? 'view' : /partitioned/.test(String(table.options)) ? 'partitioned' : 'table',
      owner: '',
      grants: [],
      rows: Number(table.rows),
      bytes: Number(table.bytes),
      columns: own,
      indexes: ownIndexes,
      constraints: [...toForeignKeys(keys, { schema, name }, ownIndexes), ...toChecks(ofTable, own, mariadb)],
      foreignKeysIn: toForeignKeysIn(keys, { schema, name }, ownIndexes, mariadb),
      triggers: (triggers.get(name) ?? []).filter((row) => !isOurTrigger(String(row.name))).map(toTrigger),
      statistics: [],
      dependents: toDependents(name, own, texts, triggers.get(name) ?? []),
      rowSecurity: 'off',
      publications: [],
      comment: String(table.comment ?? '') || null,
      mysql: {
        engine: String(table.engine ?? ''),
        compressed: /compressed/i.test(String(table.row_format)),
        fullText: ownIndexes.some(({ method }) => method === 'fulltext'),
        ...(table.type === 'SYSTEM VERSIONED' ? { versioned: true } : {}),
        collation: (table.collation as string | null) ?? null,
        rowVersions: Number(versions.find((row) => row.name === name)?.versions ?? 0),
      },
    }
  })
}

function byTable(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>()
  for (const row of rows) found.set(String(row.table), [...(found.get(String(row.table)) ?? []), row])
  return found
}

function toColumn(row: Row, given: Default, all: readonly Row[], check: string | null): Column {
  const extra = String(row.extra).toLowerCase()
  const json = check !== null && isJson(row, check)
  const autoIncrement = extra.includes('auto_increment')
  return {
    name: String(row.name),
    position: Number(row.position),
    type: json ? 'json' : String(row.type),
    typeSchema: '',
    nullable: row.nullable === 'YES',
    default: given.text,
    defaultVolatile: isVolatile(given),
    identity: autoIncrement ? 'by default' : null,
    generated: String(row.generation) !== '',
    collation: json ? null : (row.collation as string | null),
    comment: String(row.comment ?? '') || null,
    statistics: null,
    storage: null,
    compression: null,
    grants: [],
    mysql: {
      charset: json ? null : (row.charset as string | null),
      invisible: extra.includes('invisible'),
      onUpdateNow: extra.includes('on update'),
      autoIncrement,
      ...(given.untold ? { untoldDefault: true } : {}),
      ...generationOf(row, extra, all),
      ...(check === null || json ? {} : { check }),
    },
  }
}

function generationOf(row: Row, extra: string, all: readonly Row[]): Pick<NonNullable<Column['mysql']>, 'generation'> {
  const text = String(row.generation)
  return text === '' ? {} : { generation: { stored: extra.includes('stored'), reads: namesOf(text, all) } }
}

/** The columns that a text of the server's names. */
const namesOf = (text: string, all: readonly Row[]): readonly string[] =>
  all.map(({ name }) => String(name)).filter((name) => mentions(text, name))

function toIndexes(rows: readonly Row[], all: readonly Row[]): readonly Index[] {
  const names = [...new Set(rows.map((row) => String(row.name)))]
  return names.map((name) => {
    const parts = rows.filter((row) => row.name === name)
    const [first = {}] = parts
    const unique = Number(first.non_unique) === 0
    const columns = parts.flatMap((row) =>
      row.column === null ? namesOf(String(row.expression ?? ''), all) : [String(row.column)],
    )
    return {
      name,
      method: String(first.type).toLowerCase(),
      unique,
      primary: name === 'PRIMARY',
      valid: true,
      replicaIdentity: false,
      constraint: unique ? name : null,
      keys: parts.map((row) => ({
        column: row.column === null || row.prefix !== null ? null : String(row.column),
        expression: row.column === null ? '' : quote(String(row.column)),
        options: `${row.prefix === null ? '' : `(${Number(row.prefix)})`}${row.direction === 'D' ? ' desc' : ''}`,
      })),
      include: [],
      nullsNotDistinct: false,
      with: null,
      tablespace: null,
      predicate: null,
      definition: '',
      comment: String(first.comment ?? '') || null,
      columns,
      ...(Number(first.hidden) === 1 ? { hidden: true as const } : {}),
    }
  })
}

function toChecks(rows: readonly Row[], columns: readonly Column[], mariadb: boolean): readonly Constraint[] {
  const named = (row: Row): ReadonlySet<string> => new Set(namesInCheck(String(row.definition), mariadb))
  return rows.map((row) => ({
    name: String(row.name),
    kind: 'check',
    definition: String(row.definition),
    columns: columns.filter(({ name }) => named(row).has(name)).map(({ name }) => name),
    validated: true,
    deferrable: false,
    index: null,
    comment: null,
    references: null,
  }))
}

function toTrigger(row: Row): Trigger {
  return {
    name: String(row.name),
    timing: row.timing === 'BEFORE' ? 'before' : 'after',
    events: [String(row.event).toLowerCase()],
    updateOf: [],
    enabled: 'always',
    row: true,
  }
}

/** Does a text name this? As a word, or between backticks. */
function mentions(text: string, name: string): boolean {
  const plain = withoutBackslashes(text)
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const word = new RegExp(`(^|[^\\w$])${escaped}($|[^\\w$])`, 'iu')
  const quoted = quote(name).toLowerCase()
  return [text, plain].some((each) => each.toLowerCase().includes(quoted) || word.test(each))
}

/** What a view calls its columns is no name of ours. The server writes every alias this way. */
const withoutAliases = (definition: string): string => definition.replace(/ as `(?:[^`]|``)*`/gi, '')

function toDependents(
  table: string,
  columns: readonly Column[],
  texts: readonly Row[],
  triggers: readonly Row[],
): readonly Dependent[] {
  const named = (body: string): readonly string[] =>
    columns.filter(({ name }) => mentions(body, name)).map(({ name }) => name)
  const elsewhere = texts
    .filter(({ body }) => body !== null && mentions(String(body), table))
    .map(
      (row): Dependent => ({
        kind: row.kind as 'view' | 'function' | 'procedure' | 'event',
        name: String(row.name),
        columns: named(row.kind === 'view' ? withoutAliases(String(row.body)) : String(row.body)),
        textual: true,
        ...(row.kind === 'view' ? { byName: true as const } : {}),
      }),
    )
  const own = triggers
    .filter((row) => !isOurTrigger(String(row.name)))
    .map(
      (row): Dependent => ({
        kind: 'trigger',
        name: String(row.name),
        columns: named(String(row.body)),
        textual: true,
      }),
    )
  return [...elsewhere, ...own].filter((dependent) => dependent.columns.length > 0)
}
